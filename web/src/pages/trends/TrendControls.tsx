// The row above the plots: which series, how many points, which axes.

import type { ProjectStatus } from '../../api';
import { count_of } from '../../format/quantity';
import { last_choices, type TrendState } from './trend_state';
import { Filters, Select, Switch, TextField, type Choice } from '../../shared/fields';

interface TrendControlsProps {
  readonly state: TrendState;
  readonly status: ProjectStatus;
  /** what is shown, also where the address leaves it open */
  readonly testbed: string;
  readonly branch: string;
  readonly shown: number;
  readonly on_change: (changed: Partial<TrendState>) => void;
  /** the file is being made */
  readonly saving: boolean;
  readonly on_csv: () => void;
}

const choices_of = (values: readonly string[]): Choice[] => values.map((value) => ({ value, text: value }));

export function TrendControls({
  state,
  status,
  testbed,
  branch,
  shown,
  on_change,
  saving,
  on_csv,
}: TrendControlsProps) {
  const chosen = state.series.length > 0;
  const metrics: Choice[] = [
    { value: '', text: chosen ? 'as chosen' : 'tokenize and prefill' },
    { value: '*', text: 'all' },
    ...choices_of(status.metrics),
  ];
  // Any filter leaves a hand-picked set of series; the zoom stays, for it is about when, not about what.
  const filter = (changed: Partial<TrendState>) => on_change({ series: [], ...changed });
  return (
    <Filters label="What is shown">
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
      <Select
        label="Newest"
        value={String(state.last)}
        choices={last_choices.map((last) => ({ value: String(last), text: count_of(last, 'point') }))}
        on_change={(last) => on_change({ last: Number(last) })}
      />
      <Switch
        label="Across"
        value={state.x}
        choices={[
          { value: 'time', text: 'time', title: 'points lie where they were measured' },
          { value: 'runs', text: 'runs', title: 'runs lie evenly spaced' },
        ]}
        on_change={(x) => on_change({ x })}
      />
      <Switch
        label="Height"
        value={state.y}
        choices={[
          { value: 'fit', text: 'fit', title: 'what is judged; far outliers are arrows at the edge' },
          { value: 'zero', text: 'from 0', title: 'the same, from zero' },
          { value: 'all', text: 'all', title: 'every point, however far' },
        ]}
        on_change={(y) => on_change({ y })}
      />
      <div class="filter-actions">
        {chosen && (
          <button class="button" type="button" onClick={() => on_change({ series: [], testbed, branch })}>
            {count_of(shown, 'chosen series', 'chosen series')} ✕
          </button>
        )}
        {state.zoom !== undefined && (
          <button class="button" type="button" onClick={() => on_change({ zoom: undefined })}>
            Reset zoom
          </button>
        )}
        <button class="button" type="button" onClick={on_csv} disabled={shown === 0 || saving}>
          CSV
        </button>
      </div>
    </Filters>
  );
}
