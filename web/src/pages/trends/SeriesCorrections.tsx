// What an admin can correct of a series: its unit, its direction, where its baseline restarts.

import '../../shared/form.css';
import { useState } from 'preact/hooks';
import { change_series, delete_series, restart_baseline, type SeriesChange, type Trend } from '../../api';
import { project_path } from '../../routing/route';
import { useAction, type Action } from '../../shared/action';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { Line, Select } from '../../shared/fields';
import { ActionError } from '../../shared/states';

const directions = [
  { value: 'lower', text: 'lower is better' },
  { value: 'higher', text: 'higher is better' },
];

interface ButtonsProps {
  readonly project: string;
  readonly series: number;
  readonly run: number | undefined;
  readonly action: Action;
}

/** Restarts the baseline at the selected point; deletes the series. */
function Buttons({ project, series, run, action }: ButtonsProps) {
  return (
    <>
      {run !== undefined && (
        <ConfirmButton
          text={`Restart the baseline at run #${run}`}
          confirm="Restart the baseline"
          disabled={action.busy}
          on_confirm={() =>
            action.run(
              (signal) => restart_baseline(project, { run, series, note: '' }, signal),
              () => location.reload(),
            )
          }
        >
          Points from run #{run} on are judged against each other alone. Open regressions from before are
          closed. The restart can be taken back.
        </ConfirmButton>
      )}
      <ConfirmButton
        text="Delete series"
        confirm="Delete the series"
        disabled={action.busy}
        on_confirm={() =>
          action.run(
            (signal) => delete_series(project, series, signal),
            () => location.assign(project_path(project)),
          )
        }
      >
        The series is deleted with its points and regressions. This cannot be undone.
      </ConfirmButton>
    </>
  );
}

interface SeriesCorrectionsProps {
  readonly project: string;
  readonly trend: Trend;
  /** run of the selected point; undefined: none is selected */
  readonly run: number | undefined;
}

export function SeriesCorrections({ project, trend, run }: SeriesCorrectionsProps) {
  const { series } = trend;
  const [unit, set_unit] = useState(series.unit);
  const [values_were, set_values_were] = useState('');
  const [better, set_better] = useState<string>(series.better);
  const [whole_metric, set_whole_metric] = useState(false);
  const action = useAction();
  const reload = () => location.reload();
  const change: SeriesChange = {
    whole_metric,
    ...(unit === series.unit && values_were === '' ? {} : { unit }),
    ...(values_were === '' ? {} : { values_were }),
    ...(better === series.better ? {} : { better: better === 'higher' ? 'higher' : 'lower' }),
  };
  const changes = change.unit !== undefined || change.better !== undefined;
  return (
    <details class="disclosure">
      <summary>Correct this series</summary>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Line label="Unit" value={unit} on_change={set_unit} />
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
            disabled={action.busy || !changes}
            on_confirm={() =>
              action.run((signal) => change_series(project, series.id, change, signal), reload)
            }
          >
            Stored values are converted to the new unit, and the trend is judged again. Later reports in
            another unit of the same quantity are converted.
          </ConfirmButton>
          <Buttons project={project} series={series.id} run={run} action={action} />
        </p>
      </form>
      <ActionError action={action} />
    </details>
  );
}
