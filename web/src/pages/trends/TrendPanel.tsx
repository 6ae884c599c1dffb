// One series: how it stands, its plot, and why.

import { useMemo } from 'preact/hooks';
import type { Trend } from '../../api';
import type { Axis, Drawing, Window } from '../../charts/columns';
import { effect_of } from '../../charts/PointCard';
import { TrendChart } from '../../charts/TrendChart';
import { value_range, type ValueMode } from '../../charts/value_range';
import { case_full, case_home, case_label } from '../../format/name';
import { count_of, make_scale, show_effect, show_number, show_quantity } from '../../format/quantity';
import { series_path } from '../../routing/route';
import { LaneName, StateChip, VerdictChip } from '../../shared/labels';
import { ChosenPoint } from './SelectedPoint';
import { JudgementFacts } from '../../shared/JudgementFacts';

interface TrendPanelProps {
  readonly project: string;
  readonly trend: Trend;
  readonly drawing: Drawing;
  readonly axis: Axis;
  readonly window: Window;
  readonly mode: ValueMode;
  readonly height: number;
  /** few plots: each says more of itself */
  readonly alone: boolean;
  /** plots of several lanes stand beside each other */
  readonly with_lane: boolean;
  readonly on_zoom: (window: Window) => void;
  readonly on_reset: () => void;
  /** run of the point that is explained; undefined: the newest */
  readonly chosen: number | undefined;
  readonly on_choose: (run: number | undefined) => void;
}

function Why({ trend, open }: { trend: Trend; open: boolean }) {
  const { last } = trend;
  if (last === null) return <p class="muted">No point yet.</p>;
  return (
    <details class="why" open={open}>
      <summary>
        why? <span class="muted">the newest point; choose another in the plot</span>
      </summary>
      <JudgementFacts of={last} />
    </details>
  );
}

export function TrendPanel(props: TrendPanelProps) {
  const { project, trend, drawing, axis, window, mode, height, alone } = props;
  const { series, points, episodes, last } = trend;
  const scene = useMemo(() => ({ points, drawing, episodes }), [points, drawing, episodes]);
  const scale = useMemo(() => make_scale(series.unit, points.value), [series.unit, points.value]);
  const newest = points.value.length - 1;
  const value = points.value[newest];
  const effect = newest < 0 ? null : effect_of(points, newest);
  const open_episode = episodes.findLast(
    (e) => e.worse && e.last === newest && e.state !== 'dismissed' && e.state !== 'fixed',
  );
  const { beyond } = value_range(points, drawing, window, mode);
  return (
    <article class="panel">
      <header class="panel-head">
        <h3 title={case_full(series.case)}>
          <a href={series_path(project, [series.id])}>{case_label(series.case)}</a>
          <small>
            {case_home(series.case)}
            {alone && (
              <>
                {' · '}
                <LaneName {...series} />
              </>
            )}
          </small>
        </h3>
        {value !== undefined && (
          <p class="panel-value">
            <b>{show_quantity(value, scale)}</b>
            <span class="muted"> ± {show_number(points.mad[newest] ?? 0, scale)}</span>
          </p>
        )}
        <div class="panel-sub">
          <p class="panel-state">
            {last !== null && <VerdictChip verdict={last.verdict} />}
            {open_episode !== undefined && <StateChip state={open_episode.state} />}
            {effect !== null && last !== null && (
              <span class={`effect effect-${last.verdict}`}>{show_effect(effect)}</span>
            )}
          </p>
          <small class="panel-home">
            {props.with_lane ? <LaneName {...series} /> : case_home(series.case)}
          </small>
        </div>
      </header>
      <TrendChart
        scene={scene}
        axis={axis}
        window={window}
        mode={mode}
        scale={scale}
        height={height}
        label={`${series.metric} of ${case_full(series.case)}, ${count_of(trend.downsampled?.points ?? points.value.length, 'point')}`}
        sync="trends"
        on_zoom={props.on_zoom}
        on_reset={props.on_reset}
        chosen={props.chosen}
        on_choose={props.on_choose}
      />
      <footer class="panel-foot">
        <span class="muted axis-unit">
          {scale.label === '' ? '' : `in ${scale.label}`}
          {beyond > 0 && ` · ${count_of(beyond, 'point')} beyond the scale`}
        </span>
        {props.chosen === undefined ? (
          <Why trend={trend} open={alone} />
        ) : (
          <ChosenPoint
            key={props.chosen}
            project={project}
            trend={trend}
            run={props.chosen}
            on_close={() => props.on_choose(undefined)}
          />
        )}
      </footer>
    </article>
  );
}
