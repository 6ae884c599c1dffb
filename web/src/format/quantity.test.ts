import { describe, expect, it, test } from 'vitest';
import {
  format_axis_unit,
  format_count_of,
  make_scale,
  format_share,
  format_unit,
  format_value,
  format_effect,
  format_number,
  format_quantity,
  format_tick_value,
} from './quantity';

describe('one number with its unit', () => {
  test.each([
    [10.081, 'ms', '10.08 ms'],
    [1.0234, 'ms', '1.023 ms'],
    [104.26, 'ms', '104.3 ms'],
    [0.25, 'ms', '0.2500 ms'],
    [0.0031, 'ms', '3.100 µs'],
    [61_234.5, 'ms', '61.23 s'],
    [0.0000021, 's', '2.100 µs'],
    [1_234.5, 'us', '1,235 µs'],
    [5, 'ms', '5 ms'],
    [1_048_576, 'bytes', '1.000 MiB'],
    [512, 'bytes', '512 B'],
    [2_400_000, 'per_s', '2.400 M/s'],
    [42.5, 'per_s', '42.50/s'],
    [99.5, 'percent', '99.50 %'],
    [17, '', '17'],
    [3.5, 'tokens_per_joule', '3.500 tokens per joule'],
    [0, 'ms', '0 ms'],
    [-2.5, 'ms', '−2.500 ms'],
  ])('%d %s is "%s"', (value, unit, shown) => {
    expect(format_value(value, unit)).toBe(shown);
  });
});

describe('a block', () => {
  it('has one unit, which depends on the median', () => {
    const scale = make_scale('ms', [0.002, 0.003, 0.004, 900]);
    expect(scale.label).toBe('µs');
    expect(format_quantity(0.0031, scale)).toBe('3.100 µs');
    expect(format_number(900, scale)).toBe('900,000.000');
  });
  it('of whole numbers has no decimals', () => {
    expect(make_scale('', [5, 7, 12]).decimals).toBe(0);
  });
  it('formats NaN as a dash', () => {
    expect(format_number(Number.NaN, make_scale('ms', [1]))).toBe('–');
  });
});

describe('effects', () => {
  test.each([
    [0.4, '+40 %'],
    [0.0532, '+5.3 %'],
    [-0.0532, '−5.3 %'],
    [-0.5, '−50 %'],
    [0.0996, '+10 %'],
    [12.5, '+1,250 %'],
    [0.0001, '±0 %'],
    [-0.0001, '±0 %'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%d is %s', (effect, shown) => {
    expect(format_effect(effect)).toBe(shown);
  });
});

test.each([
  [0, '0 runs'],
  [1, '1 run'],
  [1234, '1,234 runs'],
])('%d is %s', (count, shown) => {
  expect(format_count_of(count, 'run')).toBe(shown);
});

test.each([
  [0.275, 0.025, '0.275'],
  [0.3, 0.1, '0.3'],
  [10, 5, '10'],
  [1500, 500, '1,500'],
  [0.00025, 0.00005, '0.00025'],
])('a tick at %d, ticks %d apart, is labelled %s', (value, step, label) => {
  expect(format_tick_value(value, step, { factor: 1, label: '', decimals: 0 })).toBe(label);
});

test.each([
  [0.05, '5.0 %'],
  [-0.053, '5.3 %'],
  [2, '200 %'],
  [0, '0 %'],
])('the size of %d is "%s"', (share, text) => {
  expect(format_share(share)).toBe(text);
});

test.each([
  ['us', 'µs'],
  ['per_s', 'per second'],
  ['percent', '%'],
  ['tokens_per_joule', 'tokens per joule'],
  ['', ''],
])('unit "%s" is displayed as "%s"', (unit, text) => {
  expect(format_unit(unit)).toBe(text);
});

test.each([
  ['ms', [10], 'in ms'],
  ['per_s', [139], 'per second'],
  ['per_s', [2_400_000], 'in M/s'],
  ['', [5], ''],
])('the axis of %s %j is labelled "%s"', (unit, values, text) => {
  expect(format_axis_unit(make_scale(unit, values))).toBe(text);
});
