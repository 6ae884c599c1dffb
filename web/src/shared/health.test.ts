import { describe, expect, it, test } from 'vitest';
import type { ProjectStatus } from '../api';
import { lane_health, summarize_health } from './health';

type LaneStatus = ProjectStatus['lanes'][number];
interface LanePlan {
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
}: LanePlan = {}): LaneStatus {
  const last_run = {
    id: 1, branch: 'main', commit: 'c', testbed: 't', started_at: '', at: '', received_at: '', ci_url: '', cases: 2,
    passed: 2, failed, errored, skipped: 0, notrun: 0, time_seconds: 1, properties: 0, points: 3, suspect,
    suspect_by: '', excluded: '',
    warnings_count: 0, purpose: 'trend' as const, base_branch: '', base_commit: '', parts_count: 1, parts_expected: 0,
    complete: true, regressed: 0, improved: 0,
  }; // prettier-ignore
  return {
    testbed: 't',
    branch: 'main',
    last_run,
    long_lived: true,
    runs: 9,
    series: 1,
    points: 9,
    open_regressions: regressions,
    usual_gap_seconds: 86_400,
    rhythm: 'learned',
    expected_by: null,
    overdue,
    missing_runs: overdue ? 1 : 0,
    ended: false,
    ended_at: null,
    ended_by: '',
  };
}
const project = (...lanes: LaneStatus[]) => ({
  runs: lanes.length,
  open_regressions: lanes.reduce((sum, l) => sum + l.open_regressions, 0),
  failed_cases: lanes.reduce((sum, { last_run }) => sum + last_run.failed + last_run.errored, 0),
  overdue_runs: lanes.filter((l) => l.overdue).length,
  suspect_runs: lanes.filter(({ last_run }) => last_run.suspect !== '').length,
});

describe('health', () => {
  test.each<[string, Parameters<typeof summarize_health>[0], string, string]>([
    ['no lanes at all', [project()], 'good', 'No runs yet'],
    ['lanes without problems', [project(lane(), lane()), project(lane())], 'good', 'All OK'],
    ['one regression', [project(lane({ regressions: 1 }))], 'bad', '1 open regression'],
    [
      'regressions are summed',
      [project(lane({ regressions: 2 })), project(lane({ regressions: 3 }))],
      'bad',
      '5 open regressions',
    ],
    ['a failed and an errored case', [project(lane({ failed: 1, errored: 1 }))], 'bad', '2 failed cases'],
    ['an overdue run', [project(lane({ overdue: true }))], 'warn', '1 overdue run'],
    ['a suspect run', [project(lane({ suspect: 'load 9.1' }))], 'warn', '1 suspect run'],
    [
      'regressions come before overdue runs',
      [project(lane({ overdue: true }), lane({ regressions: 1 }))],
      'bad',
      '1 open regression',
    ],
  ])('%s', (_, projects, level, text) => {
    expect(summarize_health(projects)).toMatchObject({ level, text });
  });
  it('lists the lesser problems and what is fine', () => {
    const all = summarize_health([project(lane({ regressions: 1, suspect: 'x' }), lane({ overdue: true }))]);
    expect(all.facts).toEqual(['1 overdue run', '1 suspect run']);
    expect(summarize_health([project(lane())]).facts).toEqual(['no open regressions', 'no overdue runs']);
  });
  it('of a lane is that of its latest run', () => {
    expect(lane_health(lane({ errored: 2 }))).toEqual({
      level: 'bad',
      failed: 2,
      overdue: false,
      suspect: false,
    });
    expect(lane_health(lane({ suspect: 'x', overdue: true }))).toEqual({
      level: 'warn',
      failed: 0,
      overdue: true,
      suspect: true,
    });
  });
});
