import { describe, expect, it, test } from 'vitest';
import {
  fault_range,
  limit_words,
  rule_words,
  share_words,
  since_of,
  type JudgedMetric,
} from './policy_format';

describe('a rule in words', () => {
  test.each([
    [{}, []],
    [{ minimum_effect: 0.05, significance: 0.001 }, ['at least 5.0 %', 'p < 0.001']],
    [{ minimum_effect: 0 }, ['at least 0 %']],
    [{ alerting: false, better: 'higher' as const }, ['higher is better', 'informational']],
    [
      { window_points: 20, minimum_points: 1, limit_low: 0, limit_high: 20 },
      ['window 20', 'from 1 point on', 'not below 0', 'not above 20'],
    ],
  ])('%j', (sets, words) => {
    expect(rule_words(sets)).toEqual(words);
  });

  it('says a share without a sign', () => {
    expect(share_words(0.05)).toBe('5.0 %');
    expect(share_words(2)).toBe('200 %');
  });
});

describe('limits in words', () => {
  const metric = (limit_low: number | null, limit_high: number | null) =>
    ({ unit: 'ms', policy: { limit_low, limit_high } }) as JudgedMetric;
  test.each([
    [null, null, 'none'],
    [null, 20, 'up to 20 ms'],
    [1, null, 'from 1 ms'],
    [1, 20, '1 ms to 20 ms'],
  ])('%s %s', (low, high, words) => {
    expect(limit_words(metric(low, high))).toBe(words);
  });
});

describe('where a text is wrong', () => {
  const text = '[[policy]]\nminimum_effect = "x"\n';
  test.each([
    ['policy:2:18: minimum_effect must be a number from 0 to 1e+300', '"x"'],
    ['policy:1:1: unknown key', '[[policy]]'],
    ['policy:2:99: beyond its end', ''],
    ['policy:3:1: the end', ''],
  ])('%s', (detail, part) => {
    const range = fault_range(detail, text);
    expect(range).toBeDefined();
    expect(text.slice(range?.from, range?.to)).toBe(part);
  });
  test.each(['version 2 holds now, not 1', 'policy:9:1: no such line', ''])('nowhere: %s', (detail) => {
    expect(fault_range(detail, text)).toBeUndefined();
  });
});

test('a dry run looks back from the newest run, not from today', () => {
  expect(since_of('2026-11-24T02:00:00Z', 30)).toBe('2026-10-25T02:00:00.000Z');
  expect(since_of('2026-11-24T02:00:00Z', 0)).toBeUndefined();
  expect(since_of(null, 30)).toBeUndefined();
});
