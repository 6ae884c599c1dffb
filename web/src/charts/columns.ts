// Converts the columns of a trend into positions, lines and bands to draw. Pure, without statistics: verdicts, baselines
// and bands come from the server.

export type Verdict = 'ok' | 'improved' | 'regressed' | 'suspect' | 'too_few';

/** Columns of equal length, oldest first; values in the metric's unit, times in microseconds since the epoch, UTC. */
export interface TrendColumns {
  readonly at_us: readonly number[];
  readonly run: readonly number[];
  readonly commit: readonly string[];
  readonly value: readonly number[];
  readonly min: readonly number[];
  readonly mad: readonly number[];
  readonly n: readonly number[];
  /** accepted points before each point, which it was judged against */
  readonly window_points: readonly number[];
  readonly baseline: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly verdict: readonly Verdict[];
}

/** The X axis: time (x in seconds since the epoch) or runs at equal distances (x = 0, 1, 2 …). */
export type Axis =
  | { readonly kind: 'time' }
  | { readonly kind: 'runs'; readonly place: ReadonlyMap<number, number>; readonly at_us: readonly number[] };

/** A window of x, both ends inclusive. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The baseline and band of one point, from half way to the previous point to half way to the next. */
export interface Step {
  readonly left: number;
  readonly right: number;
  readonly baseline: number;
  readonly low: number;
  readonly high: number;
}

/** What a plot draws. Indices refer to the columns. */
export interface Drawing {
  readonly x: readonly number[];
  /** position of each point among all points of the trend, from 0; larger differences mean omitted points */
  readonly place: readonly number[];
  /** points connected by straight lines; a line never crosses a gap or a change of level */
  readonly lines: readonly (readonly number[])[];
  /** uninterrupted sequences of steps */
  readonly bands: readonly (readonly Step[])[];
  /** x of each change point: half way between the two levels */
  readonly changes: readonly number[];
}

/** A distance above this multiple of the usual one is a gap, which no line crosses. */
const gap_distances = 3.5;

/** The axis of all runs of several series, ordered by time. */
export function runs_axis(all: readonly TrendColumns[]): Axis {
  const at_us_of = new Map<number, number>();
  for (const points of all) {
    points.run.forEach((run, i) => {
      if (!at_us_of.has(run)) at_us_of.set(run, points.at_us[i] ?? 0);
    });
  }
  const ordered = [...at_us_of].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  return {
    kind: 'runs',
    place: new Map(ordered.map(([run], i) => [run, i])),
    at_us: ordered.map(([, at_us]) => at_us),
  };
}

function place_points(points: TrendColumns, axis: Axis): number[] {
  if (axis.kind === 'time') return points.at_us.map((at_us) => at_us / 1e6);
  return points.run.map((run) => axis.place.get(run) ?? 0);
}

/** Distance of each point from the previous one, divided by the number of points in between; 0 for the first. */
function steps_between(x: readonly number[], place: readonly number[]): number[] {
  return x.map((here, i) =>
    i === 0 ? 0 : (here - (x[i - 1] ?? 0)) / Math.max(1, (place[i] ?? 0) - (place[i - 1] ?? 0)),
  );
}

/** Median distance between neighbours, omitted points included; 0 without neighbours. */
function usual_distance(steps: readonly number[], place: readonly number[]): number {
  const distances = steps
    .map((distance, i) => ({ distance, count: (place[i] ?? 0) - (place[i - 1] ?? 0) }))
    .filter(({ distance }) => distance > 0)
    .sort((a, b) => a.distance - b.distance);
  const total = distances.reduce((sum, { count }) => sum + count, 0);
  const distance_of_rank = (rank: number): number => {
    let rest = rank;
    for (const { distance, count } of distances) {
      if (rest < count) return distance;
      rest -= count;
    }
    return 0;
  };
  return (distance_of_rank(Math.floor((total - 1) / 2)) + distance_of_rank(Math.floor(total / 2))) / 2;
}

function make_lines(
  points: TrendColumns,
  steps: readonly number[],
  breaks: ReadonlySet<number>,
  gap: number,
): number[][] {
  const lines: number[][] = [];
  let line: number[] = [];
  let broken = true;
  for (let i = 0; i < steps.length; i++) {
    if (breaks.has(i) || (steps[i] ?? 0) > gap) broken = true;
    if (points.verdict[i] === 'suspect') continue; // suspect points are not connected
    if (broken) {
      line = [];
      lines.push(line);
      broken = false;
    }
    line.push(i);
  }
  return lines.filter((l) => l.length > 1);
}

function make_bands(
  points: TrendColumns,
  x: readonly number[],
  steps: readonly number[],
  gap: number,
  usual: number,
): Step[][] {
  const bands: Step[][] = [];
  let band: Step[] = [];
  let previous = -2;
  /** Distance to the previous point; the usual distance at the ends and at gaps. */
  const distance_before = (i: number) =>
    i > 0 && i < x.length && (steps[i] ?? 0) <= gap ? (x[i] ?? 0) - (x[i - 1] ?? 0) : usual;
  for (let i = 0; i < x.length; i++) {
    const baseline = points.baseline[i];
    const low = points.low[i];
    const high = points.high[i];
    if (baseline == null || low == null || high == null) continue;
    const here = x[i] ?? 0;
    const left = here - distance_before(i) / 2;
    const right = here + distance_before(i + 1) / 2;
    if (previous !== i - 1 || (steps[i] ?? 0) > gap) {
      band = [];
      bands.push(band);
    }
    band.push({ left, right, baseline, low, high });
    previous = i;
  }
  return bands;
}

/**
 * Makes the drawing of one series. `change_points` are the first points of new levels and `episode_starts` the first
 * points of excursions; lines stop at both. `index` gives the position of each point among all points of a trend when
 * the columns omit some.
 */
export function make_drawing(
  points: TrendColumns,
  change_points: readonly number[],
  axis: Axis,
  episode_starts: readonly number[] = [],
  index?: readonly number[],
): Drawing {
  const x = place_points(points, axis);
  const place = index ?? x.map((_, i) => i);
  const steps = steps_between(x, place);
  const usual = usual_distance(steps, place);
  // On the axis of runs a distance is not a gap: other series have runs in between.
  const gap = axis.kind === 'time' && usual > 0 ? usual * gap_distances : Number.POSITIVE_INFINITY;
  const breaks = new Set([...change_points, ...episode_starts]);
  const changes = change_points
    .filter((i) => i > 0 && i < x.length)
    .map((i) => ((x[i - 1] ?? 0) + (x[i] ?? 0)) / 2);
  return {
    x,
    place,
    lines: make_lines(points, steps, breaks, gap),
    bands: make_bands(points, x, steps, gap, usual === 0 ? 1 : usual),
    changes,
  };
}

/** The window of all points of all drawings, with a margin so that the first and last are drawn completely. */
export function whole_window(drawings: readonly Drawing[]): Window {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { x } of drawings) {
    from = Math.min(from, x[0] ?? from);
    to = Math.max(to, x.at(-1) ?? to);
  }
  if (from > to) return { from: 0, to: 1 };
  const margin = to > from ? (to - from) * 0.02 : 0.5;
  return { from: from - margin, to: to + margin };
}

/** First index whose x is >= bound, else x.length. x must be ascending. */
export function lower_bound(x: readonly number[], bound: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Indices [first, end) of the points inside a window. */
export function visible(x: readonly number[], window: Window): [first: number, end: number] {
  let end = lower_bound(x, window.to);
  while (end < x.length && x[end] === window.to) end++;
  return [lower_bound(x, window.from), end];
}

/** Number of points at the indices [first, end), omitted ones included. */
export function count_points({ place }: Drawing, first: number, end: number): number {
  return end > first ? (place[end - 1] ?? 0) - (place[first] ?? 0) + 1 : 0;
}

/** Converts a period in microseconds to a window of the axis. On the axis of runs it covers the runs inside. */
export function window_of_times(axis: Axis, from_us: number, to_us: number): Window {
  if (axis.kind === 'time') return { from: from_us / 1e6, to: to_us / 1e6 };
  const first = lower_bound(axis.at_us, from_us);
  const end = lower_bound(axis.at_us, to_us + 1);
  return { from: first - 0.5, to: Math.max(first, end - 1) + 0.5 };
}

/** Converts a window to a period in microseconds; undefined when it contains no run. */
export function times_of_window(axis: Axis, window: Window): [from_us: number, to_us: number] | undefined {
  if (axis.kind === 'time') return [Math.floor(window.from * 1e6), Math.ceil(window.to * 1e6)];
  const from_us = axis.at_us[Math.max(0, Math.ceil(window.from))];
  const to_us = axis.at_us[Math.min(axis.at_us.length - 1, Math.floor(window.to))];
  return from_us === undefined || to_us === undefined || from_us > to_us ? undefined : [from_us, to_us];
}
