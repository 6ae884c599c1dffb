// Regressions or improvements as a list: what changed, by how much, since when, and its state.

import './Findings.css';
import type { Regression } from '../api';
import { Mark } from '../charts/Mark';
import { facts_text } from '../format/name';
import { format_change, format_number, make_scale } from '../format/quantity';
import { regression_path, series_path } from '../routing/route';
import { StateChip } from './chips';
import { Age, CaseName, Commit, LaneName, RunLink } from './labels';

function Explanation({ of }: { of: Regression }) {
  return (
    <p class="finding-text">
      {of.kind === 'drift' && <b>Drift. </b>}
      {of.same_commit && <b>Same commit. </b>}
      {of.explanation}{' '}
      <span class="muted">
        <LaneName {...of.series} />
        {of.last_good_commit !== '' && (
          <>
            {' '}
            · last good commit <Commit commit={of.last_good_commit} />
          </>
        )}
      </span>
    </p>
  );
}

function Finding({ project, of, full }: { project: string; of: Regression; full: boolean }) {
  const level_verdict = of.direction === 'worse' ? 'regressed' : 'improved';
  const verdict = of.kind === 'environment' ? 'ok' : level_verdict;
  const scale = make_scale(of.series.unit, [of.before, of.after]);
  return (
    <li class="finding">
      <a
        class={`finding-effect effect-${verdict}`}
        href={series_path(project, [of.series.id])}
        title="Open the trend"
      >
        <Mark verdict={verdict} /> {format_change(of.before, of.effect)}
        <span class="visually-hidden"> {of.direction}: open the trend</span>
      </a>
      <a class="finding-name" href={series_path(project, [of.series.id])}>
        <CaseName of={of.series.case} metric={of.series.metric} />
        {Object.keys(of.series.configuration).length > 0 && (
          <small class="muted"> {facts_text(of.series.configuration)}</small>
        )}
        {of.kind === 'environment' && <small class="muted"> environment changed</small>}
      </a>
      <span class="finding-levels">
        {format_number(of.before, scale)} → <b>{format_number(of.after, scale)}</b> {scale.label}
      </span>
      <span class="finding-since">
        since <Commit commit={of.first_commit} /> · run <RunLink project={project} run={of.first_run} /> ·{' '}
        <Age at={of.first_at} />
      </span>
      <span class="finding-state">
        <a href={regression_path(project, of.id)} title="Details and history">
          <StateChip state={of.state} />
        </a>
        {of.assignee !== '' && <small class="muted finding-who">{of.assignee}</small>}
        {!of.alerting && <small class="muted">informational</small>}
      </span>
      {full && <Explanation of={of} />}
    </li>
  );
}

export interface FindingsProps {
  readonly project: string;
  readonly of: readonly Regression[];
  /** shows the explanation, the testbed and the branch too */
  readonly full?: boolean;
}

export function Findings({ project, of, full = false }: FindingsProps) {
  return (
    <ol class="findings">
      {of.map((finding) => (
        <Finding key={finding.id} project={project} of={finding} full={full} />
      ))}
    </ol>
  );
}
