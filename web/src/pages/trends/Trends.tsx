// "/p/{project}/trends": tokenize and prefill per prompt, or whatever the address asks for.

import { useMemo, useState } from 'preact/hooks';
import { trends_max, type Trend } from '../../api';
import {
  make_drawing,
  runs_axis,
  whole_window,
  window_of_times,
  times_of_window,
  type Axis,
  type Drawing,
  type Window,
} from '../../charts/columns';
import { Mark } from '../../charts/Mark';
import { show_count } from '../../format/quantity';
import { useAct } from '../../shared/action';
import { trends_csv } from './csv';
import { go_to, useLocation, useTitle } from '../../routing/location';
import { save_file } from '../../shared/save_file';
import { Empty, Loaded, Refused } from '../../shared/states';
import { TrendControls } from './TrendControls';
import { TrendPanel } from './TrendPanel';
import { TrendTable } from './TrendTable';
import { read_trend_state, trend_state_path, type TrendState } from './trend_state';
import { load_whole, useTrends, wide_panels_max, type TrendsData } from './trends_load';

function Legend() {
  return (
    <ul class="legend" aria-label="Signs of the plots">
      <li>
        <Mark verdict="ok" /> ok
      </li>
      <li>
        <Mark verdict="regressed" /> regressed
      </li>
      <li>
        <Mark verdict="improved" /> improved
      </li>
      <li>
        <Mark verdict="suspect" /> suspect
      </li>
      <li>
        <Mark verdict="too_few" /> too few
      </li>
      <li>
        <i class="key key-whisker" /> ± MAD of the run
      </li>
      <li>
        <i class="key key-baseline" /> baseline
      </li>
      <li>
        <i class="key key-band" /> band
      </li>
      <li>
        <i class="key key-change" /> change point
      </li>
      <li>
        <i class="key key-beyond" /> beyond the scale
      </li>
    </ul>
  );
}

interface Group {
  readonly metric: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly members: readonly { readonly trend: Trend; readonly drawing: Drawing }[];
}

/** One row of plots for each metric: prompts beside each other, each with its own height. */
function group_by_metric(trends: readonly Trend[], axis: Axis): Group[] {
  const groups = new Map<string, { trend: Trend; drawing: Drawing }[]>();
  for (const trend of trends) {
    const members = groups.get(trend.series.metric) ?? [];
    const starts = trend.episodes.filter(({ state }) => state !== 'dismissed').map(({ first }) => first);
    const { points, change_points, downsampled } = trend;
    members.push({ trend, drawing: make_drawing(points, change_points, axis, starts, downsampled?.index) });
    groups.set(trend.series.metric, members);
  }
  return [...groups].map(([metric, members]) => {
    const series = members[0]?.trend.series;
    return { metric, unit: series?.unit ?? '', better: series?.better ?? 'lower', members };
  });
}

function zoom_window(axis: Axis, state: TrendState, groups: readonly Group[]): Window {
  const whole = whole_window(groups.flatMap(({ members }) => members.map(({ drawing }) => drawing)));
  return state.zoom === undefined ? whole : window_of_times(axis, state.zoom.from_us, state.zoom.to_us);
}

function Plots({ project, state, data }: { project: string; state: TrendState; data: TrendsData }) {
  const { trends } = data;
  const { axis, groups } = useMemo(() => {
    const made: Axis = state.x === 'time' ? { kind: 'time' } : runs_axis(trends.map(({ points }) => points));
    return { axis: made, groups: group_by_metric(trends, made) };
  }, [trends, state.x]);
  const window = zoom_window(axis, state, groups);
  const alone = trends.length <= wide_panels_max;
  const lanes = new Set(trends.map(({ series }) => `${series.testbed}\n${series.branch}`));
  const change = (changed: Partial<TrendState>) => go_to(trend_state_path(project, { ...state, ...changed }));
  const zoom = (chosen: Window) => {
    const times = times_of_window(axis, chosen);
    if (times !== undefined)
      change({ zoom: { from_us: times[0], to_us: Math.max(times[1], times[0] + 1000) } });
  };
  return (
    <>
      {groups.map(({ metric, unit, better, members }) => (
        <section key={metric} class="metric-group" aria-label={metric}>
          <h2>
            <code>{metric}</code>
            <span class="muted">
              {unit === '' ? '' : `${unit.replaceAll('_', ' ')}, `}
              {better} is better
            </span>
          </h2>
          <div class={`panels panels-${alone ? 'wide' : 'small'}`}>
            {members.map(({ trend, drawing }) => (
              <TrendPanel
                key={trend.series.id}
                project={project}
                trend={trend}
                drawing={drawing}
                axis={axis}
                window={window}
                mode={state.y}
                height={alone ? 340 : 196}
                alone={alone}
                with_lane={lanes.size > 1}
                on_zoom={zoom}
                on_reset={() => {
                  if (state.zoom !== undefined) change({ zoom: undefined });
                }}
                chosen={state.point?.series === trend.series.id ? state.point.run : undefined}
                on_choose={(run) =>
                  change({ point: run === undefined ? undefined : { series: trend.series.id, run } })
                }
              />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

export function Trends({ project }: { project: string }) {
  useTitle('Trends', project);
  const { search } = useLocation();
  const state = read_trend_state(search);
  const [table_open, set_table_open] = useState(false);
  const load = useTrends(project, state, table_open);
  const file = useAct();
  const change = (changed: Partial<TrendState>) => go_to(trend_state_path(project, { ...state, ...changed }));
  return (
    <>
      <h1 class="visually-hidden">Trends of {project}</h1>
      <Loaded load={load}>
        {(data) => (
          <>
            <TrendControls
              state={state}
              status={data.status}
              testbed={data.testbed}
              branch={data.branch}
              shown={data.trends.length}
              on_change={change}
              saving={file.busy}
              on_csv={() =>
                file.run(
                  (signal) => load_whole(project, state, data, signal),
                  ({ trends }) =>
                    save_file(new Blob([trends_csv(trends)], { type: 'text/csv' }), `${project}-trends.csv`),
                )
              }
            />
            <Refused act={file} />
            {data.found > data.trends.length && (
              <p class="notice-line">
                The first {show_count(data.trends.length)} of {show_count(data.found)} series are shown
                {data.found > trends_max ? '' : ', which is as many as can be read'}: narrow them by metric or
                case.
              </p>
            )}
            {data.trends.length === 0 ? (
              <Empty>No series match. Choose another metric, testbed or branch, or clear the case.</Empty>
            ) : (
              <>
                <Legend />
                <Plots project={project} state={state} data={data} />
                <TrendTable
                  project={project}
                  trends={data.trends}
                  open={table_open}
                  on_open={set_table_open}
                />
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}
