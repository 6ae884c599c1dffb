// Words of policies: what a rule says, where a text is wrong, how far back a dry run looks. Pure.

import type { PoliciesInForce } from '../../api';
import { count_of, show_alone, show_effect } from '../../format/quantity';

export type PolicyRule = PoliciesInForce['rules'][number];
export type JudgedMetric = PoliciesInForce['metrics'][number];

/** A share that is no change: 0.05 is "5.0 %". */
export const share_words = (share: number) => show_effect(share).replace(/[+±]/, '');

/** "at least 5.0 % · p < 0.001", one part for each thing the rule says. */
export function rule_words(sets: PolicyRule['sets']): string[] {
  const words: string[] = [];
  const add = <T>(value: T | undefined, say: (value: T) => string) => {
    if (value !== undefined) words.push(say(value));
  };
  add(sets.minimum_effect, (value) => `at least ${share_words(value)}`);
  add(sets.significance, (value) => `p < ${value}`);
  add(sets.window_points, (value) => `window ${value}`);
  add(sets.minimum_points, (value) => `from ${count_of(value, 'point')} on`);
  add(sets.floor, (value) => `floor ${value}`);
  add(sets.confirm_points, (value) => `confirmed by ${value}`);
  add(sets.confirm_within, (value) => `confirmed within ${value}`);
  add(sets.limit_low, (value) => `not below ${value}`);
  add(sets.limit_high, (value) => `not above ${value}`);
  add(sets.better, (value) => `${value} is better`);
  add(sets.alerting, (value) => (value ? 'alerting' : 'informational'));
  return words;
}

/** "1 ms to 20 ms", "up to 20 ms", "none" */
export function limit_words({ policy, unit }: JudgedMetric): string {
  const { limit_low, limit_high } = policy;
  if (limit_low !== null && limit_high !== null)
    return `${show_alone(limit_low, unit)} to ${show_alone(limit_high, unit)}`;
  if (limit_low !== null) return `from ${show_alone(limit_low, unit)}`;
  return limit_high === null ? 'none' : `up to ${show_alone(limit_high, unit)}`;
}

/** What the server's "policy:2:17: cause" points at, as characters of the text: from the column to the line's end. */
export function fault_range(detail: string, text: string): { from: number; to: number } | undefined {
  const place = /(?:^|\s)policy:(\d+):(\d+): /.exec(detail);
  if (place === null) return undefined;
  const lines = text.split('\n');
  const line = Number(place[1]) - 1;
  const found = lines[line];
  if (found === undefined) return undefined;
  const begin = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  const from = begin + Math.min(Number(place[2]) - 1, found.length);
  return { from, to: Math.max(begin + found.length, from) };
}

/** The beginning of the last `nights` nights before the newest run; undefined where all are meant or there is none. */
export function since_of(newest: string | null, nights: number): string | undefined {
  if (newest === null || nights <= 0) return undefined;
  return new Date(Date.parse(newest) - nights * 86_400_000).toISOString();
}
