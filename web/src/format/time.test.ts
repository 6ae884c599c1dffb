import { describe, expect, test } from 'vitest';
import { format_age, format_duration, format_time_tick, format_time, format_timestamp_us } from './time';

const now = Date.parse('2026-11-23T12:00:00Z');

test.each([
  ['2026-11-23T11:59:30Z', 'just now'],
  ['2026-11-23T11:48:00Z', '12 min ago'],
  ['2026-11-23T02:00:00Z', '10 h ago'],
  ['2026-11-22T02:00:00Z', '34 h ago'],
  ['2026-11-20T02:00:00Z', '3 d ago'],
  ['2026-10-12T02:00:00Z', '6 wk ago'],
  ['2025-11-23T12:00:00Z', '11 mo ago'],
  ['2026-11-23T12:05:00Z', 'in 5 min'],
  ['not a time', 'unknown'],
])('%s is %s', (at, shown) => {
  expect(format_age(Date.parse(at), now)).toBe(shown);
});

test.each([
  [0.4, '0 s'],
  [59, '59 s'],
  [86_400, '24 h'],
  [20 * 86_400, '20 d'],
])('a span of %d seconds is %s', (seconds, shown) => {
  expect(format_duration(seconds)).toBe(shown);
});

test('absolute times are UTC', () => {
  expect(format_time(now)).toBe('2026-11-23 12:00 UTC');
  expect(format_time(Number.NaN)).toBe('unknown time');
  expect(format_timestamp_us(now * 1000)).toBe('2026-11-23T12:00:00Z');
  expect(format_timestamp_us(now * 1000 + 123_000)).toBe('2026-11-23T12:00:00.123Z');
});

describe('ticks', () => {
  test.each([
    ['2026-01-01T00:00:00Z', 31 * 86_400, '2026'],
    ['2026-02-01T00:00:00Z', 31 * 86_400, 'Feb'],
    ['2026-02-03T00:00:00Z', 86_400, '3 Feb'],
    ['2026-02-03T06:30:00Z', 1800, '06:30'],
    ['2026-02-03T00:00:00Z', 1800, '3 Feb'],
    ['2026-02-03T06:30:15Z', 15, '06:30:15'],
  ])('%s by %d s is %s', (at, step, shown) => {
    expect(format_time_tick(Date.parse(at), step)).toBe(shown);
  });
});
