// What an admin can correct of a series: its unit, its direction, the name of its case, where its baseline restarts.

import '../../shared/form.css';
import { useState } from 'preact/hooks';
import {
  add_alias,
  change_series,
  delete_series,
  restart_baseline,
  take_restart_back,
  type SeriesChange,
  type Trend,
} from '../../api';
import { format_count_of } from '../../format/quantity';
import { project_path } from '../../routing/route';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { AdminNote, CorrectionResult, useCorrection, type Correction } from '../../shared/correction';
import { Line, Select } from '../../shared/fields';
import { go_with_message } from '../../shared/message';

const directions = [
  { value: 'lower', text: 'lower is better' },
  { value: 'higher', text: 'higher is better' },
];

interface FormProps {
  readonly project: string;
  readonly series: Trend['series'];
  readonly correction: Correction;
}

interface Wanted {
  readonly unit: string;
  readonly values_were: string;
  readonly better: string;
  readonly whole_metric: boolean;
}

/** The request for what differs from the series. */
function change_of(
  series: Trend['series'],
  { unit, values_were, better, whole_metric }: Wanted,
): SeriesChange {
  return {
    whole_metric,
    ...(unit === series.unit && values_were === '' ? {} : { unit }),
    ...(values_were === '' ? {} : { values_were }),
    ...(better === series.better ? {} : { better: better === 'higher' ? 'higher' : 'lower' }),
  };
}

/** The opposite request; undefined where the old unit cannot be stated. */
function undo_of(series: Trend['series'], change: SeriesChange): SeriesChange | undefined {
  if (change.values_were !== undefined || (change.unit !== undefined && series.unit === '')) return undefined;
  return {
    ...(change.whole_metric === undefined ? {} : { whole_metric: change.whole_metric }),
    ...(change.unit === undefined ? {} : { unit: series.unit }),
    ...(change.better === undefined ? {} : { better: series.better }),
  };
}

function UnitForm({ project, series, correction }: FormProps) {
  const [unit, set_unit] = useState(series.unit);
  const [values_were, set_values_were] = useState('');
  const [better, set_better] = useState<string>(series.better);
  const [whole_metric, set_whole_metric] = useState(false);
  const change = change_of(series, {
    unit: unit.trim(),
    values_were: values_were.trim(),
    better,
    whole_metric,
  });
  const send = (body: SeriesChange) => (signal: AbortSignal) =>
    change_series(project, series.id, body, signal);
  const undo = undo_of(series, change);
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      <Line label="Unit" value={unit} placeholder="ms" on_change={set_unit} />
      <Line
        label="Stored values are really in"
        value={values_were}
        placeholder={series.unit === '' ? 'the same unit' : series.unit}
        on_change={set_values_were}
      />
      <Select label="Direction" value={better} choices={directions} on_change={set_better} />
      <label class="check">
        <input
          type="checkbox"
          checked={whole_metric}
          onChange={(event) => set_whole_metric(event.currentTarget.checked)}
        />{' '}
        all series of {series.metric} in this project
      </label>
      <p class="form-buttons">
        <ConfirmButton
          text="Change unit or direction"
          confirm="Change"
          disabled={correction.busy || (change.unit === undefined && change.better === undefined)}
          on_confirm={() =>
            correction.correct(send(change), (changed) => ({
              text: `${format_count_of(changed.series, 'series', 'series')} changed, ${format_count_of(changed.points, 'point')} converted. Trends were judged again.`,
              ...(undo === undefined ? {} : { undo: send(undo) }),
            }))
          }
        >
          {change.unit !== undefined && (
            <p>
              Stored values are converted
              {change.values_were === undefined ? '' : ` from ${change.values_were}`} to{' '}
              {change.unit === '' ? 'no unit' : change.unit}. Later reports in another unit of the same
              quantity are converted too.
            </p>
          )}
          {change.better !== undefined && (
            <p>{change.better === 'higher' ? 'Higher' : 'Lower'} values are better from now on.</p>
          )}
          <p>
            {whole_metric
              ? `This concerns all series of ${series.metric}.`
              : 'This concerns this series alone.'}{' '}
            Trends are judged again. State the old unit or direction to undo it.
          </p>
        </ConfirmButton>
      </p>
    </form>
  );
}

function RenameCaseForm({ project, series, correction }: FormProps) {
  const { suite, classname, name: was } = series.case;
  const [text, set_text] = useState(was);
  const name = text.trim();
  const send = (to: string, from: string) => (signal: AbortSignal) =>
    add_alias(
      project,
      { case: { suite, classname, name: to }, was: { suite, classname, name: from } },
      signal,
    );
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      <Line label="New name" value={text} on_change={set_text} />
      <p class="form-buttons">
        <ConfirmButton
          text="Rename the case"
          confirm="Rename"
          disabled={correction.busy || name === '' || name === was}
          on_confirm={() =>
            correction.correct(send(name, was), (renamed) => ({
              text: `${format_count_of(renamed.series, 'series', 'series')} renamed, ${renamed.joined} of them joined with a history of the new name.`,
              ...(renamed.joined > 0 ? {} : { undo: send(was, name) }),
            }))
          }
        >
          All series of {was} go on under the name {name}. Uploads with the old name belong to it too. If{' '}
          {name} has a history of its own, both are joined, and that cannot be undone. Else it can be renamed
          back.
        </ConfirmButton>
      </p>
    </form>
  );
}

/** Restarts the baseline at the selected point; deletes the series. */
function OtherButtons({ project, series, correction, run }: FormProps & { run: number | undefined }) {
  return (
    <p class="form-buttons">
      {run === undefined ? (
        <span class="muted">
          To restart the baseline, first click the point in the plot at which it begins again.
        </span>
      ) : (
        <ConfirmButton
          text={`Restart the baseline at run #${run}`}
          confirm="Restart the baseline"
          disabled={correction.busy}
          on_confirm={() =>
            correction.correct(
              (signal) => restart_baseline(project, { run, series: series.id, note: '' }, signal),
              () => ({
                text: `The baseline of this series begins again at run #${run}.`,
                undo: (signal) => take_restart_back(project, run, series.id, signal),
              }),
            )
          }
        >
          Points from run #{run} on are judged against each other alone. Open regressions from before are
          closed. The restart can be taken back, here or in the settings.
        </ConfirmButton>
      )}
      <ConfirmButton
        text="Delete series"
        confirm="Delete the series"
        irreversible
        disabled={correction.busy}
        on_confirm={() =>
          correction.run(
            (signal) => delete_series(project, series.id, signal),
            ({ points }) =>
              go_with_message(
                project_path(project),
                `The series ${series.metric} of ${series.case.name} was deleted with ${format_count_of(points, 'point')}.`,
              ),
          )
        }
      >
        The series is deleted with its points and regressions. This cannot be undone. An upload that has it
        again begins a new series.
      </ConfirmButton>
    </p>
  );
}

interface SeriesCorrectionsProps {
  readonly project: string;
  readonly trend: Trend;
  /** run of the selected point; undefined: none is selected */
  readonly run: number | undefined;
  readonly on_done: () => void;
}

export function SeriesCorrections({ project, trend, run, on_done }: SeriesCorrectionsProps) {
  const correction = useCorrection(on_done);
  const { series } = trend;
  const form = { project, series, correction };
  return (
    <details class="disclosure">
      <summary>Correct this series</summary>
      <AdminNote />
      <UnitForm key={`${series.unit} ${series.better}`} {...form} />
      <RenameCaseForm key={series.case.name} {...form} />
      <OtherButtons {...form} run={run} />
      <CorrectionResult of={correction} />
    </details>
  );
}
