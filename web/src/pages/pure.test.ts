import { describe, expect, it, test } from 'vitest';
import type { ProjectStatus, Trend } from '../api';
import { default_lane, key_metrics } from './choose';
import { trends_csv } from './csv';
import { read_path, runs_path, series_path, trends_path, type Page } from './route';
import { late_words, percent, show_chance } from '../words/judged';
import { judge_lane, judge_tonight } from './tonight';
import { default_trend_state, read_trend_state, trend_state_path, type TrendState } from './trend_state';

describe('addresses', () => {
  test.each<[string, Page]>([
    ['/', { kind: 'overview' }],
    ['', { kind: 'overview' }],
    ['/p/bitnet', { kind: 'project', project: 'bitnet' }],
    ['/p/bitnet/', { kind: 'project', project: 'bitnet' }],
    ['/p/a.b-c_1/trends', { kind: 'trends', project: 'a.b-c_1' }],
    ['/p/bitnet/runs', { kind: 'runs', project: 'bitnet' }],
    ['/p/bitnet/runs/12', { kind: 'run', project: 'bitnet', run: 12 }],
    ['/p/bitnet/regressions', { kind: 'regressions', project: 'bitnet' }],
    ['/p', { kind: 'unknown' }],
    ['/p/-x', { kind: 'unknown' }],
    ['/p/a%20b', { kind: 'unknown' }],
    ['/p/bitnet/runs/0', { kind: 'unknown' }],
    ['/p/bitnet/runs/1e3', { kind: 'unknown' }],
    ['/p/bitnet/trends/1', { kind: 'unknown' }],
    ['/p/bitnet/runs/1/2', { kind: 'unknown' }],
    ['/settings', { kind: 'unknown' }],
  ])('%s', (path, page) => {
    expect(read_path(path)).toEqual(page);
  });

  it('are written readably and safely', () => {
    expect(series_path('p', [1, 2])).toBe('/p/p/trends?series=1,2');
    expect(trends_path('p', { case: 'a&b=c d', metric: '', x: undefined })).toBe(
      '/p/p/trends?case=a%26b%3Dc%20d',
    );
    expect(runs_path('p')).toBe('/p/p/runs');
  });
});

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
  it('says nothing in the address that is the default', () => {
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
  it('widens a zoom to whole milliseconds, never narrows it', () => {
    const zoom = { from_us: 1_700_000_000_000_999, to_us: 1_700_000_100_000_001 };
    const back = read_trend_state(
      new URL(trend_state_path('p', { ...default_trend_state, zoom }), 'http://x').search,
    );
    expect(back.zoom?.from_us).toBeLessThanOrEqual(zoom.from_us);
    expect(back.zoom?.to_us).toBeGreaterThanOrEqual(zoom.to_us);
  });
});

type LaneStatus = ProjectStatus['lanes'][number];
interface Worries {
  regressions?: number;
  failed?: number;
  errored?: number;
  suspect?: string;
  overdue?: boolean;
}
function lane({
  regressions = 0,
  failed = 0,
  errored = 0,
  suspect = '',
  overdue = false,
}: Worries = {}): LaneStatus {
  const last_run = {
    id: 1, branch: 'main', commit: 'c', testbed: 't', started_at: '', at: '', received_at: '', ci_url: '', cases: 2,
    passed: 2, failed, errored, skipped: 0, notrun: 0, time_seconds: 1, properties: 0, points: 3, suspect,
    warnings_count: 0, regressed: 0, improved: 0,
  }; // prettier-ignore
  return {
    testbed: 't',
    branch: 'main',
    last_run,
    runs: 9,
    open_regressions: regressions,
    usual_gap_seconds: 86_400,
    overdue,
  };
}
const project = (...lanes: LaneStatus[]) => ({
  lanes,
  open_regressions: lanes.reduce((sum, l) => sum + l.open_regressions, 0),
});

describe('is tonight all right?', () => {
  test.each<[string, Parameters<typeof judge_tonight>[0], string, string]>([
    ['no lanes at all', [project()], 'good', 'Nothing measured yet'],
    ['quiet lanes', [project(lane(), lane()), project(lane())], 'good', 'All right'],
    ['one regression', [project(lane({ regressions: 1 }))], 'bad', '1 open regression'],
    [
      'regressions are summed',
      [project(lane({ regressions: 2 })), project(lane({ regressions: 3 }))],
      'bad',
      '5 open regressions',
    ],
    ['a failed and an errored case', [project(lane({ failed: 1, errored: 1 }))], 'bad', '2 failed cases'],
    ['a missing night', [project(lane({ overdue: true }))], 'warn', '1 missing night'],
    ['an unfit machine', [project(lane({ suspect: 'load 9.1' }))], 'warn', '1 machine not fit to be judged'],
    [
      'regressions come before missing nights',
      [project(lane({ overdue: true }), lane({ regressions: 1 }))],
      'bad',
      '1 open regression',
    ],
  ])('%s', (_, projects, level, text) => {
    expect(judge_tonight(projects)).toMatchObject({ level, text });
  });
  it('says the lesser worries and the comforts too', () => {
    const all = judge_tonight([project(lane({ regressions: 1, suspect: 'x' }), lane({ overdue: true }))]);
    expect(all.facts).toEqual(['1 missing night', '1 machine not fit to be judged']);
    expect(judge_tonight([project(lane())]).facts).toEqual([
      'no open regressions',
      'every lane has reported',
    ]);
  });
  it('judges a lane by its latest run', () => {
    expect(judge_lane(lane({ errored: 2 }))).toEqual({
      level: 'bad',
      failed: 2,
      missing: false,
      unfit: false,
    });
    expect(judge_lane(lane({ suspect: 'x', overdue: true }))).toEqual({
      level: 'warn',
      failed: 0,
      missing: true,
      unfit: true,
    });
  });
});

describe('what is shown when nobody chose', () => {
  it('is the main line of the newest testbed', () => {
    expect(
      default_lane({
        lanes: [
          { ...lane(), branch: 'try' },
          { ...lane(), testbed: 'a' },
        ],
      })?.testbed,
    ).toBe('a');
    expect(default_lane({ lanes: [{ ...lane(), branch: 'try' }] })?.branch).toBe('try');
    expect(default_lane({ lanes: [] })).toBeUndefined();
  });
  test.each([
    [
      ['duration_ms', 'prefill_ms', 'prompt_tokens', 'tokenize_ms', 'total_ms'],
      ['tokenize_ms', 'prefill_ms'],
    ],
    [['prefill_tokens', 'tokenize_us'], ['tokenize_us']],
    [['duration_ms', 'startup_s', 'rss_bytes'], ['startup_s']],
    [['duration_ms'], ['duration_ms']],
    [[], []],
  ])('of %j: %j', (metrics, chosen) => {
    expect(key_metrics(metrics)).toEqual(chosen);
  });
});

test.each([
  ['/p/a/regressions/12', { kind: 'regression', project: 'a', regression: 12 }],
  ['/p/a/regressions/x', { kind: 'unknown' }],
  ['/p/a/quarantine', { kind: 'quarantine', project: 'a' }],
  ['/p/a/quarantine/1', { kind: 'unknown' }],
  ['/p/a/accuracy', { kind: 'accuracy', project: 'a' }],
])('%s is a page, or none', (path, page) => {
  expect(read_path(path)).toEqual(page);
});

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

test('a table for other tools quotes what needs it and defuses formulas', () => {
  const trend: Trend = {
    series: {
      id: 7,
      case: { suite: 's', classname: 'c,d', name: 'say "hi"' },
      metric: 'prefill_ms',
      unit: 'ms',
      better: 'lower',
      testbed: 't',
      branch: '=1+1',
    },
    points: {
      at_us: [0, 1],
      run: [1, 2],
      commit: ['a', '-b'],
      value: [-1.25, 3],
      min: [1, 1],
      mad: [0, 0],
      n: [1, 1],
      baseline: [null, 2],
      low: [null, 1],
      high: [null, 3],
      verdict: ['too_few', 'ok'],
    },
    change_points: [],
    episodes: [],
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
