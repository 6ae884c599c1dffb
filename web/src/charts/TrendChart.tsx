// The chart of one series. Mouse and keyboard move from point to point; a card shows the details of the current point.

import 'uplot/dist/uPlot.min.css';
import './TrendChart.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { visible, type Window } from './columns';
import { PointCard } from './PointCard';
import { make_plot, type Hover, type PlotHandlers, type PlotOptions } from './trend_plot';

export interface TrendChartProps extends PlotOptions {
  /** accessible name */
  readonly label: string;
  /** accepted points that the policy requires before it judges a point */
  readonly minimum_points: number;
  readonly on_zoom: (window: Window) => void;
  readonly on_reset: () => void;
  /** run of the selected point; a ring marks it */
  readonly selected: number | undefined;
  readonly on_select: (run: number) => void;
}

const card_width = 236;

/** Creates the plot and replaces it whenever what it draws changes. */
function usePlot(props: TrendChartProps, on_hover: (hover: Hover | null) => void) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const handlers = useRef<PlotHandlers>({ ...props, on_hover });
  handlers.current = { ...props, on_hover };
  const latest = useRef(props);
  latest.current = props;
  const { scene, axis, window, mode, scale, height, sync } = props;
  useEffect(() => {
    if (holder.current === null) return;
    const made = make_plot(holder.current, latest.current, () => handlers.current);
    plot.current = made.plot;
    return () => {
      plot.current = null;
      handlers.current.on_hover(null);
      made.stop();
    };
  }, [scene, axis, window.from, window.to, mode, scale, height, sync]);
  useEffect(() => plot.current?.redraw(false, true), [props.selected]);
  return { holder, plot };
}

/** Index that a key moves to from `at`; undefined for other keys. */
function key_target(key: string, at: number | undefined, first: number, end: number): number | undefined {
  const from = at ?? (key === 'ArrowRight' ? first - 1 : end);
  const targets: Record<string, number> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    Home: first,
    End: end - 1,
  };
  const target = targets[key];
  return target === undefined ? undefined : Math.min(end - 1, Math.max(first, target));
}

/** Left edge of the card: right of the point, or left of it near the right edge of the chart. */
function card_left(hover: Hover, width: number): number {
  const fits = hover.left + card_width + 24 <= width;
  return Math.max(0, fits ? hover.left + 14 : hover.left - card_width - 14);
}

export function TrendChart(props: TrendChartProps) {
  const [hover, set_hover] = useState<Hover | null>(null);
  const { holder, plot } = usePlot(props, set_hover);
  const { scene, window, scale, height, label } = props;

  const leave = () => plot.current?.setCursor({ left: -10, top: -10 });
  const move_to = (index: number) => {
    const u = plot.current;
    const x = scene.drawing.x[index];
    if (u === null || x === undefined) return;
    u.setCursor({ left: u.valToPos(x, 'x'), top: u.over.clientHeight / 2 });
  };
  const on_key = (event: KeyboardEvent) => {
    const [first, end] = visible(scene.drawing.x, window);
    const target = key_target(event.key, hover?.index, first, end);
    if (target !== undefined) move_to(target);
    else if (event.key === 'Enter' && hover !== null) props.on_select(scene.points.run[hover.index] ?? 0);
    else if (event.key === 'Escape') {
      leave();
      if (hover === null) props.on_reset();
    } else return;
    event.preventDefault();
  };

  return (
    <div
      class="chart"
      role="group"
      aria-roledescription="trend chart"
      aria-label={`${label}. Arrow keys move from point to point, Enter explains the point.`}
      tabIndex={0}
      onKeyDown={on_key}
      onBlur={leave}
    >
      <div ref={holder} class="chart-canvas" style={{ height: `${height}px` }} />
      <div aria-live="polite">
        {hover !== null && (
          <div
            class="point-card"
            style={{
              left: `${card_left(hover, holder.current?.clientWidth ?? 0)}px`,
              top: `${Math.max(0, hover.top - 40)}px`,
            }}
          >
            <PointCard
              scene={scene}
              index={hover.index}
              scale={scale}
              minimum_points={props.minimum_points}
            />
          </div>
        )}
      </div>
    </div>
  );
}
