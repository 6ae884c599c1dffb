import { expect, test } from 'vitest';
import {
  direction_word,
  format_detection_delay,
  format_learning,
  format_reviews,
  format_p_value,
  format_percent,
  learning_text,
  series_learning,
  split_explanation,
} from './judgement';

test.each([
  [{ median: null, p90: null }, '–'],
  [{ median: 0, p90: 0 }, 'none'],
  [{ median: 1, p90: 1 }, '1 point'],
  [{ median: 1.5, p90: 1.5 }, '1.5 points'],
  [{ median: 2, p90: 7 }, '2 points (9 of 10 within 7)'],
])('detection delay %j is "%s"', (delay, text) => {
  expect(format_detection_delay(delay)).toBe(text);
});

test('findings count as right only where a person has reviewed them', () => {
  expect(format_reviews({ reviewed: 0, false_alarms: 0 })).toBe('–');
  expect(format_reviews({ reviewed: 5, false_alarms: 1 })).toBe('4 of 5');
});

test('p-values and shares', () => {
  expect(format_p_value(0.00001)).toBe('p < 0.0001');
  expect(format_p_value(0.04567)).toBe('p = 0.046');
  expect(format_percent(null)).toBe('–');
  expect(format_percent(0.917)).toBe('92 %');
});

test('a series without a baseline is learning', () => {
  expect(format_learning(3, 8)).toBe('learning (3 of 8 runs)');
  expect(format_learning(0, 1)).toBe('learning (0 of 1 run)');
  expect(learning_text('too_few', 7, 8)).toBe('learning (7 of 8 runs)');
  expect(learning_text('ok', 7, 8)).toBeUndefined();
  expect(series_learning({ window_points: 0, minimum_points: 8 })).toBe('learning (0 of 8 runs)');
  expect(series_learning({ window_points: 8, minimum_points: 8 })).toBeUndefined();
});

test.each([
  ['ms', 0.2, 'slower'],
  ['us', -0.2, 'faster'],
  ['per_s', 0.2, 'higher'],
  ['bytes', -0.2, 'lower'],
  ['', 0.2, 'higher'],
])('a change of unit "%s" by %d is "%s"', (unit, effect, word) => {
  expect(direction_word(unit, effect)).toBe(word);
});

test.each([
  [
    '18 % slower than usual: 15.4 ms, normally 12.4-13.8 ms. Outside the band. p = 0.0001.',
    '18 % slower than usual: 15.4 ms, normally 12.4-13.8 ms.',
    'Outside the band. p = 0.0001.',
  ],
  ['The level moved.', 'The level moved.', ''],
  ['', '', ''],
])('%s: the first sentence is the summary', (explanation, summary, statistics) => {
  expect(split_explanation(explanation)).toEqual({ summary, statistics });
});
