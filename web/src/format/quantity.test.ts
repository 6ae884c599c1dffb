import { describe, expect, it, test } from 'vitest';
import {
  count_of,
  make_scale,
  show_alone,
  show_effect,
  show_number,
  show_quantity,
  show_tick_value,
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
    expect(show_alone(value, unit)).toBe(shown);
  });
});

describe('a block', () => {
  it('has one unit, chosen by its middle, whatever its extremes are', () => {
    const scale = make_scale('ms', [0.002, 0.003, 0.004, 900]);
    expect(scale.label).toBe('µs');
    expect(show_quantity(0.0031, scale)).toBe('3.100 µs');
    expect(show_number(900, scale)).toBe('900,000.000');
  });
  it('of whole numbers shows whole numbers', () => {
    expect(make_scale('', [5, 7, 12]).decimals).toBe(0);
  });
  it('says nothing of a number that is none', () => {
    expect(show_number(Number.NaN, make_scale('ms', [1]))).toBe('–');
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
    expect(show_effect(effect)).toBe(shown);
  });
});

test.each([
  [0, '0 runs'],
  [1, '1 run'],
  [1234, '1,234 runs'],
])('%d is %s', (count, shown) => {
  expect(count_of(count, 'run')).toBe(shown);
});

test.each([
  [0.275, 0.025, '0.275'],
  [0.3, 0.1, '0.3'],
  [10, 5, '10'],
  [1500, 500, '1,500'],
  [0.00025, 0.00005, '0.00025'],
])('a tick at %d, ticks %d apart, is labelled %s', (value, step, label) => {
  expect(show_tick_value(value, step, { factor: 1, label: '', decimals: 0 })).toBe(label);
});
