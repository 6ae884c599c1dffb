import { describe, expect, it, test } from 'vitest';
import type { ProjectStatus } from '../api';
import { judge_lane, judge_tonight } from './health';

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
