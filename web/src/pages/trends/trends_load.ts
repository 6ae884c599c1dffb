// Loads the trends of the page. Long trends are loaded with as many points as the plots can show, and completely as soon as
// single points matter: after zooming, on the axis of runs, in the table and in the CSV file.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get_project, get_trends, list_series, type ProjectStatus, type Trend } from '../../api';
import { default_lane, default_metrics } from '../../shared/default_series';
import { useLoad, type Load } from '../../shared/load';
import type { TrendState } from './trend_state';

export interface TrendsData {
  /** the request this answers */
  readonly key: string;
  readonly status: ProjectStatus;
  readonly trends: readonly Trend[];
  /** how many series match the filters; at most panels_max of them are shown */
  readonly found: number;
  readonly testbed: string;
  readonly branch: string;
  /** requested points per trend; undefined: all */
  readonly points_max: number | undefined;
}

/** Limit of plots on the page. */
const panels_max = 24;
/** Up to this many plots use the whole width of the page; more plots share it. */
export const wide_panels_max = 2;

/** Width of the page and its margins in CSS pixels; as in shared/Frame.css, main. */
const page_width_max = 1440;
const page_margins = 40;
/** Smallest width of a plot in a row of plots; as in Trends.css, .panels-small. */
const small_panel_width = 380;
const panel_gap = 12;
/** With this many points per pixel the plot looks like that of all points: the server always returns the extremes. */
const points_per_pixel = 12;
/** Requests are rounded up to this step, so that similar widths share the server's cache. It must not be smaller than
 *  whiskers_max in charts/value_range.ts. */
const points_step = 1024;

/** How many points one of `panels` plots can show in a window of `width` CSS pixels. */
export function points_shown(width: number, panels: number): number {
  const page = Math.min(width, page_width_max) - page_margins;
  const columns = Math.max(1, Math.floor((page + panel_gap) / (small_panel_width + panel_gap)));
  const panel = panels <= wide_panels_max ? page : page / columns;
  return Math.max(1, Math.ceil((panel * points_per_pixel) / points_step)) * points_step;
}

/** True when the server omitted points. */
export function is_downsampled(trends: readonly Trend[]): boolean {
  return trends.some(({ downsampled }) => downsampled !== null);
}

/** True when the loaded points are not enough: `every` point is needed, the selected one was omitted, or the page is wider. */
export function needs_more(data: TrendsData, state: TrendState, every: boolean, width: number): boolean {
  if (!is_downsampled(data.trends)) return false;
  const { point } = state;
  const trend = data.trends.find(({ series }) => series.id === point?.series);
  const omitted = trend !== undefined && point !== undefined && !trend.points.run.includes(point.run);
  return every || omitted || (data.points_max ?? 0) < points_shown(width, data.trends.length);
}

/** The series that match the filters, in drawing order. */
async function find_series(project: string, state: TrendState, status: ProjectStatus, signal: AbortSignal) {
  const lane = default_lane(status);
  const testbed = state.testbed === '' ? (lane?.testbed ?? '') : state.testbed;
  const branch = state.branch === '' ? (lane?.branch ?? '') : state.branch;
  const metrics = state.metric === '' ? default_metrics(status.metrics) : [state.metric];
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

/** Loads all points when `width` is undefined. */
async function load_trends(
  project: string,
  state: TrendState,
  width: number | undefined,
  signal: AbortSignal,
): Promise<Omit<TrendsData, 'key'>> {
  const status = await get_project(project, signal);
  const { ids, found, ...lane } =
    state.series.length === 0
      ? await find_series(project, state, status, signal)
      : { ids: state.series, found: state.series.length };
  const points_max = width === undefined ? undefined : points_shown(width, ids.length);
  const trends = ids.length === 0 ? [] : await get_trends(project, ids, state.last, signal, points_max);
  const first = trends[0]?.series;
  const of_first = { testbed: first?.testbed ?? '', branch: first?.branch ?? '' };
  return { status, ...of_first, ...lane, found, trends, points_max };
}

/** The largest width that the window has had. */
function usePageWidth(): number {
  const [width, set_width] = useState(innerWidth);
  useEffect(() => {
    const follow = () => set_width((before) => Math.max(before, innerWidth));
    addEventListener('resize', follow);
    return () => removeEventListener('resize', follow);
  }, []);
  return width;
}

/** The same trends with all points. */
export async function load_all_points(
  project: string,
  state: TrendState,
  data: TrendsData,
  signal: AbortSignal,
): Promise<TrendsData> {
  if (!is_downsampled(data.trends)) return data;
  const ids = data.trends.map(({ series }) => series.id);
  return { ...data, trends: await get_trends(project, ids, state.last, signal), points_max: undefined };
}

/** The trends that the address names. `every_point`: something other than the plots needs all points. */
export function useTrends(project: string, state: TrendState, every_point: boolean): Load<TrendsData> {
  const { series, metric, case_part, testbed, branch, last } = state;
  // Zoom and axes need no other series, at most all points of the same ones.
  const key = JSON.stringify({ series, metric, case_part, testbed, branch, last });
  const width = usePageWidth();
  const every = every_point || state.x === 'runs' || state.zoom !== undefined;
  const first = useLoad(key, async (signal) => ({
    key,
    ...(await load_trends(project, state, every ? undefined : width, signal)),
  }));
  const current = first.data?.key === key ? first.data : undefined;
  const incomplete = current !== undefined && needs_more(current, state, every, width);
  // Once requested, all points stay loaded, even after the zoom is reset.
  const requested = useRef('');
  if (incomplete) requested.current = key;
  else if (requested.current !== key) requested.current = '';
  const more = useLoad(
    current !== undefined && requested.current === key ? key : undefined,
    async (signal) => (current === undefined ? undefined : load_all_points(project, state, current, signal)),
  );
  const data = more.data !== undefined && more.data.key === first.data?.key ? more.data : first.data;
  const error = first.error ?? (incomplete ? more.error : undefined);
  const waiting = incomplete && data === current && error === undefined;
  return {
    data,
    error,
    loading: first.loading || more.loading || waiting,
    retry: first.error === undefined && more.error !== undefined ? more.retry : first.retry,
  };
}
