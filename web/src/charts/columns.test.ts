import { describe, expect, it, test } from 'vitest';
import {
  count_points,
  lower_bound,
  make_drawing,
  runs_axis,
  times_of_window,
  visible,
  whole_window,
  window_of_times,
  type Axis,
  type TrendColumns,
  type Verdict,
} from './columns';

const day_us = 86_400e6;
const time_axis: Axis = { kind: 'time' };

/** A series whose point i belongs to day `days[i]` and run i + 1. Letters: o ok, r regressed, s suspect, t learning. */
function series(days: readonly number[], verdicts: string, first_run = 1): TrendColumns {
  const words: Record<string, Verdict> = {
    o: 'ok',
    r: 'regressed',
    s: 'suspect',
    t: 'too_few',
    i: 'improved',
  };
  const verdict = Array.from(verdicts).map((letter) => words[letter] ?? 'ok');
  const judged = <T>(value: T) => verdict.map((v) => (v === 'too_few' ? null : value));
  return {
    at_us: days.map((day) => day * day_us),
    run: days.map((_, i) => first_run + i),
    commit: days.map((_, i) => `c${i}`),
    value: days.map(() => 10),
    min: days.map(() => 9.9),
    mad: days.map(() => 0.1),
    n: days.map(() => 5),
    window_points: days.map((_, i) => i),
    baseline: judged(10),
    low: judged(9.5),
    high: judged(10.5),
    verdict,
  };
}

describe('lines connect neighbours', () => {
  test.each<[string, number[], string, number[], number[][]]>([
    ['a series without gaps is one line', [1, 2, 3, 4, 5], 'ooooo', [], [[0, 1, 2, 3, 4]]],
    [
      'a missing week breaks it',
      [1, 2, 3, 10, 11],
      'ooooo',
      [],
      [
        [0, 1, 2],
        [3, 4],
      ],
    ],
    ['two missing runs do not', [1, 2, 3, 6, 7], 'ooooo', [], [[0, 1, 2, 3, 4]]],
    [
      'a change point breaks it',
      [1, 2, 3, 4, 5],
      'ooroo',
      [2],
      [
        [0, 1],
        [2, 3, 4],
      ],
    ],
    ['a suspect point is skipped', [1, 2, 3, 4, 5], 'oosoo', [], [[0, 1, 3, 4]]],
    [
      'a change at a suspect point still breaks it',
      [1, 2, 3, 4, 5],
      'oosoo',
      [2],
      [
        [0, 1],
        [3, 4],
      ],
    ],
    ['single points have no line', [1, 20], 'oo', [1], []],
    ['no points, no lines', [], '', [], []],
  ])('%s', (_, days, verdicts, changes, lines) => {
    expect(make_drawing(series(days, verdicts), changes, time_axis).lines).toEqual(lines);
  });

  it('breaks where an episode begins, without calling it a change point', () => {
    const drawing = make_drawing(series([1, 2, 3, 4], 'oorr'), [], time_axis, [2]);
    expect(drawing.lines).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(drawing.changes).toEqual([]);
  });

  it('has no gaps where runs are evenly spaced', () => {
    const points = series([1, 2, 3, 30, 31], 'ooooo');
    expect(make_drawing(points, [], runs_axis([points])).lines).toEqual([[0, 1, 2, 3, 4]]);
  });
});

describe('with omitted points', () => {
  // One run per day for 100 days except the days 60 to 69. The columns hold every fifth point and both sides of the gap.
  const days = Array.from({ length: 100 }, (_, day) => day).filter((day) => day < 60 || day > 69);
  const index = days.map((_, i) => i).filter((i) => i % 5 === 0 || i === 59 || i === 60 || i === 89);
  const few = series(
    index.map((i) => days[i] ?? 0),
    'o'.repeat(index.length),
  );
  const drawing = make_drawing(few, [], time_axis, [], index);
  const gap = index.indexOf(60);

  it('only the real gap breaks the line', () => {
    expect(drawing.lines.map((line) => [line[0], line.at(-1)])).toEqual([
      [0, gap - 1],
      [gap, index.length - 1],
    ]);
    expect(drawing.bands.map((band) => band.length)).toEqual([gap, index.length - gap]);
  });
  it('the band covers them, but not the gap', () => {
    const day = 86_400;
    const [before, after] = drawing.bands;
    expect(before?.[1]?.left).toBe(2.5 * day);
    expect(before?.[1]?.right).toBe(7.5 * day);
    expect(before?.at(-1)?.right).toBe(59.5 * day);
    expect(after?.[0]?.left).toBe(69.5 * day);
  });
  it('the usual distance is that of all points, omitted ones included', () => {
    // Half of the runs are a day apart and mostly omitted; the others are four days apart and present.
    const at = [0, 50, 100, 104, 108, 112, 116, 120];
    const sparse = make_drawing(
      series(at, 'o'.repeat(8)),
      [],
      time_axis,
      [],
      [0, 50, 100, 101, 102, 103, 104, 105],
    );
    expect(sparse.lines).toEqual([[0, 1, 2]]);
  });
  it('omitted points are counted', () => {
    expect(count_points(drawing, 0, index.length)).toBe(90);
    expect(count_points(drawing, 1, 3)).toBe(6);
    expect(count_points(drawing, 3, 3)).toBe(0);
    const whole = make_drawing(series([1, 2, 3, 4], 'oooo'), [], time_axis);
    expect(count_points(whole, 1, 4)).toBe(3);
  });
});

describe('the baseline has one step per judged point', () => {
  it('meets half way between neighbours and begins at the first judged point', () => {
    const day = 86_400;
    const { bands } = make_drawing(series([1, 2, 3, 4], 'tooo'), [], time_axis);
    expect(bands).toHaveLength(1);
    expect(bands[0]?.map(({ left, right }) => [left / day, right / day])).toEqual([
      [1.5, 2.5],
      [2.5, 3.5],
      [3.5, 4.5],
    ]);
  });
  it('does not cross a gap', () => {
    const { bands } = make_drawing(series([1, 2, 3, 20, 21], 'ooooo'), [], time_axis);
    expect(bands.map((band) => band.length)).toEqual([3, 2]);
    const [before, after] = bands;
    expect((before?.at(-1)?.right ?? 0) < (after?.[0]?.left ?? 0)).toBe(true);
  });
  it('is interrupted by a point without a baseline', () => {
    const { bands } = make_drawing(series([1, 2, 3, 4, 5], 'ootoo'), [], time_axis);
    expect(bands.map((band) => band.length)).toEqual([2, 2]);
  });
  it('is finite for a single point', () => {
    const step = make_drawing(series([3], 'o'), [], time_axis).bands[0]?.[0];
    expect([step?.left, step?.right].every(Number.isFinite)).toBe(true);
  });
});

test('a change point lies half way between two points', () => {
  const { changes } = make_drawing(series([1, 2, 4, 5], 'oroo'), [2, 0, 9], time_axis);
  expect(changes).toEqual([3 * 86_400]);
});

test('the axis of runs orders the runs of all series by time, then by id', () => {
  const axis = runs_axis([series([1, 3, 5], 'ooo', 10), series([2, 3, 6], 'ooo', 20)]);
  if (axis.kind !== 'runs') throw new Error('not an axis of runs');
  expect([...axis.place.keys()]).toEqual([10, 20, 11, 21, 12, 22]);
  expect(make_drawing(series([2, 3, 6], 'ooo', 20), [], axis).x).toEqual([1, 3, 5]);
});

describe('windows', () => {
  const points = series([1, 2, 3, 4, 5], 'ooooo');
  const runs = runs_axis([points]);

  it('contain every point, with a margin', () => {
    const window = whole_window([make_drawing(points, [], time_axis)]);
    expect(window.from).toBeLessThan(86_400);
    expect(window.to).toBeGreaterThan(5 * 86_400);
    expect(whole_window([])).toEqual({ from: 0, to: 1 });
    expect(whole_window([make_drawing(series([1], 'o'), [], runs)])).toEqual({ from: -0.5, to: 0.5 });
  });

  test.each<Axis>([time_axis, runs])('convert to times and back: $kind', (axis) => {
    const window = window_of_times(axis, 2 * day_us, 4 * day_us);
    const x = make_drawing(points, [], axis).x;
    expect(visible(x, window)).toEqual([1, 4]);
    expect(times_of_window(axis, window)).toEqual([2 * day_us, 4 * day_us]);
  });

  it('without a run have no period', () => {
    expect(times_of_window(runs, { from: 1.2, to: 1.8 })).toBeUndefined();
    expect(times_of_window(runs_axis([]), { from: 0, to: 1 })).toBeUndefined();
  });
});

test('lower_bound finds the first of equals, and the ends', () => {
  const x = [1, 2, 2, 2, 5];
  expect([0, 1, 2, 3, 5, 6].map((bound) => lower_bound(x, bound))).toEqual([0, 0, 1, 4, 4, 5]);
  expect(visible(x, { from: 2, to: 2 })).toEqual([1, 4]);
});
