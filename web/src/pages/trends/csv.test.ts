import { expect, test } from 'vitest';
import type { Trend } from '../../api';
import { trends_csv } from './csv';

test('CSV cells are quoted where necessary, and formulas are escaped', () => {
  const trend: Trend = {
    series: {
      id: 7,
      case: { suite: 's', classname: 'c,d', name: 'say "hi"' },
      metric: 'prefill_ms',
      unit: 'ms',
      better: 'lower',
      testbed: 't',
      branch: '=1+1',
      purpose: 'trend',
      configuration: {},
    },
    minimum_points: 8,
    base_branch: null,
    base_series: null,
    points: {
      at_us: [0, 1],
      run: [1, 2],
      commit: ['a', '-b'],
      value: [-1.25, 3],
      min: [1, 1],
      mad: [0, 0],
      n: [1, 1],
      window_points: [0, 8],
      baseline: [null, 2],
      low: [null, 1],
      high: [null, 3],
      verdict: ['too_few', 'ok'],
    },
    change_points: [],
    episodes: [],
    subjects: [],
    drift: null,
    downsampled: null,
    last: null,
  };
  const lines = trends_csv([trend]).split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toBe(
    `7,s,"c,d","say ""hi""",prefill_ms,ms,t,'=1+1,1970-01-01T00:00:00Z,1,a,-1.25,1,0,1,,,,too_few`,
  );
  expect(lines[2]).toContain(",2,'-b,3,1,0,1,2,1,3,ok");
});
