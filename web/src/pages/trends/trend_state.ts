// The state of the trend page and its address. Missing or invalid parameters mean the default. Pure.

import type { ValueMode } from '../../charts/value_range';
import { trends_path } from '../../routing/route';

export interface TrendState {
  /** ids of the selected series; empty: the filters below select them */
  readonly series: readonly number[];
  /** exact metric; "" the default metrics, "*" all */
  readonly metric: string;
  /** part of a case's name */
  readonly case_part: string;
  /** "" the default lane */
  readonly testbed: string;
  readonly branch: string;
  /** how many of the newest points are shown */
  readonly last: number;
  readonly x: 'time' | 'runs';
  readonly y: ValueMode;
  /** zoomed period in microseconds since the epoch; undefined: all points */
  readonly zoom: { readonly from_us: number; readonly to_us: number } | undefined;
  /** the selected point, whose explanation is shown; undefined: the newest of each series */
  readonly point: { readonly series: number; readonly run: number } | undefined;
}

export const last_choices = [30, 90, 365, 1000, 10_000] as const;
const last_default = 90;
/** Limit of the API. */
const last_max = 100_000;

export const default_trend_state: TrendState = {
  series: [],
  metric: '',
  case_part: '',
  testbed: '',
  branch: '',
  last: last_default,
  x: 'time',
  y: 'fit',
  zoom: undefined,
  point: undefined,
};

function read_series(text: string): number[] {
  const ids = text
    .split(',')
    .filter((part) => /^[1-9][0-9]{0,15}$/.test(part))
    .map(Number);
  return [...new Set(ids)];
}

function read_last(text: string): number {
  return /^[1-9][0-9]*$/.test(text) ? Math.min(Number(text), last_max) : last_default;
}

function read_zoom(from: string, to: string): TrendState['zoom'] {
  const from_us = Date.parse(from) * 1000;
  const to_us = Date.parse(to) * 1000;
  return from_us < to_us ? { from_us, to_us } : undefined;
}

function read_point(text: string): TrendState['point'] {
  const found = /^([1-9][0-9]{0,15}):([1-9][0-9]{0,15})$/.exec(text);
  return found === null ? undefined : { series: Number(found[1]), run: Number(found[2]) };
}

export function read_trend_state(search: string): TrendState {
  const query = new URLSearchParams(search);
  const text = (key: string) => query.get(key) ?? '';
  const y = text('y');
  return {
    series: read_series(text('series')),
    metric: text('metric'),
    case_part: text('case'),
    testbed: text('testbed'),
    branch: text('branch'),
    last: read_last(text('last')),
    x: text('x') === 'runs' ? 'runs' : 'time',
    y: y === 'zero' || y === 'all' ? y : 'fit',
    zoom: read_zoom(text('from'), text('to')),
    point: read_point(text('point')),
  };
}

/** Rounds to milliseconds. The period is rounded outwards, so that no point falls outside. */
function zoom_time(at_us: number, round: (value: number) => number): string {
  return new Date(round(at_us / 1000)).toISOString().replace('.000Z', 'Z');
}

export function trend_state_path(project: string, state: TrendState): string {
  const { zoom, point } = state;
  return trends_path(project, {
    series: state.series.join(','),
    metric: state.metric,
    case: state.case_part,
    testbed: state.testbed,
    branch: state.branch,
    last: state.last === last_default ? undefined : state.last,
    x: state.x === 'time' ? undefined : state.x,
    y: state.y === 'fit' ? undefined : state.y,
    from: zoom === undefined ? undefined : zoom_time(zoom.from_us, Math.floor),
    to: zoom === undefined ? undefined : zoom_time(zoom.to_us, Math.ceil),
    point: point === undefined ? undefined : `${point.series}:${point.run}`,
  });
}
