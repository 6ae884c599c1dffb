// "/p/{project}": the state of one project and its series.

import './Project.css';
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
import { series_learning } from '../../format/judgement';
import { format_count, format_count_of, format_quantity, make_scale } from '../../format/quantity';
import { go_to, useLocation, usePageTitle } from '../../routing/location';
import { project_path, series_path } from '../../routing/route';
import { StateChip, VerdictChip } from '../../shared/chips';
import { any_of, Filters, Select, TextField } from '../../shared/fields';
import { Headline } from '../../shared/Headline';
import { summarize_health } from '../../shared/health';
import { Age, CaseName, LaneName } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Empty, Loaded } from '../../shared/states';
import { StatusGrid } from '../../shared/StatusGrid';
import { Table } from '../../shared/Table';
import { VanishedSeries } from './Vanished';

/** How many series are listed; the filters select others. */
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

interface SeriesRowProps {
  readonly project: string;
  readonly of: Series;
  readonly selected: boolean;
  readonly on_select: () => void;
}

function SeriesRow({ project, of, selected, on_select }: SeriesRowProps) {
  const scale = make_scale(of.unit, of.sparkline.length > 0 ? of.sparkline : [of.last_value]);
  const learning = series_learning(of);
  return (
    <tr class={selected ? 'row-selected' : ''}>
      <td>
        <input
          type="checkbox"
          checked={selected}
          onChange={on_select}
          aria-label={`Select ${of.case.name} ${of.metric}`}
        />
      </td>
      <td>
        <a class="plain-link" href={series_path(project, [of.id])}>
          <CaseName of={of.case} metric={of.metric} />
        </a>
      </td>
      <td class="number">{format_quantity(of.last_value, scale)}</td>
      <td>
        {of.open_regression !== null && <StateChip state={of.open_regression} />}
        {of.last_suspect && <VerdictChip verdict="suspect" />}
        {learning !== undefined && <VerdictChip verdict="too_few" text={learning} />}
        {of.open_regression === null && !of.last_suspect && learning === undefined && (
          <span class="muted">none</span>
        )}
      </td>
      <td class="spark-cell">
        <Sparkline values={of.sparkline} tone={of.open_regression === null ? 'plain' : 'bad'} />
      </td>
      <td class="nowrap">
        <Age at={of.last_at} />
      </td>
      <td class="number">{format_count(of.points)}</td>
      <td>
        <LaneName {...of} />
      </td>
    </tr>
  );
}

function SeriesHead({ all, on_select_all }: { all: boolean; on_select_all: () => void }) {
  return (
    <thead>
      <tr>
        <th scope="col">
          <input
            type="checkbox"
            checked={all}
            aria-label="Select all listed series"
            onChange={on_select_all}
          />
        </th>
        <th scope="col">Case and metric</th>
        <th scope="col" class="number">
          Last value
        </th>
        <th scope="col">Regression</th>
        <th scope="col">Last 30 points</th>
        <th scope="col">Last run</th>
        <th scope="col" class="number">
          Points
        </th>
        <th scope="col">Testbed and branch</th>
      </tr>
    </thead>
  );
}

function SeriesTable({ project, series }: { project: string; series: readonly Series[] }) {
  const [ticked, set_ticked] = useState<ReadonlySet<number>>(new Set());
  const toggle = (id: number) => {
    const next = new Set(ticked);
    if (!next.delete(id)) next.add(id);
    set_ticked(next);
  };
  const listed = series.map(({ id }) => id);
  const selected = listed.filter((id) => ticked.has(id)).slice(0, trends_max);
  const all = listed.length > 0 && listed.slice(0, trends_max).every((id) => ticked.has(id));
  return (
    <>
      <div class="selection-bar">
        <span>
          {selected.length === 0
            ? 'Select series to compare their trends.'
            : `${format_count_of(selected.length, 'series', 'series')} selected`}
        </span>
        <button
          class="button primary"
          type="button"
          disabled={selected.length === 0}
          onClick={() => go_to(series_path(project, selected))}
        >
          Show trends
        </button>
      </div>
      <Table label="Series">
        <SeriesHead
          all={all}
          on_select_all={() => set_ticked(all ? new Set() : new Set(listed.slice(0, trends_max)))}
        />
        <tbody>
          {series.map((of) => (
            <SeriesRow
              key={of.id}
              project={project}
              of={of}
              selected={ticked.has(of.id)}
              on_select={() => toggle(of.id)}
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
              ? `first ${format_count(load.data.series.length)} of ${format_count_of(load.data.total, 'series', 'series')}: use the filters`
              : format_count_of(load.data.total, 'series', 'series')}
          </span>
        )}
      </header>
      <Filters label="Filter series">
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
            <Empty>No series match these filters.</Empty>
          ) : (
            <SeriesTable project={project} series={series} />
          )
        }
      </Loaded>
    </section>
  );
}

export function Project({ project }: { project: string }) {
  usePageTitle(project);
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
      {({ status, regressions }) => (
        <>
          <Headline title={project} health={summarize_health([status])} newest_run_at={status.last_run_at} />
          <VanishedSeries project={project} of={status.vanished} on_done={load.retry} />
          <section class="card">
            <StatusGrid
              heading="h2"
              project={project}
              lanes={status.lanes}
              lanes_total={status.lanes_total}
              lanes_ended={status.lanes_ended}
              regressions={regressions}
            />
          </section>
          <SeriesSection project={project} status={status} />
        </>
      )}
    </Loaded>
  );
}
