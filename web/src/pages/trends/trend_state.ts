// What the trend page shows, as its address says it. An address that says too little or nonsense gives the default.

import type { ValueMode } from '../../charts/value_range';
import { trends_path } from '../../routing/route';

export interface TrendState {
  /** ids of chosen series; empty: chosen by the filters below */
  readonly series: readonly number[];
  /** exact metric; "" tokenize and prefill where there are such, "*" all */
  readonly metric: string;
  /** part of the case's names */
  readonly case_part: string;
  /** "" the default lane's */
  readonly testbed: string;
  readonly branch: string;
  /** how many of the newest points */
  readonly last: number;
  readonly x: 'time' | 'runs';
  readonly y: ValueMode;
  /** zoom, microseconds since the epoch; undefined: everything */
  readonly zoom: { readonly from_us: number; readonly to_us: number } | undefined;
  /** the point that is explained; undefined: the newest of each series */
  readonly point: { readonly series: number; readonly run: number } | undefined;
}

export const last_choices = [30, 90, 365, 1000, 10_000] as const;
const last_default = 90;
/** The contract's bound. */
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

/** Milliseconds are as fine as an address needs to be; the window is rounded outwards so that no point falls out. */
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
