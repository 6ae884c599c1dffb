import { describe, expect, it } from 'vitest';
import { make_drawing, type TrendColumns, type Verdict } from './columns';
import { value_range, type ValueMode } from './value_range';

function columns(
  values: readonly number[],
  verdict: (i: number) => Verdict = () => 'ok',
  band = 0.5,
): TrendColumns {
  const all = <T>(value: T) => values.map(() => value);
  const judged = values.map((_, i) => verdict(i) !== 'too_few');
  return {
    at_us: values.map((_, i) => i * 1e6),
    run: values.map((_, i) => i + 1),
    commit: all('c'),
    value: values,
    min: values,
    mad: all(0.1),
    n: all(5),
    window_points: values.map((_, i) => i),
    baseline: judged.map((j) => (j ? 10 : null)),
    low: judged.map((j) => (j ? 10 - band : null)),
    high: judged.map((j) => (j ? 10 + band : null)),
    verdict: values.map((_, i) => verdict(i)),
  };
}

function range_of(points: TrendColumns, mode: ValueMode = 'fit', from = 0, to = 1e9) {
  return value_range(points, make_drawing(points, [], { kind: 'time' }), { from, to }, mode);
}

const quiet = Array.from({ length: 60 }, () => 10);

describe('the range of the Y axis', () => {
  it('contains points, whiskers and band', () => {
    const { low, high, beyond } = range_of(columns([10, 10.6, 9.6]));
    expect(low).toBeLessThan(9.5);
    expect(high).toBeGreaterThan(10.7);
    expect(beyond).toBe(0);
  });
  it('contains a regression of 40 % in a single run', () => {
    const points = columns([...quiet, 14, 10], (i) => (i === 60 ? 'regressed' : 'ok'), 0.1);
    expect(range_of(points).high).toBeGreaterThan(14);
  });
  it('is not flattened by one spike, which is counted', () => {
    const points = columns([...quiet, 100, 10], (i) => (i === 60 ? 'regressed' : 'ok'));
    expect(range_of(points).high).toBeLessThan(20);
    expect(range_of(points).beyond).toBe(1);
    expect(range_of(points, 'all')).toMatchObject({ beyond: 0 });
    expect(range_of(points, 'all').high).toBeGreaterThan(100);
  });
  it('is never flattened by suspect points', () => {
    const points = columns([...quiet, 200, 220, 210, 190, 205], (i) => (i >= 60 ? 'suspect' : 'ok'));
    expect(range_of(points)).toMatchObject({ beyond: 5 });
  });
  it('contains a new level ten times higher, and always the newest point', () => {
    const level = columns([...quiet, 100, 101, 99, 100, 100], (i) => (i >= 60 ? 'regressed' : 'ok'));
    expect(range_of(level).beyond).toBe(0);
    const newest = columns([...quiet, 100], (i) => (i >= 60 ? 'regressed' : 'ok'));
    expect(range_of(newest).beyond).toBe(0);
  });
  it('depends only on visible points', () => {
    const points = columns([50, 50, 50, ...quiet], (i) => (i < 3 ? 'too_few' : 'ok'));
    expect(range_of(points, 'fit', 10, 1e9).high).toBeLessThan(12);
  });
  it('starts at zero in that mode, and is never negative without negative values', () => {
    expect(range_of(columns([10, 11]), 'zero').low).toBe(0);
    expect(range_of(columns([0.01, 20], () => 'too_few')).low).toBe(0);
  });
  it('is not empty for equal values, zeros or no points', () => {
    for (const points of [columns([5, 5], () => 'too_few'), columns([0, 0], () => 'too_few'), columns([])]) {
      const { low, high } = range_of(points);
      expect(high).toBeGreaterThan(low);
    }
  });
  it('is the same when only the extremes of many points are present', () => {
    const many = Array.from({ length: 3000 }, (_, i) => 10 + 0.3 * Math.sin(i * i));
    const spikes = new Map([500, 501, 502, 1500, 2500, 2501].map((i) => [i, 100 + i]));
    const all = columns(
      many.map((value, i) => spikes.get(i) ?? value),
      (i) => (spikes.has(i) ? 'regressed' : 'ok'),
      0.2,
    );
    // The noise within a run differs and may be largest at omitted points.
    const noisy = { ...all, mad: all.mad.map((_, i) => (i % 7 === 3 ? 5 : 0.1)) };
    const lowest = many.indexOf(Math.min(...many));
    const highest = many.indexOf(Math.max(...many));
    const index = noisy.value
      .map((_, i) => i)
      .filter((i) => i % 100 === 0 || spikes.has(i) || i === lowest || i === highest || i === 2999);
    const picked = Object.fromEntries(
      Object.entries(noisy).map(([name, column]) => [name, index.map((i) => (column as unknown[])[i])]),
    ) as unknown as TrendColumns;
    const window = { from: 0, to: 3000 };
    const few = make_drawing(picked, [], { kind: 'time' }, [], index);
    for (const mode of ['fit', 'zero', 'all'] as const)
      expect(value_range(picked, few, window, mode)).toEqual(range_of(noisy, mode, 0, 3000));
    expect(range_of(noisy).beyond).toBe(6); // counting only the present points would make them a level
  });
});
