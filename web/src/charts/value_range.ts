// Chooses the range of the Y axis. One outlier must not flatten all other points: values outside the range are drawn as
// arrows at the edge and counted.

import { count_points, visible, type Drawing, type TrendColumns, type Window } from './columns';

/** fit: judged points without outliers · zero: the same range and zero · all: every point */
export type ValueMode = 'fit' | 'zero' | 'all';

export interface ValueRange {
  readonly low: number;
  readonly high: number;
  /** number of visible points outside the range */
  readonly beyond: number;
}

/** How far a point may extend the usual range, as a share of its distance from zero. */
const reach = 1.5;
/** When more than this share of the points are outliers, they are a level and extend the range. */
const outlier_share = 0.05;
/** With more points than this no whiskers are drawn, and they do not affect the range. */
export const whiskers_max = 1000;
/** How far a suspect point may extend the range of the judged points, as a share of it. */
const suspect_reach = 0.35;
const margin = 0.08;

interface Extent {
  low: number;
  high: number;
}

function widen(extent: Extent, ...values: readonly number[]): void {
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    extent.low = Math.min(extent.low, value);
    extent.high = Math.max(extent.high, value);
  }
}

/** The usual range: points with verdict ok, and the bands. */
function usual_extent(points: TrendColumns, first: number, end: number): Extent {
  const extent: Extent = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  for (let i = first; i < end; i++) {
    const value = points.value[i] ?? Number.NaN;
    if (points.verdict[i] === 'ok') widen(extent, value);
    widen(extent, points.low[i] ?? Number.NaN, points.high[i] ?? Number.NaN);
  }
  if (extent.low > extent.high) {
    const values = points.value.slice(first, end).sort((a, b) => a - b);
    widen(
      extent,
      values[Math.floor(values.length / 4)] ?? Number.NaN,
      values[Math.floor((values.length * 3) / 4)] ?? Number.NaN,
    );
  }
  return extent;
}

/** `count`: number of points in the window, omitted ones included. */
function fitted(points: TrendColumns, first: number, end: number, count: number): Extent {
  const usual = usual_extent(points, first, end);
  const span = usual.high - usual.low;
  const low_limit = usual.low - Math.max(4 * span, Math.abs(usual.low) * reach);
  const high_limit = usual.high + Math.max(4 * span, Math.abs(usual.high) * reach);
  const extent = { ...usual };
  const suspects: number[] = [];
  const outliers: number[] = [];
  let newest_judged = Number.NaN;
  for (let i = first; i < end; i++) {
    const value = points.value[i] ?? Number.NaN;
    const judged = points.verdict[i] !== 'suspect';
    if (judged) newest_judged = value;
    if (value >= low_limit && value <= high_limit) {
      const mad = count <= whiskers_max ? (points.mad[i] ?? 0) : 0;
      if (judged) widen(extent, value, Math.max(low_limit, value - mad), Math.min(high_limit, value + mad));
      else suspects.push(value);
    } else if (judged) {
      outliers.push(value);
    }
  }
  if (outliers.length > count * outlier_share) widen(extent, ...outliers);
  widen(extent, newest_judged); // the newest judged point is always inside
  // Suspect points extend the range only a little, so that they do not flatten the judged points.
  const near = (extent.high - extent.low) * suspect_reach;
  const { low, high } = extent;
  widen(extent, ...suspects.filter((value) => value >= low - near && value <= high + near));
  return extent;
}

/** The range of the Y axis for the points inside `window`. */
export function value_range(
  points: TrendColumns,
  drawing: Drawing,
  window: Window,
  mode: ValueMode,
): ValueRange {
  const [first, end] = visible(drawing.x, window);
  const extent = fitted(points, first, end, count_points(drawing, first, end));
  if (mode === 'all') for (let i = first; i < end; i++) widen(extent, points.value[i] ?? Number.NaN);
  if (mode === 'zero') widen(extent, 0);
  if (extent.low > extent.high) return { low: 0, high: 1, beyond: 0 };
  // Equal values need some height too: two thousandths of their distance from zero, or 1.
  const middle = (extent.low + extent.high) / 2;
  const span = Math.max(extent.high - extent.low, Math.abs(middle) * 0.002) || 1;
  const grown = span > extent.high - extent.low;
  let low = (grown ? middle - span / 2 : extent.low) - span * margin;
  const high = (grown ? middle + span / 2 : extent.high) + span * margin;
  const least = points.value.slice(first, end).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (low < 0 && least >= 0) low = 0; // without negative values the axis shows none
  if (mode === 'zero' && extent.low >= 0) low = 0;
  let beyond = 0;
  for (let i = first; i < end; i++) {
    const value = points.value[i] ?? Number.NaN;
    if (value < low || value > high) beyond++;
  }
  return { low, high, beyond };
}
