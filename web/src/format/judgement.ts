// Words of judgements: chances, shares, how late something was seen. Pure.

import { count_of, show_count } from './quantity';

/** "p = 0.046"; small ones are only small. */
export function show_chance(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p.toPrecision(2)}`;
}

export const percent = (share: number | null) => (share === null ? '–' : `${Math.round(100 * share)} %`);

export function late_words(late: { readonly median: number | null; readonly p90: number | null }): string {
  if (late.median === null || late.p90 === null) return '–';
  const points = (n: number) => (n === 0 ? 'at once' : `${count_of(n, 'point')} late`);
  return late.median === late.p90
    ? points(late.median)
    : `${points(late.median)}; 9 of 10 within ${show_count(late.p90)}`;
}
