// Creates the uPlot instance of one trend: axes, cursor, zoom by dragging, selection by clicking.

import uPlot from 'uplot';
import type { Scale } from '../format/quantity';
import { make_x_axis, make_y_axis } from './axes';
import type { Axis, Window } from './columns';
import { draw_scene, type Scene } from './draw';
import { subject_strip_height } from './draw_marks';
import { read_palette, watch_theme, type Palette } from './palette';
import { value_range, type ValueMode } from './value_range';

/** Shorter drags, in CSS pixels, count as clicks. */
const drag_pixels = 5;
/** How long a click waits for the second one of a double click. */
const click_ms = 220;

export interface PlotOptions {
  readonly scene: Scene;
  readonly axis: Axis;
  readonly window: Window;
  readonly mode: ValueMode;
  readonly scale: Scale;
  /** height of the plot with its axes, in CSS pixels */
  readonly height: number;
  /** plots with the same key move their cursors together */
  readonly sync: string;
}

/** The point under the cursor and its position in CSS pixels from the top left of the container. */
export interface Hover {
  readonly index: number;
  readonly left: number;
  readonly top: number;
}

/** Read at every event, so that the newest callbacks are used. */
export interface PlotHandlers {
  readonly on_zoom: (window: Window) => void;
  readonly on_reset: () => void;
  readonly on_select: (run: number) => void;
  readonly on_hover: (hover: Hover | null) => void;
  /** run of the selected point */
  readonly selected: number | undefined;
}

/** A ring around the selected point. Canvas coordinates are device pixels. */
function draw_selected(u: uPlot, scene: Scene, selected: number | undefined, palette: Palette): void {
  const index = selected === undefined ? -1 : scene.points.run.indexOf(selected);
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

function hover_of(u: uPlot, holder: HTMLElement, { scene, height }: PlotOptions): Hover | null {
  const index = u.cursor.idx;
  const own = holder.matches(':hover') || document.activeElement === holder.parentElement;
  if (index == null || !own || (u.cursor.left ?? -1) < 0) return null;
  const left = u.valToPos(scene.drawing.x[index] ?? 0, 'x') + u.over.offsetLeft;
  const top = u.valToPos(scene.points.value[index] ?? 0, 'y') + u.over.offsetTop;
  return { index, left, top: Math.min(Math.max(top, 0), height) };
}

function make_cursor(sync: string, palette: () => Palette, handlers: () => PlotHandlers): uPlot.Cursor {
  return {
    y: false,
    drag: { x: true, y: false, setScale: false, dist: drag_pixels },
    points: { size: 11, width: 2, fill: 'transparent', stroke: () => palette().text },
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
  };
}

/** Returns the dragged window and removes the selection rectangle; undefined for a click. */
function take_drag(u: uPlot): Window | undefined {
  const { left, width } = u.select;
  if (width < drag_pixels) return undefined;
  const dragged = { from: u.posToVal(left, 'x'), to: u.posToVal(left + width, 'x') };
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  return dragged;
}

/** Selects the clicked point, unless the click ends a drag or belongs to a double click. Returns a clean-up function. */
function select_on_click(
  plot: uPlot,
  scene: Scene,
  drag: { done: boolean },
  on_select: (run: number) => void,
): () => void {
  let pending: ReturnType<typeof setTimeout> | undefined;
  plot.over.addEventListener('mousedown', () => (drag.done = false));
  plot.over.addEventListener('click', (event) => {
    const run = plot.cursor.idx == null ? undefined : scene.points.run[plot.cursor.idx];
    if (!drag.done && event.detail === 1 && run !== undefined)
      pending = setTimeout(() => on_select(run), click_ms);
    else clearTimeout(pending);
  });
  return () => clearTimeout(pending);
}

/** Moves the cursor to the nearest new subject while the mouse is on the strip below the plot. */
function hover_subjects(plot: uPlot, { drawing, subjects }: Scene): () => void {
  const on_move = (event: MouseEvent) => {
    const { left, bottom, width } = plot.over.getBoundingClientRect();
    const x = event.clientX - left;
    const inside = event.clientY >= bottom && event.clientY < bottom + subject_strip_height;
    if (!inside || x < 0 || x > width) return;
    const marks = subjects.map(({ index }) => plot.valToPos(drawing.x[index] ?? 0, 'x'));
    const nearest = marks.reduce(
      (a, b) => (Math.abs(b - x) < Math.abs(a - x) ? b : a),
      Number.POSITIVE_INFINITY,
    );
    if (nearest >= 0 && nearest <= width) plot.setCursor({ left: nearest, top: plot.over.clientHeight / 2 });
  };
  const on_leave = () => plot.setCursor({ left: -10, top: -10 });
  if (subjects.length === 0) return () => undefined;
  plot.root.addEventListener('mousemove', on_move);
  plot.root.addEventListener('mouseleave', on_leave);
  return () => {
    plot.root.removeEventListener('mousemove', on_move);
    plot.root.removeEventListener('mouseleave', on_leave);
  };
}

/** An empty axis: space for the names of subjects between the plot and its X axis. */
const subject_axis: uPlot.Axis = {
  scale: 'x',
  side: 2,
  size: subject_strip_height,
  values: () => [],
  grid: { show: false },
  ticks: { show: false },
};

/** Creates a plot inside `holder`. `stop` destroys it and removes all listeners. */
export function make_plot(
  holder: HTMLElement,
  options: PlotOptions,
  handlers: () => PlotHandlers,
): { plot: uPlot; stop: () => void } {
  const { scene, axis, window, mode, scale, height, sync } = options;
  let palette = read_palette(holder);
  const drag = { done: false };
  const range = value_range(scene.points, scene.drawing, window, mode);
  const on_drag = (u: uPlot) => {
    const dragged = take_drag(u);
    if (dragged === undefined) return;
    drag.done = true;
    handlers().on_zoom(dragged);
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
        ...(scene.subjects.length === 0 ? [] : [subject_axis]),
        make_x_axis(axis, () => palette),
        make_y_axis(scale, () => palette),
      ],
      series: [{}, { label: 'value', paths: () => null, points: { show: false } }],
      cursor: make_cursor(sync, () => palette, handlers),
      hooks: {
        draw: [
          (u) => draw_scene(u, scene, palette),
          (u) => draw_selected(u, scene, handlers().selected, palette),
        ],
        setCursor: [(u) => handlers().on_hover(hover_of(u, holder, options))],
        setSelect: [on_drag],
      },
    },
    [[...scene.drawing.x], [...scene.points.value]],
    holder,
  );
  const stop_clicks = select_on_click(plot, scene, drag, (run) => handlers().on_select(run));
  const stop_subjects = hover_subjects(plot, scene);
  const resized = new ResizeObserver(() => {
    if (holder.clientWidth > 0 && holder.clientWidth !== plot.width)
      plot.setSize({ width: holder.clientWidth, height });
  });
  resized.observe(holder);
  const unwatch = watch_theme(() => {
    palette = read_palette(holder);
    plot.redraw(false, true);
  });
  return {
    plot,
    stop: () => {
      stop_clicks();
      stop_subjects();
      resized.disconnect();
      unwatch();
      plot.destroy();
    },
  };
}
