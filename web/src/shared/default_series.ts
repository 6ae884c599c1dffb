// Which series stand for a project when nobody chose: those of tokenize and prefill in its main lane.

import type { ProjectStatus } from '../api';

export interface Lane {
  readonly testbed: string;
  readonly branch: string;
}

/** The newest lane of the main line, else the newest lane. */
export function default_lane(status: Pick<ProjectStatus, 'lanes'>): Lane | undefined {
  return status.lanes.find((lane) => lane.branch === 'main' || lane.branch === 'master') ?? status.lanes[0];
}

const stages = ['tokenize', 'prefill'] as const;

/** Metrics shown by default: times of tokenize and prefill, else all times but the cases' own, else all. */
export function key_metrics(metrics: readonly string[]): string[] {
  const staged = stages.flatMap((stage) => metrics.filter((metric) => metric.startsWith(stage)));
  const timed = staged.filter((metric) => /_(ns|us|ms|s)$/.test(metric));
  if (timed.length > 0) return timed;
  const times = metrics.filter((metric) => /_(ns|us|ms|s)$/.test(metric) && metric !== 'duration_ms');
  return times.length > 0 ? times : [...metrics];
}
