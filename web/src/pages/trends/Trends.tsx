// "/p/{project}/trends": plots of the series that the address selects.

import './Trends.css';
import { useMemo, useState } from 'preact/hooks';
import type { Trend } from '../../api';
import {
  make_drawing,
  runs_axis,
  times_of_window,
  whole_window,
  window_of_times,
  type Axis,
  type Drawing,
  type Window,
} from '../../charts/columns';
import { is_drawn } from '../../charts/draw_marks';
import { format_count, format_unit } from '../../format/quantity';
import { go_to, useLocation, usePageTitle } from '../../routing/location';
import { useAction } from '../../shared/action';
import { save_file } from '../../shared/save_file';
import { ActionError, Empty, Loaded } from '../../shared/states';
import { trends_csv } from './csv';
import { Legend } from './Legend';
import { read_trend_state, trend_state_path, type TrendState } from './trend_state';
import { TrendControls } from './TrendControls';
import { TrendPanel } from './TrendPanel';
import { load_all_points, useTrends, wide_panels_max, type TrendsData } from './trends_load';
import { TrendTable } from './TrendTable';

/** Heights of plots in CSS pixels. */
const wide_height = 340;
const small_height = 196;

/** The trends of one metric. */
interface Group {
  readonly metric: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly members: readonly { readonly trend: Trend; readonly drawing: Drawing }[];
}

/** Groups the trends by metric; each group is drawn as one row of plots. */
function group_by_metric(trends: readonly Trend[], axis: Axis): Group[] {
  const groups = new Map<string, { trend: Trend; drawing: Drawing }[]>();
  for (const trend of trends) {
    const members = groups.get(trend.series.metric) ?? [];
    const starts = trend.episodes.filter(is_drawn).map(({ first }) => first);
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

interface GroupPanelsProps {
  readonly project: string;
  readonly state: TrendState;
  readonly group: Group;
  readonly axis: Axis;
  readonly window: Window;
  readonly wide: boolean;
  readonly with_lane: boolean;
  readonly on_change: (changed: Partial<TrendState>) => void;
  readonly on_corrected: () => void;
}

function GroupPanels({ group: { metric, unit, better, members }, ...props }: GroupPanelsProps) {
  const { state, axis, wide, on_change } = props;
  const on_zoom = (zoomed: Window) => {
    const times = times_of_window(axis, zoomed);
    if (times !== undefined)
      on_change({ zoom: { from_us: times[0], to_us: Math.max(times[1], times[0] + 1000) } });
  };
  return (
    <section class="metric-group" aria-label={metric}>
      <h2>
        <code>{metric}</code>
        <span class="muted">
          {unit === '' ? '' : `${format_unit(unit)}, `}
          {better} is better
        </span>
      </h2>
      <div class={`panels panels-${wide ? 'wide' : 'small'}`}>
        {members.map(({ trend, drawing }) => (
          <TrendPanel
            key={trend.series.id}
            project={props.project}
            trend={trend}
            drawing={drawing}
            axis={axis}
            window={props.window}
            mode={state.y}
            height={wide ? wide_height : small_height}
            wide={wide}
            with_lane={props.with_lane}
            on_zoom={on_zoom}
            on_reset={() => {
              if (state.zoom !== undefined) on_change({ zoom: undefined });
            }}
            selected={state.point?.series === trend.series.id ? state.point.run : undefined}
            on_corrected={props.on_corrected}
            on_select={(run) =>
              on_change({ point: run === undefined ? undefined : { series: trend.series.id, run } })
            }
          />
        ))}
      </div>
    </section>
  );
}

interface PlotsProps {
  readonly project: string;
  readonly state: TrendState;
  readonly data: TrendsData;
  readonly on_corrected: () => void;
}

function Plots({ project, state, data, on_corrected }: PlotsProps) {
  const { trends } = data;
  const { axis, groups } = useMemo(() => {
    const made: Axis = state.x === 'time' ? { kind: 'time' } : runs_axis(trends.map(({ points }) => points));
    return { axis: made, groups: group_by_metric(trends, made) };
  }, [trends, state.x]);
  const lanes = new Set(trends.map(({ series }) => `${series.testbed}\n${series.branch}`));
  return (
    <>
      {groups.map((group) => (
        <GroupPanels
          key={group.metric}
          project={project}
          state={state}
          group={group}
          axis={axis}
          window={zoom_window(axis, state, groups)}
          wide={trends.length <= wide_panels_max}
          with_lane={lanes.size > 1}
          on_corrected={on_corrected}
          on_change={(changed) => go_to(trend_state_path(project, { ...state, ...changed }))}
        />
      ))}
    </>
  );
}

/** A notice when more series match than are shown. */
function LimitNotice({ data }: { data: TrendsData }) {
  const shown = data.trends.length;
  if (data.found <= shown) return null;
  return (
    <p class="notice-line">
      Showing the first {format_count(shown)} of {format_count(data.found)} series. Use the filters to select
      others.
    </p>
  );
}

export function Trends({ project }: { project: string }) {
  usePageTitle('Trends', project);
  const { search } = useLocation();
  const state = read_trend_state(search);
  const [table_open, set_table_open] = useState(false);
  const load = useTrends(project, state, table_open);
  const file = useAction();
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
                  (signal) => load_all_points(project, state, data, signal),
                  ({ trends }) =>
                    save_file(new Blob([trends_csv(trends)], { type: 'text/csv' }), `${project}-trends.csv`),
                )
              }
            />
            <ActionError action={file} />
            <LimitNotice data={data} />
            {data.trends.length === 0 ? (
              <Empty>No series match these filters.</Empty>
            ) : (
              <>
                <Legend />
                <Plots project={project} state={state} data={data} on_corrected={load.retry} />
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
