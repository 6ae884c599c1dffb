// Renames testbeds, branches, metrics and cases with their history, and lists former names.

import '../../shared/entries.css';
import { useState } from 'preact/hooks';
import { add_alias, type list_aliases, type NewAlias, type ProjectStatus } from '../../api';
import { case_full_name } from '../../format/name';
import { format_count_of } from '../../format/quantity';
import { ConfirmButton } from '../../shared/ConfirmButton';
import type { Correction } from '../../shared/correction';
import { Line, Select } from '../../shared/fields';
import { Age } from '../../shared/labels';

export type Alias = Awaited<ReturnType<typeof list_aliases>>[number];

const kinds = [
  { value: 'testbed', text: 'testbed' },
  { value: 'branch', text: 'branch' },
  { value: 'metric', text: 'metric' },
  { value: 'case', text: 'case' },
];

interface Rename {
  readonly kind: string;
  readonly was: string;
  readonly name: string;
  readonly suite: string;
  readonly classname: string;
}

function alias_of({ kind, was, name, suite, classname }: Rename): NewAlias {
  if (kind === 'testbed') return { testbed: name, was };
  if (kind === 'branch') return { branch: name, was };
  if (kind === 'metric') return { metric: name, was };
  // An empty part matches any text and does not change.
  const context = { ...(suite === '' ? {} : { suite }), ...(classname === '' ? {} : { classname }) };
  return { case: { ...context, name }, was: { ...context, name: was } };
}

interface NamesProps {
  readonly project: string;
  readonly status: ProjectStatus;
  readonly correction: Correction;
}

/** Sends the rename; one that joins no histories can be undone. */
function send_rename(project: string, correction: Correction, rename: NewAlias, back: NewAlias): void {
  correction.correct(
    (signal) => add_alias(project, rename, signal),
    ({ series, joined, points_removed }) => ({
      text:
        `${format_count_of(series, 'series', 'series')} renamed, ${joined} of them joined with a history of the new name` +
        (points_removed > 0
          ? `; ${format_count_of(points_removed, 'point')} were in both and removed.`
          : '.'),
      ...(joined > 0 ? {} : { undo: (signal) => add_alias(project, back, signal) }),
    }),
  );
}

/** What the rename will do, as far as the page knows. */
function Consequences({ rename: { was, name }, known }: { rename: Rename; known: readonly string[] }) {
  return (
    <>
      The history of {was} goes on under the name {name}. Uploads with the old name belong to it too.{' '}
      {known.includes(name) ? (
        <b>{name} has a history of its own: both are joined, and that cannot be undone.</b>
      ) : (
        `If ${name} has a history of its own, both are joined, and that cannot be undone. Else it can be renamed back.`
      )}
    </>
  );
}

export function RenameForm({ project, status, correction }: NamesProps) {
  const [rename, set_rename] = useState<Rename>({
    kind: 'testbed',
    was: '',
    name: '',
    suite: '',
    classname: '',
  });
  const change = (changed: Partial<Rename>) => set_rename({ ...rename, ...changed });
  const { kind, was, name } = rename;
  const names: Record<string, readonly string[]> = {
    testbed: status.testbeds,
    branch: status.branches,
    metric: status.metrics,
  };
  const known = names[kind] ?? [];
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      <Select label="Rename a" value={kind} choices={kinds} on_change={(to) => change({ kind: to })} />
      {kind === 'case' && (
        <>
          <Line
            label="Suite"
            placeholder="any"
            value={rename.suite}
            on_change={(suite) => change({ suite })}
          />
          <Line
            label="Classname"
            placeholder="any"
            value={rename.classname}
            on_change={(classname) => change({ classname })}
          />
        </>
      )}
      <Line label="Old name" value={was} suggestions={known} on_change={(text) => change({ was: text })} />
      <Line label="New name" value={name} suggestions={known} on_change={(text) => change({ name: text })} />
      <p class="form-buttons">
        <ConfirmButton
          text="Rename"
          confirm="Rename"
          disabled={correction.busy || was === '' || name === '' || was === name}
          on_confirm={() =>
            send_rename(project, correction, alias_of(rename), alias_of({ ...rename, was: name, name: was }))
          }
        >
          <Consequences rename={rename} known={known} />
        </ConfirmButton>
      </p>
    </form>
  );
}

/** The alias in both directions. */
function alias_requests(alias: Alias): { text: [string, string]; forth: NewAlias; back: NewAlias } {
  const { kind, name = '', was = '', case: now_case, was_case } = alias;
  if (now_case != null && was_case != null) {
    return {
      text: [case_full_name(now_case), case_full_name(was_case)],
      forth: { case: now_case, was: was_case },
      back: { case: was_case, was: now_case },
    };
  }
  const of = (to: string, from: string) => alias_of({ kind, was: from, name: to, suite: '', classname: '' });
  return { text: [name, was], forth: of(name, was), back: of(was, name) };
}

export function AliasList({
  project,
  correction,
  of,
}: Omit<NamesProps, 'status'> & { of: readonly Alias[] }) {
  if (of.length === 0) return <p class="muted">Nothing was renamed.</p>;
  return (
    <ul class="entries">
      {of.map((alias, i) => {
        const { text, forth, back } = alias_requests(alias);
        return (
          <li class="entry entry-head" key={i}>
            <span>
              {alias.kind} <b>{text[0]}</b> was <b>{text[1]}</b>{' '}
              <span class="muted">
                {alias.created_by}, <Age at={alias.created_at} />
              </span>
            </span>
            <ConfirmButton
              text="Rename back"
              confirm="Rename back"
              disabled={correction.busy}
              on_confirm={() => send_rename(project, correction, back, forth)}
            >
              {text[0]} is called {text[1]} again. Histories that were joined stay joined.
            </ConfirmButton>
          </li>
        );
      })}
    </ul>
  );
}
