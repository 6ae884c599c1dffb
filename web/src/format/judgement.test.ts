import { expect, test } from 'vitest';
import { late_words, percent, show_chance } from './judgement';

test.each([
  [{ findings: 0, median: null, p90: null }, '–'],
  [{ findings: 3, median: 0, p90: 0 }, 'at once'],
  [{ findings: 3, median: 1, p90: 1 }, '1 point late'],
  [{ findings: 9, median: 2, p90: 7 }, '2 points late; 9 of 10 within 7'],
])('detection_delay %j is said as "%s"', (late, words) => {
  expect(late_words(late)).toBe(words);
});

test('chance and shares for people', () => {
  expect(show_chance(0.00001)).toBe('p < 0.0001');
  expect(show_chance(0.04567)).toBe('p = 0.046');
  expect(percent(null)).toBe('–');
  expect(percent(0.917)).toBe('92 %');
});
