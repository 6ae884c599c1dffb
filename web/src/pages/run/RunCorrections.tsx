// What an admin can correct of a run: exclude it, mark it suspect, redact it, delete it.

import '../../shared/form.css';
import { useState } from 'preact/hooks';
import { change_run, delete_run, redact_run, type RunChange, type RunDetail } from '../../api';
import { runs_path } from '../../routing/route';
import { useAction } from '../../shared/action';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { Line } from '../../shared/fields';
import { ActionError } from '../../shared/states';

interface RunCorrectionsProps {
  readonly project: string;
  readonly run: RunDetail;
  readonly on_done: () => void;
}

interface ButtonsProps {
  readonly run: RunDetail;
  readonly reason: string;
  readonly busy: boolean;
  readonly change: (body: RunChange) => void;
}

/** Buttons for what can be undone. */
function Reversible({ run, reason, busy, change }: ButtonsProps) {
  const needs_reason = reason.trim() === '';
  return (
    <>
      {run.excluded === '' ? (
        <button
          class="button"
          type="button"
          disabled={busy || needs_reason}
          title="Take the run out of all trends. It can be included again."
          onClick={() => change({ excluded: reason })}
        >
          Exclude
        </button>
      ) : (
        <button
          class="button primary"
          type="button"
          disabled={busy}
          onClick={() => change({ excluded: null })}
        >
          Include again
        </button>
      )}
      {run.suspect_by === '' ? (
        <button
          class="button"
          type="button"
          disabled={busy || needs_reason}
          title="Show the run, but do not judge it."
          onClick={() => change({ suspect: reason })}
        >
          Mark suspect
        </button>
      ) : (
        <button class="button" type="button" disabled={busy} onClick={() => change({ suspect: null })}>
          Suspect only if the report says so
        </button>
      )}
    </>
  );
}

export function RunCorrections({ project, run, on_done }: RunCorrectionsProps) {
  const [reason, set_reason] = useState('');
  const action = useAction();
  const change = (body: RunChange) =>
    action.run((signal) => change_run(project, run.id, body, signal), on_done);
  return (
    <details class="card">
      <summary>Correct this run</summary>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Line label="Reason" value={reason} placeholder="why the run is wrong" on_change={set_reason} />
        <p class="form-buttons">
          <Reversible run={run} reason={reason} busy={action.busy} change={change} />
          <ConfirmButton
            text="Redact"
            confirm="Redact documents and messages"
            disabled={action.busy}
            on_confirm={() => action.run((signal) => redact_run(project, run.id, reason, signal), on_done)}
          >
            All documents and case messages of run #{run.id} are overwritten. Results and points stay. This
            cannot be undone.
          </ConfirmButton>
          <ConfirmButton
            text="Delete"
            confirm="Delete the run"
            disabled={action.busy}
            on_confirm={() =>
              action.run(
                (signal) => delete_run(project, run.id, reason, signal),
                () => location.assign(runs_path(project)),
              )
            }
          >
            Run #{run.id} is deleted with its {run.points} points, {run.cases} cases and its documents. Series
            without any other point are deleted too, and trends are judged again. This cannot be undone;
            excluding the run can.
          </ConfirmButton>
        </p>
      </form>
      <ActionError action={action} />
    </details>
  );
}
