// "/p/{project}/quarantine": cases whose timing cannot fail a build, their noise, and what they need to leave.

import '../../shared/entries.css';
import '../../shared/form.css';
import { useState } from 'preact/hooks';
import {
  list_quarantine,
  list_series,
  post_quarantine_action,
  type CaseKey,
  type Quarantine,
} from '../../api';
import { case_full_name } from '../../format/name';
import { format_count_of, format_share } from '../../format/quantity';
import { go_to, useLocation, usePageTitle } from '../../routing/location';
import { quarantine_path, series_path } from '../../routing/route';
import { useAction } from '../../shared/action';
import { Chip } from '../../shared/chips';
import { Filters, Line, Select, Switch, TextField } from '../../shared/fields';
import { Age, CaseName, LaneName } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { QuarantineForm } from '../../shared/QuarantineForm';
import { ActionError, Empty, Loaded } from '../../shared/states';
import { Table } from '../../shared/Table';

const sources: Record<Quarantine['source'], string> = {
  scenario: 'by its scenario',
  hand: 'by hand',
  noise: 'because of noise',
};

const plus_minus = (share: number | null) => (share === null ? '–' : `±${format_share(share)}`);

function SeriesNumbers({ project, of }: { project: string; of: Quarantine }) {
  if (of.series.length === 0) return <p class="muted">This case has no series.</p>;
  return (
    <Table label={`Noise of ${of.case.name}`}>
      <thead>
        <tr>
          <th scope="col">Series</th>
          <th scope="col" class="number">
            Noise
          </th>
          <th scope="col" class="number">
            Smallest detectable change
          </th>
          <th scope="col" class="number">
            Clean runs
          </th>
          <th scope="col" class="number">
            Withdrawn suspicions
          </th>
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
            <td class="number">{plus_minus(each.noise)}</td>
            <td class="number">{plus_minus(each.minimum_detectable_effect)}</td>
            <td class="number">{each.clean_runs}</td>
            <td class="number">{each.withdrawn}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function EntryActions({ project, of, on_done }: { project: string; of: Quarantine; on_done: () => void }) {
  const [reason, set_reason] = useState(of.reason);
  const [owner, set_owner] = useState(of.owner);
  const [expiry, set_expiry] = useState(of.expires_at?.slice(0, 10) ?? '');
  const action = useAction();
  const send = (kind: 'renew' | 'leave') =>
    action.run(
      (signal) =>
        post_quarantine_action(
          project,
          of.id,
          {
            action: kind,
            owner,
            reason: kind === 'leave' ? '' : reason,
            expires_at: expiry === '' ? null : expiry,
            clean_runs_required: of.clean_runs_required,
          },
          signal,
        ),
      on_done,
    );
  return (
    <details class="disclosure">
      <summary>Renew or end</summary>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Line
          label="Reason"
          value={reason}
          placeholder="why its timing is unreliable"
          on_change={set_reason}
        />
        <Line label="Owner" value={owner} placeholder="person or team" on_change={set_owner} />
        <Line label="Expires" value={expiry} placeholder="2027-03-31, or empty" on_change={set_expiry} />
        <p class="form-buttons">
          <button class="button primary" type="button" disabled={action.busy} onClick={() => send('renew')}>
            Renew
          </button>
          <button class="button" type="button" disabled={action.busy} onClick={() => send('leave')}>
            End the quarantine
          </button>
        </p>
      </form>
      <ActionError action={action} />
    </details>
  );
}

function EntryChips({ of }: { of: Quarantine }) {
  return (
    <span class="chips">
      {of.left_at !== null && <Chip tone="idle">ended</Chip>}
      {of.expired && <Chip tone="warn">expired</Chip>}
      {of.left_at === null && (
        <Chip tone={of.steady ? 'good' : 'idle'}>
          {of.steady ? 'ready to leave: ' : ''}
          {of.clean_runs} of {format_count_of(of.clean_runs_required, 'clean run')}
        </Chip>
      )}
    </span>
  );
}

function Entry({ project, of, on_done }: { project: string; of: Quarantine; on_done: () => void }) {
  return (
    <li class="entry">
      <div class="entry-head">
        <CaseName of={of.case} />
        <EntryChips of={of} />
      </div>
      <p>{of.reason}</p>
      <p class="muted">
        added {sources[of.source]} <Age at={of.entered_at} /> ·{' '}
        {of.owner === '' ? 'no owner' : `owner ${of.owner}`} ·{' '}
        {of.expires_at === null ? 'no expiry' : `expires ${of.expires_at.slice(0, 10)}`}
        {of.left_at !== null && (
          <>
            {' '}
            · ended <Age at={of.left_at} />, {of.left_reason}
          </>
        )}
      </p>
      <SeriesNumbers project={project} of={of} />
      {of.left_at === null && (
        <EntryActions key={`${of.owner} ${of.expires_at}`} project={project} of={of} on_done={on_done} />
      )}
    </li>
  );
}

const cases_max = 200;

/** The distinct cases of `series`. */
function cases_of(series: readonly { readonly case: CaseKey }[]): CaseKey[] {
  const seen = new Map(series.map((each) => [case_full_name(each.case), each.case]));
  return [...seen.values()];
}

/** Finds a case by a part of its name and adds it. */
function FindAndAdd({ project, on_done }: { project: string; on_done: () => void }) {
  const [part, set_part] = useState('');
  const [selected, set_selected] = useState('');
  const load = useLoad(`${project} ${part}`, (signal) =>
    list_series(project, { case: part, limit: cases_max }, signal),
  );
  return (
    <Loaded load={load}>
      {({ series }) => {
        const cases = cases_of(series);
        const of = cases.find((each) => case_full_name(each) === selected) ?? cases[0];
        return (
          <>
            <Filters label="Find a case">
              <TextField label="Find case" value={part} placeholder="part of a name" on_change={set_part} />
              {of !== undefined && (
                <Select
                  label="Case"
                  value={case_full_name(of)}
                  choices={cases.map((each) => ({ value: case_full_name(each), text: case_full_name(each) }))}
                  on_change={set_selected}
                />
              )}
            </Filters>
            {of === undefined ? (
              <Empty>No case matches this name.</Empty>
            ) : (
              <QuarantineForm key={case_full_name(of)} project={project} of={of} on_done={on_done} />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function AddCase({ project, on_done }: { project: string; on_done: () => void }) {
  const [open, set_open] = useState(false);
  return (
    <details class="disclosure" onToggle={(event) => set_open(event.currentTarget.open)}>
      <summary>Add a case to quarantine</summary>
      {open && <FindAndAdd project={project} on_done={on_done} />}
    </details>
  );
}

export function QuarantinePage({ project }: { project: string }) {
  usePageTitle('Quarantine', project);
  const { search } = useLocation();
  const state = new URLSearchParams(search).get('state') === 'all' ? 'all' : 'now';
  const load = useLoad(`${project} ${state}`, (signal) => list_quarantine(project, state, signal));
  return (
    <section class="card">
      <header class="card-head">
        <h1>Quarantine</h1>
        {load.data !== undefined && (
          <span class="card-facts muted">{format_count_of(load.data.length, 'case')}</span>
        )}
      </header>
      <p class="muted">
        The timing of a quarantined case cannot fail a build. The case is still measured, stored and judged.
        An entry added by hand or because of noise also stops alerts; an entry from a scenario does not. An
        expired entry only causes a warning.
      </p>
      <Filters label="Filter entries">
        <Switch
          label="Entries"
          value={state}
          choices={[
            { value: 'now', text: 'active' },
            { value: 'all', text: 'all' },
          ]}
          on_change={(value) => go_to(quarantine_path(project, { state: value }), 'replace')}
        />
      </Filters>
      <AddCase project={project} on_done={load.retry} />
      <Loaded load={load}>
        {(entries) =>
          entries.length === 0 ? (
            <Empty>No case is in quarantine.</Empty>
          ) : (
            <ol class="entries">
              {entries.map((of) => (
                <Entry key={of.id} project={project} of={of} on_done={load.retry} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  );
}
