// "/p/{project}/settings": names and deletions of a project, and its audit trail.

import '../../shared/form.css';
import '../../shared/entries.css';
import { useState } from 'preact/hooks';
import {
  add_alias,
  delete_project,
  delete_runs,
  get_project,
  list_aliases,
  list_audit,
  rename_project,
  type NewAlias,
} from '../../api';
import { usePageTitle } from '../../routing/location';
import { settings_path } from '../../routing/route';
import { useAction, type Action } from '../../shared/action';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { Line, Select } from '../../shared/fields';
import { Age } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { ActionError, Loaded } from '../../shared/states';

type Alias = Awaited<ReturnType<typeof list_aliases>>[number];
type AuditEntry = Awaited<ReturnType<typeof list_audit>>[number];

const kinds = [
  { value: 'testbed', text: 'testbed' },
  { value: 'branch', text: 'branch' },
  { value: 'metric', text: 'metric' },
  { value: 'case', text: 'case' },
];

interface FormProps {
  readonly project: string;
  readonly action: Action;
  readonly on_done: () => void;
}

function alias_of(kind: string, was: string, name: string, suite: string, classname: string): NewAlias {
  if (kind === 'testbed') return { testbed: name, was };
  if (kind === 'branch') return { branch: name, was };
  if (kind === 'metric') return { metric: name, was };
  return { case: { suite, classname, name }, was: { suite, classname, name: was } };
}

function RenameForm({ project, action, on_done }: FormProps) {
  const [kind, set_kind] = useState('testbed');
  const [was, set_was] = useState('');
  const [name, set_name] = useState('');
  const [suite, set_suite] = useState('');
  const [classname, set_classname] = useState('');
  const send = () =>
    action.run((signal) => add_alias(project, alias_of(kind, was, name, suite, classname), signal), on_done);
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      <Select label="Rename a" value={kind} choices={kinds} on_change={set_kind} />
      {kind === 'case' && (
        <>
          <Line label="Suite" value={suite} on_change={set_suite} />
          <Line label="Classname" value={classname} on_change={set_classname} />
        </>
      )}
      <Line label="Old name" value={was} on_change={set_was} />
      <Line label="New name" value={name} on_change={set_name} />
      <p class="form-buttons">
        <ConfirmButton
          text="Rename"
          confirm="Rename"
          disabled={action.busy || was === '' || name === ''}
          on_confirm={send}
        >
          The history of {was} goes on under the name {name}. Uploads with the old name belong to it too. If{' '}
          {name} has a history of its own, both are joined, and that cannot be undone.
        </ConfirmButton>
      </p>
    </form>
  );
}

interface DeleteFormProps extends FormProps {
  readonly testbeds: readonly string[];
  readonly branches: readonly string[];
}

function DeleteRunsForm({ project, action, on_done, testbeds, branches }: DeleteFormProps) {
  const [testbed, set_testbed] = useState('');
  const [branch, set_branch] = useState('');
  const choices = (names: readonly string[]) => [
    { value: '', text: 'all' },
    ...names.map((name) => ({ value: name, text: name })),
  ];
  const lane = { ...(testbed === '' ? {} : { testbed }), ...(branch === '' ? {} : { branch }) };
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      <Select label="Testbed" value={testbed} choices={choices(testbeds)} on_change={set_testbed} />
      <Select label="Branch" value={branch} choices={choices(branches)} on_change={set_branch} />
      <p class="form-buttons">
        <ConfirmButton
          text="Delete runs"
          confirm="Delete the runs"
          disabled={action.busy || (testbed === '' && branch === '')}
          on_confirm={() => action.run((signal) => delete_runs(project, lane, signal), on_done)}
        >
          All runs of {branch === '' ? 'all branches' : `branch ${branch}`} on{' '}
          {testbed === '' ? 'all testbeds' : `testbed ${testbed}`} are deleted with their points, cases and
          documents. This cannot be undone.
        </ConfirmButton>
      </p>
    </form>
  );
}

function ProjectForm({ project, action }: FormProps) {
  const [name, set_name] = useState(project);
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      <Line label="Name of the project" value={name} on_change={set_name} />
      <p class="form-buttons">
        <ConfirmButton
          text="Rename project"
          confirm="Rename"
          disabled={action.busy || name === project || name === ''}
          on_confirm={() =>
            action.run(
              (signal) => rename_project(project, name, signal),
              () => location.assign(settings_path(name)),
            )
          }
        >
          The project is called {name} from now on; its tokens follow. Change the name in CI jobs, policy
          files and retention files too: an upload to {project} makes a new project.
        </ConfirmButton>
        <ConfirmButton
          text="Delete project"
          confirm={`Delete ${project}`}
          disabled={action.busy}
          on_confirm={() =>
            action.run(
              (signal) => delete_project(project, signal),
              () => location.assign('/'),
            )
          }
        >
          The project {project} is deleted with all runs, series, regressions and its audit trail. This cannot
          be undone.
        </ConfirmButton>
      </p>
    </form>
  );
}

function AliasList({ of }: { of: readonly Alias[] }) {
  if (of.length === 0) return <p class="muted">Nothing was renamed.</p>;
  return (
    <ul class="entries">
      {of.map((alias, i) => (
        <li class="entry" key={i}>
          {alias.kind} <b>{alias.name ?? alias.case?.name}</b> was <b>{alias.was ?? alias.was_case?.name}</b>{' '}
          <span class="muted">
            {alias.created_by}, <Age at={alias.created_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function AuditTrail({ of }: { of: readonly AuditEntry[] }) {
  return (
    <ul class="entries">
      {of.map((entry) => (
        <li class="entry" key={entry.id}>
          <b>
            {entry.subject} {entry.subject_id > 0 && entry.subject_id} {entry.action}
          </b>{' '}
          {entry.from_state !== '' && `${entry.from_state} → ${entry.to_state}`} {entry.note}{' '}
          <span class="muted">
            {entry.actor}, <Age at={entry.at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function SettingsPage({ project }: { project: string }) {
  usePageTitle('Settings', project);
  const action = useAction();
  const load = useLoad('settings', async (signal) => {
    const [status, aliases, audit] = await Promise.all([
      get_project(project, signal),
      list_aliases(project, signal),
      list_audit(project, signal),
    ]);
    return { status, aliases, audit };
  });
  const form = { project, action, on_done: load.retry };
  return (
    <Loaded load={load}>
      {({ status, aliases, audit }) => (
        <>
          <ActionError action={action} />
          <section class="card" aria-labelledby="names">
            <h2 id="names">Names</h2>
            <RenameForm {...form} />
            <AliasList of={aliases} />
          </section>
          <section class="card" aria-labelledby="delete-runs">
            <h2 id="delete-runs">Delete a branch or a testbed</h2>
            <DeleteRunsForm {...form} testbeds={status.testbeds} branches={status.branches} />
          </section>
          <section class="card" aria-labelledby="project">
            <h2 id="project">Project</h2>
            <ProjectForm {...form} />
          </section>
          <section class="card" aria-labelledby="audit">
            <h2 id="audit">Audit trail</h2>
            <AuditTrail of={audit} />
          </section>
        </>
      )}
    </Loaded>
  );
}
