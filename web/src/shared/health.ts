// Summarizes the state of projects and lanes in one word and a list of facts. Pure.

import type { ProjectStatus, ProjectSummary } from '../api';
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

/** The numbers of a project's headline. Only long-lived branches that have not ended count. */
export type HealthNumbers = Pick<
  ProjectSummary,
  'runs' | 'open_regressions' | 'failed_cases' | 'overdue_runs' | 'suspect_runs'
>;

export function summarize_health(projects: readonly HealthNumbers[]): Health {
  const sum = (number: keyof HealthNumbers) => projects.reduce((all, project) => all + project[number], 0);
  const runs = sum('runs');
  const regressions = sum('open_regressions');
  const failed = sum('failed_cases');
  const overdue = sum('overdue_runs');
  const suspect = sum('suspect_runs');

  const problems: [Level, string][] = [];
  if (regressions > 0) problems.push(['bad', format_count_of(regressions, 'open regression')]);
  if (failed > 0) problems.push(['bad', format_count_of(failed, 'failed case')]);
  if (overdue > 0) problems.push(['warn', format_count_of(overdue, 'overdue run')]);
  if (suspect > 0) problems.push(['warn', format_count_of(suspect, 'suspect run')]);
  const fine: string[] = [];
  if (regressions === 0) fine.push('no open regressions');
  if (overdue === 0 && runs > 0) fine.push('no overdue runs');

  const worst = problems[0];
  if (worst === undefined) return { level: 'good', text: runs === 0 ? 'No runs yet' : 'All OK', facts: fine };
  return { level: worst[0], text: worst[1], facts: [...problems.slice(1).map(([, text]) => text), ...fine] };
}
