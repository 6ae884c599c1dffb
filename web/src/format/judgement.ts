// Formats judgements of points: p-values, shares, detection delays, learning progress, explanations. Pure.

import { format_count, format_count_of } from './quantity';

/** "p = 0.046"; "p < 0.0001" for anything smaller. */
export function format_p_value(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p.toPrecision(2)}`;
}

/** "92 %"; "–" for null. */
export const format_percent = (share: number | null) =>
  share === null ? '–' : `${Math.round(100 * share)} %`;

/** A number of points; a median of two points may be a half: "1.5". */
export const format_points = (points: number) =>
  Number.isInteger(points) ? format_count(points) : points.toFixed(1);

/** A detection delay: "none", "1 point", "1.5 points". */
export function format_delay(points: number): string {
  if (points === 0) return 'none';
  return points === 1 ? '1 point' : `${format_points(points)} points`;
}

/** How many findings were right among those that a person has reviewed: "4 of 5"; "–" if no finding was reviewed. */
export function format_reviews(of: { readonly reviewed: number; readonly false_alarms: number }): string {
  if (of.reviewed === 0) return '–';
  return `${format_count(of.reviewed - of.false_alarms)} of ${format_count(of.reviewed)}`;
}

/** Median detection delay and its 90th percentile: "2 points (9 of 10 within 7)". */
export function format_detection_delay(delay: {
  readonly median: number | null;
  readonly p90: number | null;
}): string {
  const { median, p90 } = delay;
  if (median === null || p90 === null) return '–';
  const typical = format_delay(median);
  return median === p90 ? typical : `${typical} (9 of 10 within ${format_points(p90)})`;
}

/** Progress of a series towards its first verdict: "learning (3 of 8 runs)". */
export function format_learning(accepted: number, required: number): string {
  return `learning (${format_count(accepted)} of ${format_count_of(required, 'run')})`;
}

/** The progress of a point that was not judged because of too few runs; undefined for other verdicts. */
export function learning_text(verdict: string, accepted: number, required: number): string | undefined {
  return verdict === 'too_few' ? format_learning(accepted, required) : undefined;
}

/** The progress of a listed series that cannot be judged yet; undefined for other series. */
export function series_learning(of: {
  readonly window_points: number;
  readonly minimum_points: number;
}): string | undefined {
  return of.window_points < of.minimum_points
    ? format_learning(of.window_points, of.minimum_points)
    : undefined;
}

const time_units = ['ns', 'us', 'ms', 's', 'min'];

/** "slower" or "faster" for times, "higher" or "lower" for everything else. */
export function direction_word(unit: string, effect: number): string {
  if (time_units.includes(unit)) return effect > 0 ? 'slower' : 'faster';
  return effect > 0 ? 'higher' : 'lower';
}

/** Splits an explanation after its first sentence: the summary, then the statistics. */
export function split_explanation(explanation: string): { summary: string; statistics: string } {
  const end = explanation.search(/\.\s/);
  if (end < 0) return { summary: explanation, statistics: '' };
  return { summary: explanation.slice(0, end + 1), statistics: explanation.slice(end + 1).trim() };
}
