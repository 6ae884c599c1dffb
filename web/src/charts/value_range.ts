// Which values a panel's height covers. A single night at ten times the usual value must not flatten all others; it is
// then drawn at the edge with an arrow and counted, so that nothing vanishes silently.

import { count_points, visible, type Drawing, type TrendColumns, type Window } from './columns';

/** fit: what is judged, outliers at the edge · zero: the same and zero · all: every point */
export type ValueMode = 'fit' | 'zero' | 'all';

export interface ValueRange {
  readonly low: number;
  readonly high: number;
  /** visible points that lie beyond the range */
  readonly beyond: number;
}

/** A point may widen the range of the usual values by so much of their distance from zero before it goes to the edge. */
const reach = 1.5;
/** More judged points than this share out there are no outliers but a level. */
const outlier_share = 0.05;
/** Of more points no plot shows the noise within the run: whiskers need some pixels each, and the height of a panel must
 *  not depend on which of so many points are here. */
export const whiskers_max = 1000;
/** A suspect point may widen the range of the judged ones by this share of it. */
const stranger_reach = 0.35;
const air = 0.08;

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

/** Usual values: the points that are ok and what they were judged against. */
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

/** `count`: how many points lie in the window, those that are not here among them. */
function fitted(points: TrendColumns, first: number, end: number, count: number): Extent {
  const usual = usual_extent(points, first, end);
  const span = usual.high - usual.low;
  const low_limit = usual.low - Math.max(4 * span, Math.abs(usual.low) * reach);
  const high_limit = usual.high + Math.max(4 * span, Math.abs(usual.high) * reach);
  const extent = { ...usual };
  const strangers: number[] = [];
  const outliers: number[] = [];
  let newest_judged = Number.NaN;
  for (let i = first; i < end; i++) {
    const value = points.value[i] ?? Number.NaN;
    const judged = points.verdict[i] !== 'suspect';
    if (judged) newest_judged = value;
    if (value >= low_limit && value <= high_limit) {
      const mad = count <= whiskers_max ? (points.mad[i] ?? 0) : 0;
      if (judged) widen(extent, value, Math.max(low_limit, value - mad), Math.min(high_limit, value + mad));
      else strangers.push(value);
    } else if (judged) {
      outliers.push(value);
    }
  }
  if (outliers.length > count * outlier_share) widen(extent, ...outliers);
  widen(extent, newest_judged); // tonight is never at the edge
  // Nights on a busy machine are shown where they fit; they do not press together what was measured on a quiet one.
  const near = (extent.high - extent.low) * stranger_reach;
  const { low, high } = extent;
  widen(extent, ...strangers.filter((value) => value >= low - near && value <= high + near));
  return extent;
}

/** The height of a panel for the points inside `window`. */
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
  // A level line needs some height: two thousandths of its distance from zero, or one.
  const middle = (extent.low + extent.high) / 2;
  const span = Math.max(extent.high - extent.low, Math.abs(middle) * 0.002) || 1;
  const grown = span > extent.high - extent.low;
  let low = (grown ? middle - span / 2 : extent.low) - span * air;
  const high = (grown ? middle + span / 2 : extent.high) + span * air;
  const least = points.value.slice(first, end).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (low < 0 && least >= 0) low = 0; // no negative times where none were measured
  if (mode === 'zero' && extent.low >= 0) low = 0;
  let beyond = 0;
  for (let i = first; i < end; i++) {
    const value = points.value[i] ?? Number.NaN;
    if (value < low || value > high) beyond++;
  }
  return { low, high, beyond };
}
