import { describe, expect, it, test } from 'vitest';
import { default_trend_state, read_trend_state, trend_state_path, type TrendState } from './trend_state';

describe('the state of the trend page', () => {
  const changed: TrendState = {
    series: [3, 1],
    metric: 'prefill_ms',
    case_part: 'Prompt [2] & more',
    testbed: 'nightly-01',
    branch: 'feature/x',
    last: 365,
    x: 'runs',
    y: 'zero',
    zoom: {
      from_us: Date.parse('2026-11-01T02:00:00Z') * 1000,
      to_us: Date.parse('2026-11-20T02:00:00.25Z') * 1000,
    },
    point: { series: 3, run: 113 },
  };
  test.each([
    ['the default', default_trend_state],
    ['everything changed', changed],
  ])('%s survives its address', (_, state) => {
    const path = trend_state_path('bitnet', state);
    expect(read_trend_state(new URL(path, 'http://x').search)).toEqual(state);
  });
  it('omits defaults from the address', () => {
    expect(trend_state_path('bitnet', default_trend_state)).toBe('/p/bitnet/trends');
  });
  test.each([
    ['?series=1,x,,2,2,-3,1e5,0', { series: [1, 2] }],
    ['?last=0', { last: 90 }],
    ['?last=12.5', { last: 90 }],
    ['?last=999999999', { last: 100_000 }],
    ['?x=log&y=sqrt', { x: 'time', y: 'fit' }],
    ['?from=2026-11-02&to=2026-11-01', { zoom: undefined }],
    ['?from=yesterday&to=today', { zoom: undefined }],
    ['?from=2026-11-02T00:00:00Z', { zoom: undefined }],
    ['?point=3', { point: undefined }],
    ['?point=0:1', { point: undefined }],
    ['?point=3:1:2', { point: undefined }],
  ])('%s falls back', (search, expected) => {
    expect(read_trend_state(search)).toMatchObject(expected);
  });
  it('rounds a zoom outwards to whole milliseconds', () => {
    const zoom = { from_us: 1_700_000_000_000_999, to_us: 1_700_000_100_000_001 };
    const back = read_trend_state(
      new URL(trend_state_path('p', { ...default_trend_state, zoom }), 'http://x').search,
    );
    expect(back.zoom?.from_us).toBeLessThanOrEqual(zoom.from_us);
    expect(back.zoom?.to_us).toBeGreaterThanOrEqual(zoom.to_us);
  });
});
