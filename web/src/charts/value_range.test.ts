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

describe('the height of a panel', () => {
  it('holds points, whiskers and band', () => {
    const { low, high, beyond } = range_of(columns([10, 10.6, 9.6]));
    expect(low).toBeLessThan(9.5);
    expect(high).toBeGreaterThan(10.7);
    expect(beyond).toBe(0);
  });
  it('holds a regression of 40 %, even of one night', () => {
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
  it('is never flattened by suspect points, however many', () => {
    const points = columns([...quiet, 200, 220, 210, 190, 205], (i) => (i >= 60 ? 'suspect' : 'ok'));
    expect(range_of(points)).toMatchObject({ beyond: 5 });
  });
  it('holds a new level ten times higher, and the newest point always', () => {
    const level = columns([...quiet, 100, 101, 99, 100, 100], (i) => (i >= 60 ? 'regressed' : 'ok'));
    expect(range_of(level).beyond).toBe(0);
    const tonight = columns([...quiet, 100], (i) => (i >= 60 ? 'regressed' : 'ok'));
    expect(range_of(tonight).beyond).toBe(0);
  });
  it('looks at the visible points alone', () => {
    const points = columns([50, 50, 50, ...quiet], (i) => (i < 3 ? 'too_few' : 'ok'));
    expect(range_of(points, 'fit', 10, 1e9).high).toBeLessThan(12);
  });
  it('begins at zero when asked, and never below it for numbers that are not negative', () => {
    expect(range_of(columns([10, 11]), 'zero').low).toBe(0);
    expect(range_of(columns([0.01, 20], () => 'too_few')).low).toBe(0);
  });
  it('has some height for a level line, for zeros and for nothing', () => {
    for (const points of [columns([5, 5], () => 'too_few'), columns([0, 0], () => 'too_few'), columns([])]) {
      const { low, high } = range_of(points);
      expect(high).toBeGreaterThan(low);
    }
  });
});
