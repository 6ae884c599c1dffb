import { describe, expect, test } from 'vitest';
import { error_range, format_limits, format_rule, dry_run_start, type JudgedMetric } from './policy_format';

describe('a formatted rule', () => {
  test.each([
    [{}, []],
    [{ minimum_effect: 0.05, significance: 0.001 }, ['minimum effect 5.0 %', 'p < 0.001']],
    [{ minimum_effect: 0 }, ['minimum effect 0 %']],
    [{ alerting: false, better: 'higher' as const }, ['higher is better', 'informational']],
    [
      { window_points: 20, minimum_points: 1, limit_low: 0, limit_high: 20 },
      ['baseline window 20 points', 'minimum 1 point', 'expected from 0', 'expected up to 20'],
    ],
  ])('%j', (sets, texts) => {
    expect(format_rule(sets)).toEqual(texts);
  });
});

describe('a formatted expected range', () => {
  const metric = (limit_low: number | null, limit_high: number | null) =>
    ({ unit: 'ms', policy: { limit_low, limit_high } }) as JudgedMetric;
  test.each([
    [null, null, 'none'],
    [null, 20, 'up to 20 ms'],
    [1, null, 'from 1 ms'],
    [1, 20, '1 ms to 20 ms'],
  ])('%s %s', (low, high, text) => {
    expect(format_limits(metric(low, high))).toBe(text);
  });
});

describe('the range of an error', () => {
  const text = '[[policy]]\nminimum_effect = "x"\n';
  test.each([
    ['policy:2:18: minimum_effect must be a number from 0 to 1e+300', '"x"'],
    ['policy:1:1: unknown key', '[[policy]]'],
    ['policy:2:99: beyond its end', ''],
    ['policy:3:1: the end', ''],
  ])('%s', (detail, part) => {
    const range = error_range(detail, text);
    expect(range).toBeDefined();
    expect(text.slice(range?.from, range?.to)).toBe(part);
  });
  test.each(['another error', 'policy:9:1: no such line', ''])('none: %s', (detail) => {
    expect(error_range(detail, text)).toBeUndefined();
  });
});

test('a dry run starts relative to the newest run', () => {
  expect(dry_run_start('2026-11-24T02:00:00Z', 30)).toBe('2026-10-25T02:00:00.000Z');
  expect(dry_run_start('2026-11-24T02:00:00Z', 0)).toBeUndefined();
  expect(dry_run_start(null, 30)).toBeUndefined();
});
