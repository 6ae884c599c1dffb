// "/p/{project}/regressions/{id}": one regression or improvement with its explanation, its actions and its history.

import { get_judgement, get_regression, type RegressionDetail } from '../../api';
import { direction_word, format_delay } from '../../format/judgement';
import { facts_text } from '../../format/name';
import { format_change, format_quantity, make_scale } from '../../format/quantity';
import { usePageTitle } from '../../routing/location';
import { regression_path, series_path } from '../../routing/route';
import { StateChip } from '../../shared/chips';
import { JudgementFacts } from '../../shared/JudgementFacts';
import { Age, CaseName, Commit, LaneName, RunLink } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { QuarantineForm } from '../../shared/QuarantineForm';
import { Loaded } from '../../shared/states';
import { Table } from '../../shared/Table';
import { RegressionActions } from './RegressionActions';

/** Other findings of the group that are linked. */
const related_max = 20;

/** A link only where the address is safe to follow. */
function SafeLink({ link }: { link: string }) {
  if (!/^https?:\/\//.test(link)) return null;
  return (
    <a class="long-link" href={link} rel="noreferrer noopener">
      {link}
    </a>
  );
}

function Explanation({ project, of }: { project: string; of: RegressionDetail }) {
  const load = useLoad(`${of.series.id} ${of.first_run}`, (signal) =>
    get_judgement(project, of.series.id, of.first_run, signal),
  );
  return (
    <section class="card" aria-labelledby="explanation">
      <header class="card-head">
        <h2 id="explanation">Explanation</h2>
        <span class="card-facts muted">
          judgement of the first point, run <RunLink project={project} run={of.first_run} />
        </span>
      </header>
      <Loaded load={load}>{(judgement) => <JudgementFacts of={judgement} />}</Loaded>
    </section>
  );
}

function History({ of }: { of: RegressionDetail }) {
  return (
    <Table label="History of this finding">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">By</th>
          <th scope="col">Action</th>
          <th scope="col">Note</th>
        </tr>
      </thead>
      <tbody>
        {of.audit.map((entry) => (
          <tr key={entry.id}>
            <td>
              <Age at={entry.at} />
            </td>
            <td class="wrap">{entry.actor}</td>
            <td>{entry.action}</td>
            <td class="wrap">
              {entry.note} <SafeLink link={entry.link} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Facts({ project, of }: { project: string; of: RegressionDetail }) {
  const scale = make_scale(of.series.unit, [of.before, of.after]);
  return (
    <dl class="facts">
      <dt>change</dt>
      <dd>
        {format_quantity(of.before, scale)} → <b>{format_quantity(of.after, scale)}</b> (
        {format_change(of.before, of.effect)}, {direction_word(of.series.unit, of.effect)})
      </dd>
      <dt>commit range</dt>
      <dd>
        <Commit commit={of.last_good_commit} /> to <Commit commit={of.first_commit} /> · run{' '}
        <RunLink project={project} run={of.first_run} /> · <Age at={of.first_at} />
      </dd>
      {of.subject_changes.length > 0 && (
        <>
          <dt>builds and versions</dt>
          <dd>{of.subject_changes.join(', ')}</dd>
        </>
      )}
      {Object.keys(of.series.configuration).length > 0 && (
        <>
          <dt>configuration</dt>
          <dd>{facts_text(of.series.configuration)}</dd>
        </>
      )}
      <dt>detection delay</dt>
      <dd>{format_delay(of.detection_delay_points)}</dd>
      <dt>testbed and branch</dt>
      <dd>
        <LaneName {...of.series} />
      </dd>
      <dt>state</dt>
      <dd>
        {of.state}: {of.reason_text === '' ? of.reason : of.reason_text}; set by {of.decided_by}
        {!of.alerting && '; informational, no alerts'}
      </dd>
      <dt>assignee</dt>
      <dd>{of.assignee === '' ? 'unassigned' : of.assignee}</dd>
      {of.note !== '' && (
        <>
          <dt>note</dt>
          <dd>{of.note}</dd>
        </>
      )}
      {of.link !== '' && (
        <>
          <dt>link</dt>
          <dd>
            <SafeLink link={of.link} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Related({ project, of }: { project: string; of: RegressionDetail }) {
  const others = of.group.filter((other) => other !== of.id);
  if (others.length === 0) return null;
  return (
    <p>
      Other findings of this commit range:{' '}
      {others.slice(0, related_max).map((other) => (
        <a key={other} href={regression_path(project, other)}>
          {other}{' '}
        </a>
      ))}
      {others.length > related_max && `and ${others.length - related_max} more`}
    </p>
  );
}

function kind_text(of: RegressionDetail): string {
  if (of.kind === 'drift') return 'Drift';
  if (of.confirmed_at === null && of.kind === 'level')
    return of.direction === 'worse' ? 'Suspected regression' : 'Suspected improvement';
  return of.direction === 'worse' ? 'Regression' : 'Improvement';
}

export function RegressionPage({ project, id }: { project: string; id: number }) {
  usePageTitle(`Regression ${id}`, project);
  const load = useLoad(`${project} ${id}`, (signal) => get_regression(project, id, signal));
  return (
    <Loaded load={load}>
      {(of) => (
        <>
          <section class="card">
            <header class="card-head">
              <h1>
                {kind_text(of)} {id}
              </h1>
              <StateChip state={of.state} />
            </header>
            <p>
              <a href={series_path(project, [of.series.id])}>
                <CaseName of={of.series.case} metric={of.series.metric} />
              </a>
            </p>
            {of.common_shift !== null && <p class="notice-line">{of.common_shift.explanation}</p>}
            <Facts project={project} of={of} />
            <Related project={project} of={of} />
            <RegressionActions key={of.updated_at} project={project} of={of} on_done={load.retry} />
            {of.alerting && (
              <details class="disclosure">
                <summary>
                  Quarantine this case <span class="muted">stops alerts for its timing</span>
                </summary>
                <QuarantineForm project={project} of={of.series.case} on_done={load.retry} />
              </details>
            )}
          </section>
          <Explanation project={project} of={of} />
          <section class="card" aria-labelledby="history">
            <header class="card-head">
              <h2 id="history">History</h2>
            </header>
            <History of={of} />
          </section>
        </>
      )}
    </Loaded>
  );
}
