// The name of a project, its default branch, and its deletion.

import { useState } from 'preact/hooks';
import { change_project, delete_project, type ProjectStatus } from '../../api';
import { format_count_of } from '../../format/quantity';
import { settings_path } from '../../routing/route';
import { ConfirmButton } from '../../shared/ConfirmButton';
import type { Correction } from '../../shared/correction';
import { Line, Select } from '../../shared/fields';
import { go_with_message } from '../../shared/message';

interface FormProps {
  readonly project: string;
  readonly status: ProjectStatus;
  readonly correction: Correction;
}

function DefaultBranch({ project, status, correction }: FormProps) {
  const now = status.default_branch;
  const [branch, set_branch] = useState(now);
  const send = (name: string) => (signal: AbortSignal) =>
    change_project(project, { default_branch: name }, signal);
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      <Select
        label="Default branch"
        value={branch}
        choices={status.branches.map((value) => ({ value, text: value }))}
        on_change={set_branch}
      />
      <ConfirmButton
        text="Change the default branch"
        confirm="Change"
        disabled={correction.busy || branch === now}
        on_confirm={() =>
          correction.correct(send(branch), () => ({
            text: `The default branch is ${branch}.`,
            undo: send(now),
          }))
        }
      >
        The runs of {branch} are the headline of the project, and it has baselines and records of its own.
        Other branches are judged against it unless they state a base. {now} can be named again.
      </ConfirmButton>
    </form>
  );
}

function DeleteProject({ project, status, correction }: FormProps) {
  return (
    <ConfirmButton
      text="Delete project"
      confirm={`Delete ${project}`}
      irreversible
      typed={project}
      disabled={correction.busy}
      on_confirm={() =>
        correction.run(
          (signal) => delete_project(project, signal),
          ({ runs, series, tokens }) =>
            go_with_message(
              '/',
              `The project ${project} was deleted with ${format_count_of(runs, 'run')} and ${format_count_of(series, 'series', 'series')}.` +
                (tokens > 0
                  ? ` ${format_count_of(tokens, 'token')} for it ${tokens === 1 ? 'stays' : 'stay'} valid: revoke them with perftrend-server token revoke.`
                  : ''),
            ),
        )
      }
    >
      The project {project} is deleted with {format_count_of(status.runs, 'run')},{' '}
      {format_count_of(status.series, 'series', 'series')}, its regressions and its audit trail. This cannot
      be undone.
    </ConfirmButton>
  );
}

export function ProjectForm(props: FormProps) {
  const { project, status, correction } = props;
  const [text, set_text] = useState(project);
  const name = text.trim();
  return (
    <>
      <DefaultBranch key={status.default_branch} {...props} />
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Line label="Name of the project" value={text} on_change={set_text} />
        <p class="form-buttons">
          <ConfirmButton
            text="Rename project"
            confirm="Rename"
            disabled={correction.busy || name === project || name === ''}
            on_confirm={() =>
              correction.run(
                (signal) => change_project(project, { name }, signal),
                () => go_with_message(settings_path(name), `The project ${project} is called ${name} now.`),
              )
            }
          >
            The project is called {name} from now on; its tokens follow. Change the name in CI jobs, policy
            files and retention files too: an upload to {project} makes a new project. It can be renamed back.
          </ConfirmButton>
          <DeleteProject {...props} />
        </p>
      </form>
    </>
  );
}
