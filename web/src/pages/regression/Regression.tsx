// "/p/{project}/regressions/{id}": the life of one regression, what it rests on, and what a person may do with it.

import { useState } from 'preact/hooks';
import {
  get_judgement,
  get_regression,
  take_regression_step,
  type RegressionDetail,
  type RegressionStep,
} from '../../api';
import { count_of, make_scale, show_effect, show_quantity } from '../../format/quantity';
import { useAct } from '../../shared/action';
import { useLoad } from '../../shared/load';
import { useTitle } from '../../routing/location';
import { Age, CaseName, Commit, LaneName, RunLink, StateChip, Table } from '../../shared/labels';
import { EnterQuarantine } from '../../shared/QuarantineForm';
import { Area, Line, Select } from '../../shared/fields';
import { JudgementFacts } from '../../shared/JudgementFacts';
import { Loaded, Refused } from '../../shared/states';
import { regression_path, series_path } from '../../routing/route';

const reasons = [
  { value: 'false_alarm', text: 'false alarm' },
  { value: 'expected', text: 'expected: we wanted this' },
  { value: 'wont_fix', text: 'will not be fixed' },
  { value: 'duplicate', text: 'duplicate' },
  { value: 'other', text: 'other' },
] as const;
type Reason = (typeof reasons)[number]['value'];

/** Only what a browser may follow safely becomes a link. */
function Linked({ link }: { link: string }) {
  if (!/^https?:\/\//.test(link)) return null;
  return (
    <a class="long-link" href={link} rel="noreferrer noopener">
      {link}
    </a>
  );
}

interface StepsProps {
  readonly project: string;
  readonly of: RegressionDetail;
  readonly on_done: () => void;
}

function Steps({ project, of, on_done }: StepsProps) {
  const [note, set_note] = useState('');
  const [link, set_link] = useState('');
  const [assignee, set_assignee] = useState(of.assignee);
  const [reason, set_reason] = useState<Reason>('false_alarm');
  const [whole_group, set_whole_group] = useState(false);
  const act = useAct();
  const open = of.state !== 'fixed' && of.state !== 'dismissed';
  const take = (step: RegressionStep) =>
    act.run(
      (signal) => take_regression_step(project, of.id, { note, link, whole_group, ...step }, signal),
      () => {
        set_note('');
        set_link('');
        on_done();
      },
    );
  return (
    <>
      <form class="steps" onSubmit={(event) => event.preventDefault()}>
        <Area label="Note" value={note} on_change={set_note} />
        <Line label="Link" value={link} placeholder="https://…" on_change={set_link} />
        <Line label="Assignee" value={assignee} placeholder="nobody" on_change={set_assignee} />
        {of.group.length > 1 && (
          <label class="check">
            <input
              type="checkbox"
              checked={whole_group}
              onChange={(event) => set_whole_group(event.currentTarget.checked)}
            />{' '}
            for all {of.group.length} that moved together
          </label>
        )}
        <p class="step-buttons">
          {open && of.state !== 'acknowledged' && (
            <button
              class="button primary"
              type="button"
              disabled={act.busy}
              onClick={() => take({ action: 'acknowledge', assignee })}
            >
              Acknowledge
            </button>
          )}
          {!open && (
            <button
              class="button primary"
              type="button"
              disabled={act.busy}
              onClick={() => take({ action: 'reopen' })}
            >
              Reopen
            </button>
          )}
          <button
            class="button"
            type="button"
            disabled={act.busy || assignee === of.assignee}
            onClick={() => take({ action: 'assign', assignee })}
          >
            Assign
          </button>
          <button
            class="button"
            type="button"
            disabled={act.busy || (note === '' && link === '')}
            onClick={() => take({ action: 'comment' })}
          >
            Comment
          </button>
        </p>
        {of.state !== 'dismissed' && (
          <p class="step-buttons">
            <Select
              label="Reason"
              value={reason}
              choices={reasons}
              on_change={(value) =>
                set_reason(reasons.find((known) => known.value === value)?.value ?? 'other')
              }
            />
            <button
              class="button"
              type="button"
              disabled={act.busy}
              onClick={() => take({ action: 'dismiss', reason })}
            >
              Dismiss
            </button>
          </p>
        )}
      </form>
      <Refused act={act} />
    </>
  );
}

function Why({ project, of }: { project: string; of: RegressionDetail }) {
  const load = useLoad(`${of.series.id} ${of.first_run}`, (signal) =>
    get_judgement(project, of.series.id, of.first_run, signal),
  );
  return (
    <section class="card" aria-labelledby="why">
      <header class="card-head">
        <h2 id="why">Why</h2>
        <span class="card-facts muted">
          the point of run <RunLink project={project} run={of.first_run} />
        </span>
      </header>
      <Loaded load={load}>{(judgement) => <JudgementFacts of={judgement} />}</Loaded>
    </section>
  );
}

function Life({ of }: { of: RegressionDetail }) {
  return (
    <Table label="Every step of its life">
      <thead>
        <tr>
          <th>when</th>
          <th>who</th>
          <th>what</th>
          <th>note</th>
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
              {entry.note} <Linked link={entry.link} />
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
      <dt>level</dt>
      <dd>
        {show_quantity(of.before, scale)} → <b>{show_quantity(of.after, scale)}</b> ({show_effect(of.effect)})
      </dd>
      <dt>between</dt>
      <dd>
        <Commit commit={of.last_good_commit} /> and <Commit commit={of.first_commit} /> · run{' '}
        <RunLink project={project} run={of.first_run} /> · <Age at={of.first_at} />
      </dd>
      <dt>seen</dt>
      <dd>
        {of.detection_delay_points === 0
          ? 'at once'
          : `${count_of(of.detection_delay_points, 'point')} later`}
      </dd>
      <dt>lane</dt>
      <dd>
        <LaneName {...of.series} />
      </dd>
      <dt>state</dt>
      <dd>
        {of.reason.replaceAll('_', ' ')}, by {of.decided_by}
        {!of.alerting && '; it alerts nobody'}
      </dd>
      <dt>assignee</dt>
      <dd>{of.assignee === '' ? 'nobody' : of.assignee}</dd>
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
            <Linked link={of.link} />
          </dd>
        </>
      )}
    </dl>
  );
}

export function RegressionPage({ project, id }: { project: string; id: number }) {
  useTitle(`Regression ${id}`, project);
  const load = useLoad(`${project} ${id}`, (signal) => get_regression(project, id, signal));
  return (
    <Loaded load={load}>
      {(of) => (
        <>
          <section class="card">
            <header class="card-head">
              <h1>
                {of.kind === 'drift' ? 'Drift' : of.direction === 'worse' ? 'Regression' : 'Improvement'} {id}
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
            {of.group.length > 1 && (
              <p>
                Moved together with{' '}
                {of.group
                  .filter((other) => other !== id)
                  .slice(0, 20)
                  .map((other) => (
                    <a key={other} href={regression_path(project, other)}>
                      {other}{' '}
                    </a>
                  ))}
                {of.group.length > 21 && `and ${of.group.length - 21} more`}
              </p>
            )}
            <Steps key={of.updated_at} project={project} of={of} on_done={load.retry} />
            {of.alerting && (
              <details class="why">
                <summary>
                  quarantine the case <span class="muted">its timing then alerts nobody</span>
                </summary>
                <EnterQuarantine project={project} of={of.series.case} on_done={load.retry} />
              </details>
            )}
          </section>
          <Why project={project} of={of} />
          <section class="card" aria-labelledby="life">
            <header class="card-head">
              <h2 id="life">Its life</h2>
            </header>
            <Life of={of} />
          </section>
        </>
      )}
    </Loaded>
  );
}
