// One series: its newest point, its plot, and the explanation of a point.

import './TrendPanel.css';
import { useMemo } from 'preact/hooks';
import type { Trend } from '../../api';
import type { Axis, Drawing, Window } from '../../charts/columns';
import { relative_effect } from '../../charts/PointCard';
import { subject_changes } from '../../charts/subject';
import { TrendChart } from '../../charts/TrendChart';
import { value_range, type ValueMode } from '../../charts/value_range';
import { learning_text } from '../../format/judgement';
import { case_context, case_full_name, case_label, facts_text } from '../../format/name';
import {
  format_axis_unit,
  format_count_of,
  format_effect,
  format_number,
  format_quantity,
  make_scale,
  type Scale,
} from '../../format/quantity';
import { series_path } from '../../routing/route';
import { StateChip, VerdictChip } from '../../shared/chips';
import { JudgementFacts } from '../../shared/JudgementFacts';
import { LaneName } from '../../shared/labels';
import { SelectedPoint } from './SelectedPoint';
import { SeriesCorrections } from './SeriesCorrections';

interface TrendPanelProps {
  readonly project: string;
  readonly trend: Trend;
  readonly drawing: Drawing;
  readonly axis: Axis;
  readonly window: Window;
  readonly mode: ValueMode;
  readonly height: number;
  /** the panel has the whole width and shows more details */
  readonly wide: boolean;
  /** the page shows several lanes, so each panel names its own */
  readonly with_lane: boolean;
  readonly on_zoom: (window: Window) => void;
  readonly on_reset: () => void;
  /** run of the selected point; undefined: none is selected */
  readonly selected: number | undefined;
  readonly on_select: (run: number | undefined) => void;
  /** loads the trends again after a correction */
  readonly on_corrected: () => void;
}

/** The explanation of the newest point. */
function NewestPoint({ trend, wide }: { trend: Trend; wide: boolean }) {
  const { last } = trend;
  if (last === null) return <p class="muted">No points yet.</p>;
  return (
    <details class="disclosure" open={wide}>
      <summary title="Explains the newest point. Click another point in the plot to explain that one.">
        Explanation
        {wide && <span class="muted"> of the newest point; click another point in the plot</span>}
      </summary>
      <JudgementFacts of={last} />
    </details>
  );
}

/** Verdict, state and effect of the newest point. */
function NewestState({ trend: { points, episodes, last } }: { trend: Trend }) {
  const newest = points.value.length - 1;
  const effect = newest < 0 ? null : relative_effect(points, newest);
  const at_newest = episodes.filter((e) => e.kind === 'level' && e.last === newest);
  const suspected = at_newest.find(({ state }) => state === 'suspected');
  const open_episode = at_newest.findLast((e) => e.worse && e.state === 'confirmed');
  return (
    <p class="panel-state">
      {suspected !== undefined && <StateChip state="suspected" />}
      {last !== null && suspected === undefined && (
        <VerdictChip
          verdict={last.verdict}
          text={learning_text(last.verdict, last.window_points, last.policy.minimum_points)}
        />
      )}
      {open_episode !== undefined && <StateChip state={open_episode.state} />}
      {effect !== null && last !== null && (
        <span class={`effect effect-${suspected === undefined ? last.verdict : 'too_few'}`}>
          {format_effect(effect)}
        </span>
      )}
    </p>
  );
}

function PanelHead({ project, trend, scale, wide, with_lane }: TrendPanelProps & { scale: Scale }) {
  const { series, points } = trend;
  const newest = points.value.length - 1;
  const value = points.value[newest];
  return (
    <header class="panel-head">
      <h3 title={case_full_name(series.case)}>
        <a href={series_path(project, [series.id])}>{case_label(series.case)}</a>
        <small>
          {case_context(series.case)}
          {wide && (
            <>
              {' · '}
              <LaneName {...series} />
            </>
          )}
          {Object.keys(series.configuration).length > 0 && ` · ${facts_text(series.configuration)}`}
        </small>
      </h3>
      {value !== undefined && (
        <p class="panel-value" title="Newest point: median ± MAD">
          <b>{format_quantity(value, scale)}</b>
          <span class="muted"> ± {format_number(points.mad[newest] ?? 0, scale)}</span>
        </p>
      )}
      <div class="panel-sub">
        <NewestState trend={trend} />
        <small class="panel-context">
          {with_lane ? <LaneName {...series} /> : case_context(series.case)}
        </small>
      </div>
    </header>
  );
}

function PanelFoot({
  project,
  trend,
  scale,
  beyond,
  ...props
}: TrendPanelProps & { scale: Scale; beyond: number }) {
  return (
    <footer class="panel-foot">
      <span class="muted axis-unit">
        {format_axis_unit(scale)}
        {beyond > 0 && ` · ${format_count_of(beyond, 'point')} outside the Y axis`}
      </span>
      {props.selected === undefined ? (
        <NewestPoint trend={trend} wide={props.wide} />
      ) : (
        <SelectedPoint
          key={props.selected}
          project={project}
          trend={trend}
          run={props.selected}
          on_close={() => props.on_select(undefined)}
        />
      )}
      {props.wide && (
        <SeriesCorrections
          project={project}
          trend={trend}
          run={props.selected}
          on_done={props.on_corrected}
        />
      )}
    </footer>
  );
}

export function TrendPanel(props: TrendPanelProps) {
  const { trend, drawing, axis, window, mode, height } = props;
  const { series, points, episodes } = trend;
  const scene = useMemo(
    () => ({ points, drawing, episodes, subjects: subject_changes(trend.subjects) }),
    [points, drawing, episodes, trend.subjects],
  );
  const scale = useMemo(() => make_scale(series.unit, points.value), [series.unit, points.value]);
  const { beyond } = value_range(points, drawing, window, mode);
  return (
    <article class="panel">
      <PanelHead {...props} scale={scale} />
      <TrendChart
        scene={scene}
        axis={axis}
        window={window}
        mode={mode}
        scale={scale}
        height={height}
        label={`${series.metric} of ${case_full_name(series.case)}, ${format_count_of(trend.downsampled?.points ?? points.value.length, 'point')}`}
        minimum_points={trend.minimum_points}
        sync="trends"
        on_zoom={props.on_zoom}
        on_reset={props.on_reset}
        selected={props.selected}
        on_select={props.on_select}
      />
      <PanelFoot {...props} scale={scale} beyond={beyond} />
    </article>
  );
}
