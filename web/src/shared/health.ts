// "Is tonight all right?" in one sentence. Pure: what the server said of each project goes in, a headline comes out.

import type { ProjectStatus } from '../api';
import { count_of } from '../format/quantity';

export type Level = 'good' | 'warn' | 'bad';

export interface Headline {
  readonly level: Level;
  readonly text: string;
  /** everything that is not right, worst first, and what is: one fact each */
  readonly facts: readonly string[];
}

type Lane = ProjectStatus['lanes'][number];

/** What a lane's latest run calls for. */
export interface LaneState {
  readonly level: Level;
  readonly failed: number;
  readonly missing: boolean;
  readonly unfit: boolean;
}

export function judge_lane(lane: Lane): LaneState {
  const failed = lane.last_run.failed + lane.last_run.errored;
  const unfit = lane.last_run.suspect !== '';
  const bad = lane.open_regressions > 0 || failed > 0;
  return {
    level: bad ? 'bad' : lane.overdue || unfit ? 'warn' : 'good',
    failed,
    missing: lane.overdue,
    unfit,
  };
}

export function judge_tonight(
  projects: readonly Pick<ProjectStatus, 'lanes' | 'open_regressions'>[],
): Headline {
  const lanes = projects.flatMap((project) => project.lanes);
  const states = lanes.map(judge_lane);
  const regressions = projects.reduce((sum, project) => sum + project.open_regressions, 0);
  const failed = states.reduce((sum, state) => sum + state.failed, 0);
  const missing = states.filter((state) => state.missing).length;
  const unfit = states.filter((state) => state.unfit).length;

  const worries: [Level, string][] = [];
  if (regressions > 0) worries.push(['bad', count_of(regressions, 'open regression')]);
  if (failed > 0) worries.push(['bad', count_of(failed, 'failed case')]);
  if (missing > 0) worries.push(['warn', count_of(missing, 'missing night')]);
  if (unfit > 0) worries.push(['warn', `${count_of(unfit, 'machine')} not fit to be judged`]);
  const calm: string[] = [];
  if (regressions === 0) calm.push('no open regressions');
  if (missing === 0 && lanes.length > 0) calm.push('every lane has reported');

  const worst = worries[0];
  if (worst === undefined)
    return { level: 'good', text: lanes.length === 0 ? 'Nothing measured yet' : 'All right', facts: calm };
  const level = worries.some(([l]) => l === 'bad') ? 'bad' : 'warn';
  return { level, text: worst[1], facts: [...worries.slice(1).map(([, text]) => text), ...calm] };
}
