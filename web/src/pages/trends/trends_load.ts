// What the trend page asks for: of long trends as many points as its plots can show, and all of them as soon as somebody
// looks closer.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get_project, get_trends, list_series, type ProjectStatus, type Trend } from '../../api';
import { default_lane, key_metrics } from '../../shared/default_series';
import { useLoad, type Load } from '../../shared/load';
import type { TrendState } from './trend_state';

export interface TrendsData {
  /** of the question this answers */
  readonly key: string;
  readonly status: ProjectStatus;
  readonly trends: readonly Trend[];
  /** how many series the filters found; more than are shown when there are too many */
  readonly found: number;
  readonly testbed: string;
  readonly branch: string;
  /** how many points of a trend were asked for; undefined: all */
  readonly points_max: number | undefined;
}

/** More plots than this are no picture any more. */
const panels_max = 24;
/** Plots that have the page's whole width, each below the other; of more, several stand beside each other. */
export const wide_panels_max = 2;

/** What is left of a window of at most so many CSS pixels for plots (style/base.css, main). */
const page_width_max = 1440;
const page_air = 40;
/** Of several plots as many stand beside each other as have this width (style/trends.css, .panels-small). */
const small_panel_width = 380;
const panel_gap = 12;
/** A cloud of so many points to a pixel looks as one of all points does: extremes are there, and as many others as make
 *  it as dense in its middle as it is. */
const points_a_pixel = 12;
/** Asked for in whole steps, so that windows of nearly the same width get what the server remembers. No step is smaller
 *  than what draws the noise within the run (charts/value_range.ts). */
const points_step = 1024;

/** How many points of a trend a plot shows where there are `panels` of them in a window of `width` CSS pixels. */
export function points_shown(width: number, panels: number): number {
  const page = Math.min(width, page_width_max) - page_air;
  const beside = Math.max(1, Math.floor((page + panel_gap) / (small_panel_width + panel_gap)));
  const panel = panels <= wide_panels_max ? page : page / beside;
  return Math.max(1, Math.ceil((panel * points_a_pixel) / points_step)) * points_step;
}

/** Some points were left out. */
export function is_downsampled(trends: readonly Trend[]): boolean {
  return trends.some(({ downsampled }) => downsampled !== null);
}

/** What is there does not do for what is shown now: `every` point, one that was left out, or plots of a wider page. */
export function wants_more(data: TrendsData, state: TrendState, every: boolean, width: number): boolean {
  if (!is_downsampled(data.trends)) return false;
  const { point } = state;
  const trend = data.trends.find(({ series }) => series.id === point?.series);
  const lacks = trend !== undefined && point !== undefined && !trend.points.run.includes(point.run);
  return every || lacks || (data.points_max ?? 0) < points_shown(width, data.trends.length);
}

/** The series the filters of the address mean, in the order they are drawn. */
async function choose_series(project: string, state: TrendState, status: ProjectStatus, signal: AbortSignal) {
  const lane = default_lane(status);
  const testbed = state.testbed === '' ? (lane?.testbed ?? '') : state.testbed;
  const branch = state.branch === '' ? (lane?.branch ?? '') : state.branch;
  const metrics = state.metric === '' ? key_metrics(status.metrics) : [state.metric];
  const found = await Promise.all(
    metrics.map((metric) =>
      list_series(project, { metric, case: state.case_part, testbed, branch, limit: panels_max }, signal),
    ),
  );
  const ids = found.flatMap(({ series }) => series.map(({ id }) => id));
  return {
    ids: ids.slice(0, panels_max),
    found: found.reduce((sum, { total }) => sum + total, 0),
    testbed,
    branch,
  };
}

/** `width` undefined: all points. */
async function load_trends(
  project: string,
  state: TrendState,
  width: number | undefined,
  signal: AbortSignal,
): Promise<Omit<TrendsData, 'key'>> {
  const status = await get_project(project, signal);
  const { ids, found, ...lane } =
    state.series.length === 0
      ? await choose_series(project, state, status, signal)
      : { ids: state.series, found: state.series.length };
  const points_max = width === undefined ? undefined : points_shown(width, ids.length);
  const trends = ids.length === 0 ? [] : await get_trends(project, ids, state.last, signal, points_max);
  const first = trends[0]?.series;
  const of_first = { testbed: first?.testbed ?? '', branch: first?.branch ?? '' };
  return { status, ...of_first, ...lane, found, trends, points_max };
}

/** The widest the page has been. */
function usePageWidth(): number {
  const [width, set_width] = useState(innerWidth);
  useEffect(() => {
    const follow = () => set_width((before) => Math.max(before, innerWidth));
    addEventListener('resize', follow);
    return () => removeEventListener('resize', follow);
  }, []);
  return width;
}

/** The same with all points. */
export async function load_whole(
  project: string,
  state: TrendState,
  data: TrendsData,
  signal: AbortSignal,
): Promise<TrendsData> {
  if (!is_downsampled(data.trends)) return data;
  const ids = data.trends.map(({ series }) => series.id);
  return { ...data, trends: await get_trends(project, ids, state.last, signal), points_max: undefined };
}

/** The trends the address asks for; `closer`: something besides the plots shows every point. */
export function useTrends(project: string, state: TrendState, closer: boolean): Load<TrendsData> {
  const { series, metric, case_part, testbed, branch, last } = state;
  // Zoom and axes are drawn from what is here already, or from all of the same.
  const key = JSON.stringify({ series, metric, case_part, testbed, branch, last });
  const width = usePageWidth();
  const every = closer || state.x === 'runs' || state.zoom !== undefined;
  const first = useLoad(key, async (signal) => ({
    key,
    ...(await load_trends(project, state, every ? undefined : width, signal)),
  }));
  const here = first.data?.key === key ? first.data : undefined;
  const wants = here !== undefined && wants_more(here, state, every, width);
  // All points that were asked for once stay, also when the zoom is undone.
  const asked = useRef('');
  if (wants) asked.current = key;
  else if (asked.current !== key) asked.current = '';
  const more = useLoad(here !== undefined && asked.current === key ? key : undefined, async (signal) =>
    here === undefined ? undefined : load_whole(project, state, here, signal),
  );
  const data = more.data !== undefined && more.data.key === first.data?.key ? more.data : first.data;
  const error = first.error ?? (wants ? more.error : undefined);
  const waits = wants && data === here && error === undefined;
  return {
    data,
    error,
    loading: first.loading || more.loading || waits,
    retry: first.error === undefined && more.error !== undefined ? more.retry : first.retry,
  };
}
