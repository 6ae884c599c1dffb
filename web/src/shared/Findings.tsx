// Regressions (or improvements) as a list: what, how much, since when, where it stands.

import type { Regression } from '../api';
import { Mark } from '../charts/Mark';
import { make_scale, show_effect, show_number } from '../format/quantity';
import { regression_path, series_path } from '../routing/route';
import { Age, CaseName, Commit, LaneName, RunLink, StateChip } from './labels';

function Finding({ project, of, full }: { project: string; of: Regression; full: boolean }) {
  const verdict = of.direction === 'worse' ? 'regressed' : 'improved';
  const scale = make_scale(of.series.unit, [of.before, of.after]);
  return (
    <li class="finding">
      <a
        class={`finding-effect effect-${verdict}`}
        href={series_path(project, [of.series.id])}
        title="Open the trend"
      >
        <Mark verdict={verdict} /> {show_effect(of.effect)}
        <span class="visually-hidden"> {of.direction}: open the trend</span>
      </a>
      <a class="finding-name" href={series_path(project, [of.series.id])}>
        <CaseName of={of.series.case} metric={of.series.metric} />
      </a>
      <span class="finding-levels">
        {show_number(of.before, scale)} → <b>{show_number(of.after, scale)}</b> {scale.label}
      </span>
      <span class="finding-since">
        since <Commit commit={of.first_commit} /> · <RunLink project={project} run={of.first_run} /> ·{' '}
        <Age at={of.first_at} />
      </span>
      <span class="finding-state">
        <a href={regression_path(project, of.id)} title="Its life">
          <StateChip state={of.state} />
        </a>
        {of.assignee !== '' && <small class="muted finding-who">{of.assignee}</small>}
        {!of.alerting && <small class="muted">informational</small>}
      </span>
      {full && (
        <p class="finding-why">
          {of.kind === 'drift' && <b>Drift. </b>}
          {of.explanation}{' '}
          <span class="muted">
            <LaneName {...of.series} />
            {of.last_good_commit !== '' && (
              <>
                {' '}
                · last good <Commit commit={of.last_good_commit} />
              </>
            )}
          </span>
        </p>
      )}
    </li>
  );
}

export interface FindingsProps {
  readonly project: string;
  readonly of: readonly Regression[];
  /** with explanations */
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
