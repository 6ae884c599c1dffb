import { describe, expect, it, test, vi } from 'vitest';
import type { Trend } from '../../api';
import { default_trend_state, type TrendState } from './trend_state';

vi.stubGlobal('location', { origin: 'http://perftrend.test' });
const { points_shown, needs_more } = await import('./trends_load');

test.each([
  [1280, 2, 15_360, 'two plots of full width'],
  [1280, 3, 5120, 'three in one row'],
  [390, 3, 5120, 'the same in one column on a phone'],
  [800, 3, 9216, 'still one column'],
  [840, 3, 5120, 'two columns'],
  [5000, 1, 17_408, 'the page has a largest width'],
  [1, 1, 1024, 'a tiny window'],
])('a window of %i pixels with %i plots shows %i points: %s', (width, panels, points) => {
  expect(points_shown(width, panels)).toBe(points);
});

describe('more points are needed', () => {
  const trend = (runs: number[], points?: number) =>
    ({
      series: { id: 7 },
      points: { run: runs },
      downsampled: points === undefined ? null : { points, index: runs.map((run) => run - 1) },
    }) as unknown as Trend;
  const data = (trends: Trend[], points_max?: number) => ({
    key: '',
    status: {} as never,
    trends,
    found: 1,
    testbed: '',
    branch: '',
    points_max,
  });
  const at = (series: number, run: number): TrendState => ({
    ...default_trend_state,
    point: { series, run },
  });
  const few = data([trend([1, 5, 9], 9)], 5120);
  const whole = data([trend([1, 2, 3])]);

  it('not when all points are loaded', () => {
    expect(needs_more(whole, at(7, 99), true, 5000)).toBe(false);
  });
  it('when every point is needed', () => {
    expect(needs_more(few, default_trend_state, true, 390)).toBe(true);
    expect(needs_more(few, default_trend_state, false, 390)).toBe(false);
  });
  it('when the selected point was omitted', () => {
    expect(needs_more(few, at(7, 5), false, 390)).toBe(false);
    expect(needs_more(few, at(7, 6), false, 390)).toBe(true);
    expect(needs_more(few, at(8, 6), false, 390)).toBe(false);
  });
  it('when the window has become wider', () => {
    expect(needs_more(few, default_trend_state, false, 1280)).toBe(true);
  });
});
