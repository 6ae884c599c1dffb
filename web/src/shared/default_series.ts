// Selects the lane and the metrics that are shown when the address names none. Pure.

import type { ProjectStatus } from '../api';

/** A testbed and a branch. */
export interface Lane {
  readonly testbed: string;
  readonly branch: string;
}

/** The newest lane of the default branch, else the first lane. */
export function default_lane(status: Pick<ProjectStatus, 'lanes' | 'default_branch'>): Lane | undefined {
  return status.lanes.find((lane) => lane.branch === status.default_branch) ?? status.lanes[0];
}

const stages = ['tokenize', 'prefill'] as const;

/** Times of tokenize and prefill; without these all times except the case's own duration; without these all metrics. */
export function default_metrics(metrics: readonly string[]): string[] {
  const staged = stages.flatMap((stage) => metrics.filter((metric) => metric.startsWith(stage)));
  const timed = staged.filter((metric) => /_(ns|us|ms|s)$/.test(metric));
  if (timed.length > 0) return timed;
  const times = metrics.filter((metric) => /_(ns|us|ms|s)$/.test(metric) && metric !== 'duration_ms');
  return times.length > 0 ? times : [...metrics];
}
