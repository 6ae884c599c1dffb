// "/p/{project}/regressions": regressions and improvements by state.

import './Regressions.css';
import { list_regressions, type Regression, type RegressionGroup, type RegressionState } from '../../api';
import { format_count_of } from '../../format/quantity';
import { go_to, useLocation, usePageTitle } from '../../routing/location';
import { regressions_path } from '../../routing/route';
import { Filters, Switch } from '../../shared/fields';
import { Findings } from '../../shared/Findings';
import { Age, Commit, RunLink } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Empty, Loaded } from '../../shared/states';

const states: readonly RegressionState[] = [
  'open',
  'suspected',
  'confirmed',
  'acknowledged',
  'fixed',
  'dismissed',
  'closed',
  'noted',
  'all',
];
const directions = ['worse', 'better', 'both'] as const;

/** Groups findings of the same commit range, because one commit may explain all of them. */
function Groups(props: { project: string; groups: readonly RegressionGroup[]; of: readonly Regression[] }) {
  const { project, groups } = props;
  const known = new Map(props.of.map((regression) => [regression.id, regression]));
  return (
    <>
      {groups.map((group) => {
        const members = group.regressions.flatMap((id) => known.get(id) ?? []);
        const key = `${group.branch} ${group.direction} ${group.regressions.join(' ')}`;
        if (members.length === 1) return <Findings key={key} project={project} of={members} full />;
        return (
          <section
            key={key}
            class="finding-group"
            aria-label={`${members.length} findings of one commit range`}
          >
            <p class="finding-range">
              <b>{format_count_of(members.length, 'series', 'series')}</b> became {group.direction}
              {members[0]?.kind === 'environment' ? ' with another environment' : ''} between{' '}
              <Commit commit={group.last_good_commit} /> and <Commit commit={group.first_commit} /> · run{' '}
              <RunLink project={project} run={group.first_run} /> · <Age at={group.first_at} />
            </p>
            {group.common_shift !== null && <p class="notice-line">{group.common_shift.explanation}</p>}
            <Findings project={project} of={members} full />
          </section>
        );
      })}
    </>
  );
}

/** Suspicions next to the open regressions: in a closed section, because no number counts them. */
function Suspicions({ project, of }: { project: string; of: readonly Regression[] }) {
  if (of.length === 0) return null;
  return (
    <details class="disclosure">
      <summary>
        {format_count_of(of.length, 'suspicion')}{' '}
        <span class="muted">one run shows each of them; the next runs decide, and nothing counts them</span>
      </summary>
      <Findings project={project} of={of} full />
    </details>
  );
}

export function Regressions({ project }: { project: string }) {
  usePageTitle('Regressions', project);
  const { search } = useLocation();
  const query = new URLSearchParams(search);
  const state = states.find((known) => known === query.get('state')) ?? 'open';
  const direction = directions.find((known) => known === query.get('direction')) ?? 'worse';
  const load = useLoad(`${state} ${direction}`, async (signal) => {
    const [listed, suspected] = await Promise.all([
      list_regressions(project, state, direction, signal),
      state === 'open' ? list_regressions(project, 'suspected', direction, signal) : undefined,
    ]);
    return { ...listed, suspicions: suspected?.regressions ?? [] };
  });
  const show = (changed: { state?: string; direction?: string }) =>
    go_to(regressions_path(project, { state, direction, ...changed }), 'replace');
  return (
    <section class="card">
      <header class="card-head">
        <h1>Regressions</h1>
        {load.data !== undefined && (
          <span class="card-facts muted">{format_count_of(load.data.regressions.length, 'finding')}</span>
        )}
      </header>
      <Filters label="Filter findings">
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
        {({ regressions, groups, suspicions }) => (
          <>
            {regressions.length === 0 ? (
              <Empty>
                {state === 'open' && direction === 'worse'
                  ? 'No open regressions.'
                  : 'No findings match these filters.'}
              </Empty>
            ) : (
              <Groups project={project} groups={groups} of={regressions} />
            )}
            <Suspicions project={project} of={suspicions} />
          </>
        )}
      </Loaded>
    </section>
  );
}
