// "/p/{project}/regressions": every regression and improvement with its life.

import { list_regressions, type RegressionState } from '../api';
import { count_of } from '../words/quantity';
import { useLoad } from './load';
import { go_to, useLocation, useTitle } from './location';
import { Filters, Switch } from './parts/fields';
import { Findings } from './parts/Findings';
import { Empty, Loaded } from './parts/states';
import { regressions_path } from './route';

const states: readonly RegressionState[] = [
  'open',
  'suspected',
  'confirmed',
  'acknowledged',
  'fixed',
  'dismissed',
  'all',
];
const directions = ['worse', 'better', 'both'] as const;

export function Regressions({ project }: { project: string }) {
  useTitle('Regressions', project);
  const { search } = useLocation();
  const query = new URLSearchParams(search);
  const state = states.find((known) => known === query.get('state')) ?? 'open';
  const direction = directions.find((known) => known === query.get('direction')) ?? 'worse';
  const load = useLoad(`${state} ${direction}`, (signal) =>
    list_regressions(project, state, direction, signal),
  );
  const show = (changed: { state?: string; direction?: string }) =>
    go_to(regressions_path(project, { state, direction, ...changed }), 'replace');
  return (
    <section class="card">
      <header class="card-head">
        <h1>Regressions</h1>
        {load.data !== undefined && (
          <span class="card-facts muted">{count_of(load.data.length, 'finding')}</span>
        )}
      </header>
      <Filters label="Which findings">
        <Switch
          label="State"
          value={state}
          choices={states.map((value) => ({ value, text: value }))}
          on_change={(value) => show({ state: value })}
        />
        <Switch
          label="Direction"
          value={direction}
          choices={directions.map((value) => ({ value, text: value }))}
          on_change={(value) => show({ direction: value })}
        />
      </Filters>
      <Loaded load={load}>
        {(regressions) =>
          regressions.length === 0 ? (
            <Empty>
              {state === 'open' && direction === 'worse' ? 'No open regressions.' : 'Nothing in this state.'}
            </Empty>
          ) : (
            <Findings project={project} of={regressions} full />
          )
        }
      </Loaded>
    </section>
  );
}
