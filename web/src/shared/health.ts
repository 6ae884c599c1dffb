// Summarizes the state of projects and lanes in one word and a list of facts. Pure.

import type { ProjectStatus } from '../api';
import { format_count_of } from '../format/quantity';

export type Level = 'good' | 'warn' | 'bad';

export interface Health {
  readonly level: Level;
  /** the worst problem, or "All OK" */
  readonly text: string;
  /** the other problems, worst first, then what is fine */
  readonly facts: readonly string[];
}

type Lane = ProjectStatus['lanes'][number];

/** State of the latest run of one testbed and branch. */
export interface LaneHealth {
  readonly level: Level;
  readonly failed: number;
  readonly overdue: boolean;
  readonly suspect: boolean;
}

export function lane_health(lane: Lane): LaneHealth {
  const failed = lane.last_run.failed + lane.last_run.errored;
  const suspect = lane.last_run.suspect !== '';
  const bad = lane.open_regressions > 0 || failed > 0;
  const { overdue } = lane;
  return { level: bad ? 'bad' : overdue || suspect ? 'warn' : 'good', failed, overdue, suspect };
}

export function summarize_health(
  projects: readonly Pick<ProjectStatus, 'lanes' | 'open_regressions'>[],
): Health {
  const lanes = projects.flatMap((project) => project.lanes);
  const states = lanes.map(lane_health);
  const regressions = projects.reduce((sum, project) => sum + project.open_regressions, 0);
  const failed = states.reduce((sum, state) => sum + state.failed, 0);
  const overdue = states.filter((state) => state.overdue).length;
  const suspect = states.filter((state) => state.suspect).length;

  const problems: [Level, string][] = [];
  if (regressions > 0) problems.push(['bad', format_count_of(regressions, 'open regression')]);
  if (failed > 0) problems.push(['bad', format_count_of(failed, 'failed case')]);
  if (overdue > 0) problems.push(['warn', format_count_of(overdue, 'overdue run')]);
  if (suspect > 0) problems.push(['warn', format_count_of(suspect, 'suspect run')]);
  const fine: string[] = [];
  if (regressions === 0) fine.push('no open regressions');
  if (overdue === 0 && lanes.length > 0) fine.push('no overdue runs');

  const worst = problems[0];
  if (worst === undefined)
    return { level: 'good', text: lanes.length === 0 ? 'No runs yet' : 'All OK', facts: fine };
  return { level: worst[0], text: worst[1], facts: [...problems.slice(1).map(([, text]) => text), ...fine] };
}
