// What an admin can correct of a run: exclude it, mark it suspect, restart baselines at it, redact it, delete it.

import '../../shared/form.css';
import { useState } from 'preact/hooks';
import {
  change_run,
  delete_run,
  redact_run,
  restart_baseline,
  take_restart_back,
  type RunChange,
  type RunDetail,
} from '../../api';
import { format_count_of } from '../../format/quantity';
import { runs_path } from '../../routing/route';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { AdminNote, CorrectionResult, useCorrection, type Correction } from '../../shared/correction';
import { Line } from '../../shared/fields';
import { go_with_message } from '../../shared/message';

interface ButtonsProps {
  readonly project: string;
  readonly run: RunDetail;
  readonly reason: string;
  readonly correction: Correction;
}

/** Takes the run out of the trends, or into them again. */
function ExcludeButton({ project, run, reason, correction }: ButtonsProps) {
  const send = (excluded: string | null) => (signal: AbortSignal) =>
    change_run(project, run.id, { excluded }, signal);
  if (run.excluded !== '') {
    return (
      <ConfirmButton
        text="Include again"
        confirm="Include the run"
        disabled={correction.busy}
        on_confirm={() =>
          correction.correct(send(null), () => ({
            text: `Run #${run.id} is in its trends again, and they were judged again.`,
            undo: send(run.excluded),
          }))
        }
      >
        The points of run #{run.id} are in trends and baselines again. Trends are judged again. The run can be
        excluded again.
      </ConfirmButton>
    );
  }
  return (
    <ConfirmButton
      text="Exclude"
      confirm="Exclude the run"
      disabled={correction.busy || reason === ''}
      on_confirm={() =>
        correction.correct(send(reason), () => ({
          text: `Run #${run.id} is excluded: its points are in no trend and no baseline. Trends were judged again.`,
          undo: send(null),
        }))
      }
    >
      The {format_count_of(run.points, 'point')} of run #{run.id} are taken out of all trends, baselines and
      counts, and trends are judged again. The run stays in the list of runs and can be included again.
    </ConfirmButton>
  );
}

/** Says whether the run is fit to be judged, or leaves that to its report. */
function SuspectButtons({ project, run, reason, correction }: ButtonsProps) {
  const send = (change: RunChange) => (signal: AbortSignal) => change_run(project, run.id, change, signal);
  if (run.suspect_by !== '') {
    return (
      <ConfirmButton
        text="As reported"
        confirm="Do as the report says"
        disabled={correction.busy}
        on_confirm={() =>
          correction.correct(send({ suspect: null }), () => ({
            text: `Run #${run.id} is suspect only if its report says so.`,
            undo: send({ suspect: run.suspect }),
          }))
        }
      >
        {run.suspect_by} decided whether run #{run.id} is suspect. That decision is taken back: the run is
        suspect only if its report says so. Trends are judged again.
      </ConfirmButton>
    );
  }
  if (run.suspect !== '') {
    return (
      <ConfirmButton
        text="Judge it anyway"
        confirm="Judge the run"
        disabled={correction.busy}
        on_confirm={() =>
          correction.correct(send({ suspect: '' }), () => ({
            text: `Run #${run.id} is judged, although its report calls the machine busy.`,
            undo: send({ suspect: null }),
          }))
        }
      >
        The points of run #{run.id} are judged and can be part of baselines, although its report says:{' '}
        {run.suspect}. This can be taken back.
      </ConfirmButton>
    );
  }
  return (
    <ConfirmButton
      text="Mark suspect"
      confirm="Mark the run suspect"
      disabled={correction.busy || reason === ''}
      on_confirm={() =>
        correction.correct(send({ suspect: reason }), () => ({
          text: `Run #${run.id} is suspect: its points are shown, but not judged.`,
          undo: send({ suspect: null }),
        }))
      }
    >
      The points of run #{run.id} stay in the trends, in grey. They are not judged and not part of a baseline.
      Trends are judged again. This can be taken back.
    </ConfirmButton>
  );
}

function RestartButton({ project, run, reason, correction }: ButtonsProps) {
  return (
    <ConfirmButton
      text="Restart baselines here"
      confirm="Restart the baselines"
      disabled={correction.busy}
      on_confirm={() =>
        correction.correct(
          (signal) => restart_baseline(project, { run: run.id, series: null, note: reason }, signal),
          ({ series }) => ({
            text: `The baseline of ${format_count_of(series, 'series', 'series')} begins again at run #${run.id}.`,
            undo: (signal) => take_restart_back(project, run.id, null, signal),
          }),
        )
      }
    >
      For an intended change: in all series of run #{run.id}, the points from this run on are compared only
      with each other. Open regressions from before are closed. The restart can be taken back, here or in the
      settings.
    </ConfirmButton>
  );
}

/** Buttons for what cannot be undone. */
function Irreversible({ project, run, reason, correction }: ButtonsProps) {
  return (
    <>
      <ConfirmButton
        text="Redact"
        confirm="Redact documents and messages"
        irreversible
        disabled={correction.busy}
        on_confirm={() =>
          correction.correct(
            (signal) => redact_run(project, run.id, reason, signal),
            ({ documents, messages }) => ({
              text: `${format_count_of(documents, 'document')} and ${format_count_of(messages, 'message')} were overwritten.`,
            }),
          )
        }
      >
        All documents and case messages of run #{run.id} are overwritten. Results and points stay. This cannot
        be undone. Backups may still hold the text.
      </ConfirmButton>
      <ConfirmButton
        text="Delete"
        confirm="Delete the run"
        irreversible
        disabled={correction.busy}
        on_confirm={() =>
          correction.run(
            (signal) => delete_run(project, run.id, reason, signal),
            ({ cases, series }) =>
              go_with_message(
                runs_path(project),
                `Run #${run.id} was deleted with ${format_count_of(cases, 'case')} and ${format_count_of(series, 'series', 'series')} that had no other point.`,
              ),
          )
        }
      >
        Run #{run.id} is deleted with its {format_count_of(run.points, 'point')},{' '}
        {format_count_of(run.cases, 'case')} and its documents. Series without any other point are deleted
        too, and trends are judged again. This cannot be undone; excluding the run can.
      </ConfirmButton>
    </>
  );
}

interface RunCorrectionsProps {
  readonly project: string;
  readonly run: RunDetail;
  readonly on_done: () => void;
}

export function RunCorrections({ project, run, on_done }: RunCorrectionsProps) {
  const [text, set_text] = useState('');
  const correction = useCorrection(on_done);
  const reason = text.trim();
  const buttons = { project, run, reason, correction };
  return (
    <details class="card">
      <summary>Correct this run</summary>
      <AdminNote />
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Line label="Reason" value={text} placeholder="why the run is wrong" on_change={set_text} />
        <p class="form-buttons">
          <ExcludeButton {...buttons} />
          <SuspectButtons {...buttons} />
          <RestartButton {...buttons} />
          <Irreversible {...buttons} />
        </p>
        {reason === '' && (
          <p class="muted">
            A reason is required to exclude the run or to mark it suspect. It is in the audit trail.
          </p>
        )}
      </form>
      <CorrectionResult of={correction} />
    </details>
  );
}
