// "/p/{project}/quarantine": cases whose timing fails no build, how noisy each is, and when it may leave.

import { useState } from 'preact/hooks';
import { list_quarantine, list_series, take_quarantine_step, type CaseKey, type Quarantine } from '../../api';
import { case_full } from '../../format/name';
import { count_of, show_effect } from '../../format/quantity';
import { useAct } from '../../shared/action';
import { useLoad } from '../../shared/load';
import { go_to, useLocation, useTitle } from '../../routing/location';
import { Age, CaseName, Chip, LaneName, Table } from '../../shared/labels';
import { EnterQuarantine } from '../../shared/QuarantineForm';
import { Filters, Line, Select, Switch, TextField } from '../../shared/fields';
import { Empty, Loaded, Refused } from '../../shared/states';
import { quarantine_path, series_path } from '../../routing/route';

const sources: Record<Quarantine['source'], string> = {
  scenario: 'by its scenario',
  hand: 'by hand',
  noise: 'by noise',
};

const share = (value: number | null) => (value === null ? '–' : show_effect(value).replace('+', '±'));

function Numbers({ project, of }: { project: string; of: Quarantine }) {
  if (of.series.length === 0) return <p class="muted">It has no series.</p>;
  return (
    <Table label={`Numbers of ${of.case.name}`}>
      <thead>
        <tr>
          <th>series</th>
          <th class="number">noise</th>
          <th class="number">smallest change it shows</th>
          <th class="number">clean nights</th>
          <th class="number">false suspicions</th>
        </tr>
      </thead>
      <tbody>
        {of.series.map((each) => (
          <tr key={each.series.id}>
            <td class="wrap">
              <a href={series_path(project, [each.series.id])}>{each.series.metric}</a>{' '}
              <small class="muted">
                <LaneName {...each.series} />
              </small>
            </td>
            <td class="number">{share(each.noise)}</td>
            <td class="number">{share(each.minimum_detectable_effect)}</td>
            <td class="number">{each.clean_nights}</td>
            <td class="number">{each.withdrawn}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Steps({ project, of, on_done }: { project: string; of: Quarantine; on_done: () => void }) {
  const [reason, set_reason] = useState(of.reason);
  const [owner, set_owner] = useState(of.owner);
  const [expiry, set_expiry] = useState(of.expires_at?.slice(0, 10) ?? '');
  const act = useAct();
  const take = (action: 'renew' | 'leave') =>
    act.run(
      (signal) =>
        take_quarantine_step(
          project,
          of.id,
          {
            action,
            owner,
            reason: action === 'leave' ? '' : reason,
            expires_at: expiry === '' ? null : expiry,
            clean_runs_required: of.clean_runs_required,
          },
          signal,
        ),
      on_done,
    );
  return (
    <details class="why">
      <summary>renew or end</summary>
      <form class="steps" onSubmit={(event) => event.preventDefault()}>
        <Line label="Reason" value={reason} placeholder="why" on_change={set_reason} />
        <Line label="Owner" value={owner} placeholder="who" on_change={set_owner} />
        <Line label="Expires" value={expiry} placeholder="2027-03-31" on_change={set_expiry} />
        <p class="step-buttons">
          <button class="button primary" type="button" disabled={act.busy} onClick={() => take('renew')}>
            Renew
          </button>
          <button class="button" type="button" disabled={act.busy} onClick={() => take('leave')}>
            End the quarantine
          </button>
        </p>
      </form>
      <Refused act={act} />
    </details>
  );
}

function Stay({ project, of, on_done }: { project: string; of: Quarantine; on_done: () => void }) {
  const over = of.left_at !== null;
  return (
    <li class="stay">
      <div class="stay-head">
        <CaseName of={of.case} />
        <span class="chips">
          {over && <Chip tone="idle">left</Chip>}
          {of.expired && <Chip tone="warn">expired</Chip>}
          {!over && (
            <Chip tone={of.steady ? 'good' : 'idle'}>
              {of.steady ? 'may leave: ' : ''}
              {of.clean_nights} of {count_of(of.clean_runs_required, 'clean night')}
            </Chip>
          )}
        </span>
      </div>
      <p>{of.reason}</p>
      <p class="muted">
        entered {sources[of.source]} <Age at={of.entered_at} /> · owner{' '}
        {of.owner === '' ? 'nobody' : of.owner} ·{' '}
        {of.expires_at === null ? 'no expiry' : `until ${of.expires_at.slice(0, 10)}`}
        {of.left_at !== null && (
          <>
            {' '}
            · left <Age at={of.left_at} />, {of.left_reason}
          </>
        )}
      </p>
      <Numbers project={project} of={of} />
      {!over && <Steps key={`${of.owner} ${of.expires_at}`} project={project} of={of} on_done={on_done} />}
    </li>
  );
}

const cases_shown = 200;

/** The cases of some series, each once. */
function cases_of(series: readonly { readonly case: CaseKey }[]): CaseKey[] {
  const seen = new Map(series.map((each) => [case_full(each.case), each.case]));
  return [...seen.values()];
}

/** A case is found by a part of its name, chosen, and put in. */
function ChooseAndEnter({ project, on_done }: { project: string; on_done: () => void }) {
  const [part, set_part] = useState('');
  const [chosen, set_chosen] = useState('');
  const load = useLoad(`${project} ${part}`, (signal) =>
    list_series(project, { case: part, limit: cases_shown }, signal),
  );
  return (
    <Loaded load={load}>
      {({ series }) => {
        const cases = cases_of(series);
        const of = cases.find((each) => case_full(each) === chosen) ?? cases[0];
        return (
          <>
            <Filters label="Which case">
              <TextField label="Find" value={part} placeholder="part of a name" on_change={set_part} />
              {of !== undefined && (
                <Select
                  label="Case"
                  value={case_full(of)}
                  choices={cases.map((each) => ({ value: case_full(each), text: case_full(each) }))}
                  on_change={set_chosen}
                />
              )}
            </Filters>
            {of === undefined ? (
              <Empty>No case has such a name.</Empty>
            ) : (
              <EnterQuarantine key={case_full(of)} project={project} of={of} on_done={on_done} />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function Enter({ project, on_done }: { project: string; on_done: () => void }) {
  const [open, set_open] = useState(false);
  return (
    <details class="why" onToggle={(event) => set_open(event.currentTarget.open)}>
      <summary>put a case in quarantine</summary>
      {open && <ChooseAndEnter project={project} on_done={on_done} />}
    </details>
  );
}

export function QuarantinePage({ project }: { project: string }) {
  useTitle('Quarantine', project);
  const { search } = useLocation();
  const state = new URLSearchParams(search).get('state') === 'all' ? 'all' : 'now';
  const load = useLoad(`${project} ${state}`, (signal) => list_quarantine(project, state, signal));
  return (
    <section class="card">
      <header class="card-head">
        <h1>Quarantine</h1>
        {load.data !== undefined && (
          <span class="card-facts muted">{count_of(load.data.length, 'case')}</span>
        )}
      </header>
      <p class="muted">
        Timing of these cases fails no build. It is measured, kept and judged as ever, and alerts nobody where
        a person or noise put it here; a scenario&rsquo;s own quarantine does not mute it. An expired
        quarantine warns and does nothing else.
      </p>
      <Filters label="Which stays">
        <Switch
          label="Stays"
          value={state}
          choices={[
            { value: 'now', text: 'now' },
            { value: 'all', text: 'all' },
          ]}
          on_change={(value) => go_to(quarantine_path(project, { state: value }), 'replace')}
        />
      </Filters>
      <Enter project={project} on_done={load.retry} />
      <Loaded load={load}>
        {(stays) =>
          stays.length === 0 ? (
            <Empty>No case is in quarantine.</Empty>
          ) : (
            <ol class="stays">
              {stays.map((of) => (
                <Stay key={of.id} project={project} of={of} on_done={load.retry} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  );
}
