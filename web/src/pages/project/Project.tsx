// "/p/{project}": how one project stands, and all its series.

import { useState } from 'preact/hooks';
import {
  get_project,
  list_regressions,
  list_series,
  trends_max,
  type ProjectStatus,
  type Series,
} from '../../api';
import { Sparkline } from '../../charts/Sparkline';
import { count_of, make_scale, show_count, show_quantity } from '../../format/quantity';
import { useLoad } from '../../shared/load';
import { go_to, useLocation, useTitle } from '../../routing/location';
import { Age, CaseName, LaneName, Sign, StateChip, Table, VerdictChip } from '../../shared/labels';
import { any_of, Filters, Select, TextField } from '../../shared/fields';
import { Findings } from '../../shared/Findings';
import { Lanes } from '../../shared/Lanes';
import { Empty, Loaded } from '../../shared/states';
import { project_path, series_path } from '../../routing/route';
import { judge_tonight } from '../../shared/health';

/** More rows are no list to read; the filters make it one. */
const rows_max = 300;
const refresh_ms = 60_000;

interface Filter {
  readonly metric: string;
  readonly case: string;
  readonly testbed: string;
  readonly branch: string;
}

function read_filter(search: string): Filter {
  const query = new URLSearchParams(search);
  const text = (key: string) => query.get(key) ?? '';
  return { metric: text('metric'), case: text('case'), testbed: text('testbed'), branch: text('branch') };
}

function SeriesRow({
  project,
  of,
  chosen,
  choose,
}: {
  project: string;
  of: Series;
  chosen: boolean;
  choose: () => void;
}) {
  const scale = make_scale(of.unit, of.sparkline.length > 0 ? of.sparkline : [of.last_value]);
  return (
    <tr class={chosen ? 'row-chosen' : ''}>
      <td>
        <input
          type="checkbox"
          checked={chosen}
          onChange={choose}
          aria-label={`Choose ${of.case.name} ${of.metric}`}
        />
      </td>
      <td>
        <a class="plain-link" href={series_path(project, [of.id])}>
          <CaseName of={of.case} metric={of.metric} />
        </a>
      </td>
      <td class="number">{show_quantity(of.last_value, scale)}</td>
      <td>
        {of.open_regression !== null && <StateChip state={of.open_regression} />}
        {of.last_suspect && <VerdictChip verdict="suspect" />}
        {of.open_regression === null && !of.last_suspect && <span class="muted">none open</span>}
      </td>
      <td class="spark-cell">
        <Sparkline values={of.sparkline} tone={of.open_regression === null ? 'plain' : 'bad'} />
      </td>
      <td class="nowrap">
        <Age at={of.last_at} />
      </td>
      <td class="number">{show_count(of.points)}</td>
      <td>
        <LaneName {...of} />
      </td>
    </tr>
  );
}

function SeriesTable({ project, series }: { project: string; series: readonly Series[] }) {
  const [chosen, set_chosen] = useState<ReadonlySet<number>>(new Set());
  const toggle = (id: number) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    set_chosen(next);
  };
  const shown = series.map(({ id }) => id);
  const picked = shown.filter((id) => chosen.has(id)).slice(0, trends_max);
  const all = shown.length > 0 && shown.slice(0, trends_max).every((id) => chosen.has(id));
  return (
    <>
      <div class="chosen-bar">
        <span>
          {picked.length === 0
            ? 'Tick series to compare their trends.'
            : `${count_of(picked.length, 'series', 'series')} chosen`}
        </span>
        <button
          class="button primary"
          type="button"
          disabled={picked.length === 0}
          onClick={() => go_to(series_path(project, picked))}
        >
          Show trends
        </button>
      </div>
      <Table label="Series">
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                checked={all}
                aria-label="Choose all shown"
                onChange={() => set_chosen(all ? new Set() : new Set(shown.slice(0, trends_max)))}
              />
            </th>
            <th scope="col">Case and metric</th>
            <th scope="col" class="number">
              Last
            </th>
            <th scope="col">Regression</th>
            <th scope="col">Newest 30</th>
            <th scope="col">Measured</th>
            <th scope="col" class="number">
              Points
            </th>
            <th scope="col">Testbed / branch</th>
          </tr>
        </thead>
        <tbody>
          {series.map((of) => (
            <SeriesRow
              key={of.id}
              project={project}
              of={of}
              chosen={chosen.has(of.id)}
              choose={() => toggle(of.id)}
            />
          ))}
        </tbody>
      </Table>
    </>
  );
}

function SeriesSection({ project, status }: { project: string; status: ProjectStatus }) {
  const { search } = useLocation();
  const filter = read_filter(search);
  const load = useLoad(JSON.stringify(filter), (signal) =>
    list_series(project, { ...filter, limit: rows_max }, signal),
  );
  const change = (changed: Partial<Filter>) =>
    go_to(project_path(project, { ...filter, ...changed }), 'replace');
  return (
    <section class="card" aria-labelledby="series">
      <header class="card-head">
        <h2 id="series">Series</h2>
        {load.data !== undefined && (
          <span class="card-facts muted">
            {load.data.total > load.data.series.length
              ? `${show_count(load.data.series.length)} of ${show_count(load.data.total)}: narrow them down`
              : count_of(load.data.total, 'series', 'series')}
          </span>
        )}
      </header>
      <Filters label="Which series">
        <Select
          label="Metric"
          value={filter.metric}
          choices={any_of(status.metrics)}
          on_change={(metric) => change({ metric })}
        />
        <TextField
          label="Case"
          value={filter.case}
          placeholder="part of a name"
          on_change={(value) => change({ case: value })}
        />
        <Select
          label="Testbed"
          value={filter.testbed}
          choices={any_of(status.testbeds)}
          on_change={(testbed) => change({ testbed })}
        />
        <Select
          label="Branch"
          value={filter.branch}
          choices={any_of(status.branches)}
          on_change={(branch) => change({ branch })}
        />
      </Filters>
      <Loaded load={load}>
        {({ series }) =>
          series.length === 0 ? (
            <Empty>No series match. Clear a filter.</Empty>
          ) : (
            <SeriesTable project={project} series={series} />
          )
        }
      </Loaded>
    </section>
  );
}

export function Project({ project }: { project: string }) {
  useTitle(project);
  const load = useLoad(
    project,
    async (signal) => {
      const [status, { regressions }] = await Promise.all([
        get_project(project, signal),
        list_regressions(project, 'open', 'worse', signal),
      ]);
      return { status, regressions };
    },
    refresh_ms,
  );
  return (
    <Loaded load={load}>
      {({ status, regressions }) => {
        const { level, text, facts } = judge_tonight([status]);
        return (
          <>
            <section class={`headline headline-${level}`}>
              <span class="headline-sign">
                <Sign tone={level} size={26} />
              </span>
              <div>
                <h1>
                  {project}: {text}
                </h1>
                <p>
                  {facts.map((fact) => (
                    <span key={fact} class="fact">
                      {fact}
                    </span>
                  ))}
                  <span class="fact">
                    newest run <Age at={status.last_run_at} />
                  </span>
                </p>
              </div>
            </section>
            <section class="card">
              <div class={`project-grid ${regressions.length > 0 ? '' : 'project-grid-calm'}`}>
                <div>
                  <h3>Lanes</h3>
                  <Lanes project={project} lanes={status.lanes} />
                </div>
                {regressions.length > 0 && (
                  <div>
                    <h3>Open regressions</h3>
                    <Findings project={project} of={regressions} />
                  </div>
                )}
              </div>
            </section>
            <SeriesSection project={project} status={status} />
          </>
        );
      }}
    </Loaded>
  );
}
