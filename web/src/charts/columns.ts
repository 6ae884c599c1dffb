// The pure step between an answer of the server and a drawing: places, joins and ranges, no statistics. What a point
// was judged to be, its baseline and its band come from the server and are drawn as they are.

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
  readonly baseline: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly verdict: readonly Verdict[];
}

/** Where points lie: by time (x in seconds since the epoch) or run by run, evenly spaced (x = 0, 1, 2 …). */
export type Axis =
  | { readonly kind: 'time' }
  | { readonly kind: 'runs'; readonly place: ReadonlyMap<number, number>; readonly at_us: readonly number[] };

/** A window of x, both ends inclusive. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** One horizontal stretch of the rolling baseline: what one point was judged against, as wide as its surroundings. */
export interface Step {
  readonly left: number;
  readonly right: number;
  readonly baseline: number;
  readonly low: number;
  readonly high: number;
}

/** What a panel draws. Indices point into the columns it was made of. */
export interface Drawing {
  readonly x: readonly number[];
  /** the place of each point among all there are, from 0: neighbours whose places differ by more than 1 stand for those
   *  between them */
  readonly place: readonly number[];
  /** points joined by straight lines; a line never crosses a gap or a change of level */
  readonly lines: readonly (readonly number[])[];
  /** stretches of the baseline that touch each other */
  readonly bands: readonly (readonly Step[])[];
  /** x of each change point: half way between the last point of the old level and the first of the new */
  readonly changes: readonly number[];
}

/** A hole wider than so many usual distances is a gap: something is missing there, and no line may hide it. */
const gap_distances = 3.5;

/** All runs of several series in the order of time: the places of the evenly spaced axis. */
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

/** How far each point lies from the one before it, left-out ones among them counted; 0 for the first. */
function steps_between(x: readonly number[], place: readonly number[]): number[] {
  return x.map((here, i) =>
    i === 0 ? 0 : (here - (x[i - 1] ?? 0)) / Math.max(1, (place[i] ?? 0) - (place[i - 1] ?? 0)),
  );
}

/** The middle of the distances between neighbours, left-out ones among them; 0 where there are none. */
function usual_distance(steps: readonly number[], place: readonly number[]): number {
  const distances = steps
    .map((distance, i) => ({ distance, count: (place[i] ?? 0) - (place[i - 1] ?? 0) }))
    .filter(({ distance }) => distance > 0)
    .sort((a, b) => a.distance - b.distance);
  let rest = Math.floor(distances.reduce((sum, { count }) => sum + count, 0) / 2);
  for (const { distance, count } of distances) {
    if (rest < count) return distance;
    rest -= count;
  }
  return 0;
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
    if (points.verdict[i] === 'suspect') continue; // not a measurement of the software: no line leads there
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
  /** To the point before i, unless there is none or a gap. */
  const reach_to = (i: number) =>
    i > 0 && i < x.length && (steps[i] ?? 0) <= gap ? (x[i] ?? 0) - (x[i - 1] ?? 0) : usual;
  for (let i = 0; i < x.length; i++) {
    const baseline = points.baseline[i];
    const low = points.low[i];
    const high = points.high[i];
    if (baseline == null || low == null || high == null) continue;
    const here = x[i] ?? 0;
    const left = here - reach_to(i) / 2;
    const right = here + reach_to(i + 1) / 2;
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
 * Lays one series out. `change_points` are indices of the first points of new levels; `episode_starts` those of points
 * that left their level, whether they stay or not: a line across either would draw values nobody measured. `index` says
 * of columns that do not hold every point which they hold: the place of each among all.
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
  // Evenly spaced runs have no nights between them: what lies between two points there are runs of other series.
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

/** The window that shows all points of all drawings, with a little air so that the first and last are whole. */
export function whole_window(drawings: readonly Drawing[]): Window {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { x } of drawings) {
    from = Math.min(from, x[0] ?? from);
    to = Math.max(to, x.at(-1) ?? to);
  }
  if (from > to) return { from: 0, to: 1 };
  const air = to > from ? (to - from) * 0.02 : 0.5;
  return { from: from - air, to: to + air };
}

/** First index whose x is >= bound; x.length where there is none. x ascends. */
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

/** How many points lie at the indices [first, end), those that are not shown among them. */
export function count_points({ place }: Drawing, first: number, end: number): number {
  return end > first ? (place[end - 1] ?? 0) - (place[first] ?? 0) + 1 : 0;
}

/** A time window (microseconds) on an axis. Run by run it covers the runs that lie inside. */
export function window_of_times(axis: Axis, from_us: number, to_us: number): Window {
  if (axis.kind === 'time') return { from: from_us / 1e6, to: to_us / 1e6 };
  const first = lower_bound(axis.at_us, from_us);
  const end = lower_bound(axis.at_us, to_us + 1);
  return { from: first - 0.5, to: Math.max(first, end - 1) + 0.5 };
}

/** The times (microseconds) a window covers; undefined where it holds no run at all. */
export function times_of_window(axis: Axis, window: Window): [from_us: number, to_us: number] | undefined {
  if (axis.kind === 'time') return [Math.floor(window.from * 1e6), Math.ceil(window.to * 1e6)];
  const from_us = axis.at_us[Math.max(0, Math.ceil(window.from))];
  const to_us = axis.at_us[Math.min(axis.at_us.length - 1, Math.floor(window.to))];
  return from_us === undefined || to_us === undefined || from_us > to_us ? undefined : [from_us, to_us];
}
