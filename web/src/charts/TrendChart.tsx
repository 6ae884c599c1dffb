// One series as a plot: uPlot gives axes, cursor and selection, draw.ts the picture.

import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { show_tick_value, type Scale } from '../format/quantity';
import { show_tick } from '../format/time';
import { visible, type Axis, type Window } from './columns';
import { draw_scene, type Scene } from './draw';
import { read_palette, watch_theme, type Palette } from './palette';
import { PointCard } from './PointCard';
import { value_range, type ValueMode } from './value_range';

export interface TrendChartProps {
  readonly scene: Scene;
  readonly axis: Axis;
  readonly window: Window;
  readonly mode: ValueMode;
  readonly scale: Scale;
  /** of the plot with its axes, in CSS pixels */
  readonly height: number;
  /** what a screen reader says of the plot */
  readonly label: string;
  /** plots of one key move their cursors together */
  readonly sync: string;
  readonly on_zoom: (window: Window) => void;
  readonly on_reset: () => void;
  /** of the point that is explained elsewhere: it is ringed */
  readonly chosen: number | undefined;
  readonly on_choose: (run: number) => void;
}

/** A drag of fewer CSS pixels is an unsteady click. */
const drag_pixels = 5;
const card_width = 236;

/** Where the card stands: the point and its place in the plot, CSS pixels from the container's top left. */
interface Hover {
  readonly index: number;
  readonly left: number;
  readonly top: number;
}

type Handlers = Pick<TrendChartProps, 'on_zoom' | 'on_reset' | 'on_choose' | 'chosen'> & {
  hover: (hover: Hover | null) => void;
};

function x_axis(axis: Axis, palette: () => Palette): uPlot.Axis {
  const labels = (_: uPlot, splits: number[], __: number, ___: number, step: number) =>
    splits.map((x) => {
      if (axis.kind === 'time') return show_tick(x * 1000, step);
      const at_us = Number.isInteger(x) ? axis.at_us[x] : undefined;
      return at_us === undefined ? '' : show_tick(at_us / 1000, 86_400);
    });
  const whole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
  return {
    values: labels,
    space: 56,
    size: 26,
    gap: 4,
    stroke: () => palette().muted,
    font: palette().font,
    grid: { show: false },
    ticks: { stroke: () => palette().grid, width: 1, size: 4 },
    ...(axis.kind === 'runs' ? { incrs: whole } : {}),
  };
}

function y_axis(scale: Scale, palette: () => Palette): uPlot.Axis {
  return {
    values: (_, splits, __, ___, step) => splits.map((value) => show_tick_value(value, step, scale)),
    space: 34,
    size: (_, labels) =>
      14 + 6.6 * Math.max(2, ...((labels as string[] | null) ?? []).map((label) => label.length)),
    gap: 5,
    stroke: () => palette().muted,
    font: palette().font,
    grid: { stroke: () => palette().grid, width: 1 },
    ticks: { show: false },
  };
}

/** A ring around the point of run `chosen`, in device pixels like everything on the canvas. */
function draw_chosen(u: uPlot, scene: Scene, chosen: number | undefined, palette: Palette): void {
  const index = chosen === undefined ? -1 : scene.points.run.indexOf(chosen);
  const x = scene.drawing.x[index];
  const value = scene.points.value[index];
  if (x === undefined || value === undefined) return;
  const top = u.bbox.top;
  const at_y = Math.min(Math.max(u.valToPos(value, 'y', true), top), top + u.bbox.height);
  const { ctx } = u;
  ctx.save();
  ctx.strokeStyle = palette.text;
  ctx.lineWidth = 2 * uPlot.pxRatio;
  ctx.beginPath();
  ctx.arc(u.valToPos(x, 'x', true), at_y, 8 * uPlot.pxRatio, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.restore();
}

function make_plot(
  holder: HTMLElement,
  { scene, axis, window, mode, scale, height, sync }: TrendChartProps,
  handlers: () => Handlers,
): { plot: uPlot; stop: () => void } {
  let palette = read_palette(holder);
  let dragged = false;
  const range = value_range(scene.points, scene.drawing, window, mode);
  const hovered = (u: uPlot) => {
    const index = u.cursor.idx;
    const own = u.over.matches(':hover') || document.activeElement === holder.parentElement;
    if (index == null || !own || (u.cursor.left ?? -1) < 0) {
      handlers().hover(null);
      return;
    }
    const left = u.valToPos(scene.drawing.x[index] ?? 0, 'x') + u.over.offsetLeft;
    const top = u.valToPos(scene.points.value[index] ?? 0, 'y') + u.over.offsetTop;
    handlers().hover({ index, left, top: Math.min(Math.max(top, 0), height) });
  };
  const plot = new uPlot(
    {
      width: Math.max(120, holder.clientWidth),
      height,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [window.from, window.to] },
        y: { range: () => [range.low, range.high] },
      },
      axes: [
        time_steps(
          axis,
          x_axis(axis, () => palette),
        ),
        y_axis(scale, () => palette),
      ],
      series: [{}, { label: 'value', paths: () => null, points: { show: false } }],
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: drag_pixels },
        points: { size: 11, width: 2, fill: 'transparent', stroke: () => palette.text },
        sync: {
          key: sync,
          setSeries: false,
          scales: ['x', null],
          filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
        },
        bind: {
          dblclick: () => () => {
            handlers().on_reset();
            return null;
          },
        },
      },
      hooks: {
        draw: [
          (u) => draw_scene(u, scene, palette),
          (u) => draw_chosen(u, scene, handlers().chosen, palette),
        ],
        setCursor: [hovered],
        setSelect: [
          (u) => {
            if (u.select.width < drag_pixels) return;
            dragged = true;
            const chosen = {
              from: u.posToVal(u.select.left, 'x'),
              to: u.posToVal(u.select.left + u.select.width, 'x'),
            };
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            handlers().on_zoom(chosen);
          },
        ],
      },
    },
    [[...scene.drawing.x], [...scene.points.value]],
    holder,
  );
  plot.over.addEventListener('mousedown', () => (dragged = false));
  plot.over.addEventListener('click', (event) => {
    const run = plot.cursor.idx == null ? undefined : scene.points.run[plot.cursor.idx];
    // The second click of a double click resets the zoom; it must not also choose a point.
    if (!dragged && event.detail === 1 && run !== undefined)
      opening = setTimeout(() => handlers().on_choose(run), click_ms);
    else clearTimeout(opening);
  });
  let opening: ReturnType<typeof setTimeout> | undefined;
  const sized = new ResizeObserver(() => {
    if (holder.clientWidth > 0 && holder.clientWidth !== plot.width)
      plot.setSize({ width: holder.clientWidth, height });
  });
  sized.observe(holder);
  const unwatch = watch_theme(() => {
    palette = read_palette(holder);
    plot.redraw(false, true);
  });
  return {
    plot,
    stop: () => {
      clearTimeout(opening);
      sized.disconnect();
      unwatch();
      plot.destroy();
    },
  };
}

/** How long a click waits for a second one. */
const click_ms = 220;

/** Ticks by time fall on round UTC times: seconds to days by uPlot's steps, then months and years by the calendar. */
function time_steps(axis: Axis, made: uPlot.Axis): uPlot.Axis {
  if (axis.kind !== 'time') return made;
  const minute = 60;
  const hour = 3600;
  const day = 86_400;
  const incrs = [
    1,
    5,
    15,
    30,
    minute,
    5 * minute,
    15 * minute,
    30 * minute,
    hour,
    3 * hour,
    6 * hour,
    12 * hour,
  ];
  const days = [1, 2, 4, 7, 14].map((n) => n * day);
  const months = [31, 61, 92, 183, 366, 731, 1827].map((n) => n * day);
  return {
    ...made,
    incrs: [...incrs, ...days, ...months],
    splits: (_, __, from, to, step) => {
      const splits: number[] = [];
      if (step > 14 * day) {
        const stride = Math.max(1, Math.round(step / (30.44 * day)));
        const start = new Date(from * 1000);
        for (let month = 0; ; month += 1) {
          const at = Date.UTC(start.getUTCFullYear(), month) / 1000;
          if (at > to) return splits;
          if (at >= from && month % stride === 0) splits.push(at);
        }
      }
      for (let at = Math.ceil(from / step) * step; at <= to; at += step) splits.push(at);
      return splits;
    },
  };
}

export function TrendChart(props: TrendChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [hover, set_hover] = useState<Hover | null>(null);
  const handlers = useRef<Handlers>({ ...props, hover: set_hover });
  handlers.current = { ...props, hover: set_hover };
  const latest = useRef(props);
  latest.current = props;
  const { scene, axis, window, mode, scale, height, sync, label } = props;

  useEffect(() => {
    if (holder.current === null) return;
    const made = make_plot(holder.current, latest.current, () => handlers.current);
    plot.current = made.plot;
    return () => {
      plot.current = null;
      set_hover(null);
      made.stop();
    };
  }, [scene, axis, window.from, window.to, mode, scale, height, sync]);

  useEffect(() => plot.current?.redraw(false, true), [props.chosen]);

  const move_to = (index: number) => {
    const u = plot.current;
    const x = scene.drawing.x[index];
    if (u === null || x === undefined) return;
    u.setCursor({ left: u.valToPos(x, 'x'), top: u.over.clientHeight / 2 });
  };
  const on_key = (event: KeyboardEvent) => {
    const [first, end] = visible(scene.drawing.x, window);
    const at = hover?.index ?? (event.key === 'ArrowRight' ? first - 1 : end);
    const moves: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: first,
      End: end - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) move_to(Math.min(end - 1, Math.max(first, target)));
    else if (event.key === 'Enter' && hover !== null) props.on_choose(scene.points.run[hover.index] ?? 0);
    else if (event.key === 'Escape') {
      plot.current?.setCursor({ left: -10, top: -10 });
      if (hover === null) props.on_reset();
    } else return;
    event.preventDefault();
  };

  const width = holder.current?.clientWidth ?? 0;
  const beside =
    hover !== null && hover.left + card_width + 24 > width
      ? hover.left - card_width - 14
      : (hover?.left ?? 0) + 14;
  return (
    <div
      class="chart"
      role="group"
      aria-roledescription="trend chart"
      aria-label={`${label}. Arrow keys move from point to point, Enter explains the point.`}
      tabIndex={0}
      onKeyDown={on_key}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    >
      <div ref={holder} class="chart-canvas" style={{ height: `${height}px` }} />
      <div aria-live="polite">
        {hover !== null && (
          <div
            class="point-card"
            style={{ left: `${Math.max(0, beside)}px`, top: `${Math.max(0, hover.top - 40)}px` }}
          >
            <PointCard points={scene.points} index={hover.index} scale={scale} />
          </div>
        )}
      </div>
    </div>
  );
}
