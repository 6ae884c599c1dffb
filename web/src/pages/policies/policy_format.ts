// Formats policies, and locates errors in their text. Pure.

import type { PoliciesInForce } from '../../api';
import { format_count_of, format_share, format_value } from '../../format/quantity';

export type PolicyRule = PoliciesInForce['rules'][number];
export type JudgedMetric = PoliciesInForce['metrics'][number];

/** One text for each setting of a rule: "minimum effect 5.0 %", "p < 0.001". */
export function format_rule(sets: PolicyRule['sets']): string[] {
  const texts: string[] = [];
  const add = <T>(value: T | undefined, format: (value: T) => string) => {
    if (value !== undefined) texts.push(format(value));
  };
  add(sets.minimum_effect, (value) => `minimum effect ${format_share(value)}`);
  add(sets.significance, (value) => `p < ${value}`);
  add(sets.window_points, (value) => `baseline window ${format_count_of(value, 'point')}`);
  add(sets.minimum_points, (value) => `minimum ${format_count_of(value, 'point')}`);
  add(sets.floor, (value) => `floor ${value}`);
  add(sets.confirm_points, (value) => `confirmed by ${format_count_of(value, 'point')}`);
  add(sets.confirm_within, (value) => `confirmed within ${format_count_of(value, 'point')}`);
  add(sets.limit_low, (value) => `expected from ${value}`);
  add(sets.limit_high, (value) => `expected up to ${value}`);
  add(sets.better, (value) => `${value} is better`);
  add(sets.alerting, (value) => (value ? 'alerting' : 'informational'));
  return texts;
}

/** The expected range of a metric: "1 ms to 20 ms", "up to 20 ms", "none". */
export function format_limits({ policy, unit }: JudgedMetric): string {
  const { limit_low, limit_high } = policy;
  if (limit_low !== null && limit_high !== null)
    return `${format_value(limit_low, unit)} to ${format_value(limit_high, unit)}`;
  if (limit_low !== null) return `from ${format_value(limit_low, unit)}`;
  return limit_high === null ? 'none' : `up to ${format_value(limit_high, unit)}`;
}

/** The characters of `text` that an error such as "policy:2:17: cause" refers to: from that column to the line's end. */
export function error_range(detail: string, text: string): { from: number; to: number } | undefined {
  const position = /(?:^|\s)policy:(\d+):(\d+): /.exec(detail);
  if (position === null) return undefined;
  const lines = text.split('\n');
  const line = Number(position[1]) - 1;
  const found = lines[line];
  if (found === undefined) return undefined;
  const begin = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  const from = begin + Math.min(Number(position[2]) - 1, found.length);
  return { from, to: Math.max(begin + found.length, from) };
}

/** Start of a dry run over the last `days` before the newest run; undefined for all stored points. */
export function dry_run_start(newest: string | null, days: number): string | undefined {
  if (newest === null || days <= 0) return undefined;
  return new Date(Date.parse(newest) - days * 86_400_000).toISOString();
}
