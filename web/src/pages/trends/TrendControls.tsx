// The controls above the plots: which series, how many points, which axes.

import type { ProjectStatus } from '../../api';
import { format_count_of } from '../../format/quantity';
import { default_metrics } from '../../shared/default_series';
import { Filters, Select, Switch, TextField, type Choice } from '../../shared/fields';
import { last_choices, type TrendState } from './trend_state';

interface ControlsProps {
  readonly state: TrendState;
  readonly status: ProjectStatus;
  /** of the displayed series, also when the address names none */
  readonly testbed: string;
  readonly branch: string;
  readonly on_change: (changed: Partial<TrendState>) => void;
}

const choices_of = (values: readonly string[]): Choice[] => values.map((value) => ({ value, text: value }));

function default_metrics_text(metrics: readonly string[]): string {
  const names = default_metrics(metrics);
  return names.length <= 2 ? names.join(', ') : format_count_of(names.length, 'default metric');
}

function SeriesFilters({ state, status, testbed, branch, on_change }: ControlsProps) {
  const selected = state.series.length > 0;
  const metrics: Choice[] = [
    { value: '', text: selected ? 'selected series' : default_metrics_text(status.metrics) },
    { value: '*', text: 'all' },
    ...choices_of(status.metrics),
  ];
  // A filter replaces selected series. The zoom stays, because it concerns time.
  const filter = (changed: Partial<TrendState>) => on_change({ series: [], ...changed });
  return (
    <>
      <Select
        label="Testbed"
        value={testbed}
        choices={choices_of(status.testbeds)}
        on_change={(value) => filter({ testbed: value, branch })}
      />
      <Select
        label="Branch"
        value={branch}
        choices={choices_of(status.branches)}
        on_change={(value) => filter({ branch: value, testbed })}
      />
      <Select
        label="Metric"
        value={state.metric}
        choices={metrics}
        on_change={(metric) => filter({ metric, testbed, branch })}
      />
      <TextField
        label="Case"
        value={state.case_part}
        placeholder="part of a name"
        on_change={(case_part) => filter({ case_part, testbed, branch })}
      />
    </>
  );
}

function AxisControls({ state, on_change }: Pick<ControlsProps, 'state' | 'on_change'>) {
  return (
    <>
      <Select
        label="Show last"
        value={String(state.last)}
        choices={last_choices.map((last) => ({ value: String(last), text: format_count_of(last, 'point') }))}
        on_change={(last) => on_change({ last: Number(last) })}
      />
      <Switch
        label="X axis"
        value={state.x}
        choices={[
          { value: 'time', text: 'time', title: 'Points at their time' },
          { value: 'runs', text: 'runs', title: 'Runs at equal distances' },
        ]}
        on_change={(x) => on_change({ x })}
      />
      <Switch
        label="Y axis"
        value={state.y}
        choices={[
          { value: 'fit', text: 'fit', title: 'Range of the judged points; outliers are arrows at the edge' },
          { value: 'zero', text: 'from 0', title: 'The same range, starting at zero' },
          { value: 'all', text: 'all', title: 'Range of all points' },
        ]}
        on_change={(y) => on_change({ y })}
      />
    </>
  );
}

interface TrendControlsProps extends ControlsProps {
  /** number of displayed series */
  readonly shown: number;
  /** the CSV file is being created */
  readonly saving: boolean;
  readonly on_csv: () => void;
}

export function TrendControls(props: TrendControlsProps) {
  const { state, testbed, branch, shown, on_change, saving, on_csv } = props;
  return (
    <Filters label="Filter trends">
      <SeriesFilters {...props} />
      <AxisControls state={state} on_change={on_change} />
      <div class="filter-actions">
        {state.series.length > 0 && (
          <button class="button" type="button" onClick={() => on_change({ series: [], testbed, branch })}>
            Clear selection ({format_count_of(shown, 'series', 'series')})
          </button>
        )}
        {state.zoom !== undefined && (
          <button class="button" type="button" onClick={() => on_change({ zoom: undefined })}>
            Reset zoom
          </button>
        )}
        <button class="button" type="button" onClick={on_csv} disabled={shown === 0 || saving}>
          Download CSV
        </button>
      </div>
    </Filters>
  );
}
