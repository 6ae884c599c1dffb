// Labels that many pages show: times, commits, runs, cases, testbed and branch.

import './labels.css';
import type { ComponentChildren } from 'preact';
import type { CaseKey, SeriesKey } from '../api';
import { case_context, case_full_name, case_label, short_commit } from '../format/name';
import { format_age, format_time } from '../format/time';
import { run_path } from '../routing/route';

export function Age({ at }: { at: string | null }) {
  if (at === null) return <span class="muted">never</span>;
  const at_ms = Date.parse(at);
  return (
    <time dateTime={at} title={format_time(at_ms)}>
      {format_age(at_ms, Date.now())}
    </time>
  );
}

export function Commit({ commit }: { commit: string }) {
  if (commit === '') return <span class="muted">no commit</span>;
  return (
    <code class="commit" title={commit}>
      {short_commit(commit)}
    </code>
  );
}

interface RunLinkProps {
  readonly project: string;
  readonly run: number;
  readonly children?: ComponentChildren;
}

export function RunLink({ project, run, children }: RunLinkProps) {
  return <a href={run_path(project, run)}>{children ?? `#${run}`}</a>;
}

export function CaseName({ of, metric }: { of: CaseKey; metric?: string }) {
  return (
    <span class="case-name" title={case_full_name(of)}>
      <b>{case_label(of)}</b>
      {metric !== undefined && <code class="metric">{metric}</code>}
      <small>{case_context(of)}</small>
    </span>
  );
}

/** A lane: "testbed / branch". */
export function LaneName({ testbed, branch }: Pick<SeriesKey, 'testbed' | 'branch'>) {
  return (
    <span class="lane-name">
      {testbed} <span class="muted">/</span> {branch}
    </span>
  );
}
