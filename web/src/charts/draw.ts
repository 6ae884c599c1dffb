// Draws one series on uPlot's canvas: band, baseline, lines, noise, points, change points, changes of environment and
// subject. Verdicts differ in shape and colour: a circle is ok, a hollow circle suspect, a triangle a regression, a diamond an improvement.

import type uPlot from 'uplot';
import { count_points, visible, type Drawing, type Step, type TrendColumns, type Verdict } from './columns';
import type { Palette } from './palette';
import { draw_environment_changes, draw_subjects, is_drawn } from './draw_marks';
import type { SubjectChange } from './subject';
import { whiskers_max } from './value_range';

/** A period on another level; `first` and `last` are indices of the columns, both inclusive. */
export interface Episode {
  readonly kind: 'level' | 'environment';
  readonly first: number;
  readonly last: number;
  readonly worse: boolean;
  readonly state: 'suspected' | 'confirmed' | 'acknowledged' | 'fixed' | 'dismissed' | 'closed' | 'noted';
  /** levels before and inside the episode, in the metric's unit */
  readonly before: number;
  readonly after: number;
}

export interface Scene {
  readonly points: TrendColumns;
  readonly drawing: Drawing;
  readonly episodes: readonly Episode[];
  readonly subjects: readonly SubjectChange[];
}

/** Below this distance between neighbours, in CSS pixels, whiskers are omitted. */
const whisker_distance = 3;
/** Below this distance lines are omitted and the baseline is drawn on top of the points. */
const crowded_distance = 1.2;
/** Opacity of one point of a crowded plot. */
const point_alpha = 0.45;
/** Size of markers by the distance between neighbours in CSS pixels: [distance from, share of the full size]. */
const shrink_steps = [
  [6, 1],
  [3, 0.85],
  [1.5, 0.7],
  [0, 0.55],
] as const;

/** The canvas and its coordinates in device pixels. */
export interface Canvas {
  readonly context: CanvasRenderingContext2D;
  readonly ratio: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly x_of: (x: number) => number;
  readonly y_of: (value: number) => number;
}

function canvas_of(u: uPlot): Canvas {
  const { left, top, width, height } = u.bbox;
  return {
    context: u.ctx,
    ratio: devicePixelRatio || 1,
    left,
    top,
    right: left + width,
    bottom: top + height,
    x_of: (x) => u.valToPos(x, 'x', true),
    y_of: (value) => u.valToPos(value, 'y', true),
  };
}

export function draw_scene(u: uPlot, scene: Scene, palette: Palette): void {
  const canvas = canvas_of(u);
  const { context } = canvas;
  const window = { from: u.scales['x']?.min ?? 0, to: u.scales['x']?.max ?? 1 };
  context.save();
  context.beginPath();
  context.rect(canvas.left, canvas.top, canvas.right - canvas.left, canvas.bottom - canvas.top);
  context.clip();
  const [first, end] = visible(scene.drawing.x, window);
  const count = count_points(scene.drawing, first, end);
  const distance = (canvas.right - canvas.left) / canvas.ratio / Math.max(1, count);
  const crowded = distance < crowded_distance;
  draw_bands(canvas, scene.drawing.bands, palette);
  draw_changes(canvas, scene.drawing.changes, palette);
  if (!crowded) draw_baselines(canvas, scene.drawing.bands, palette);
  if (!crowded) draw_lines(canvas, scene, palette);
  draw_points(canvas, scene, [first, end], distance, palette);
  if (crowded) draw_baselines(canvas, scene.drawing.bands, palette);
  draw_episodes(canvas, scene, palette);
  draw_environment_changes(canvas, scene, palette);
  context.restore();
  draw_subjects(canvas, scene, palette);
}

function trace_edge(canvas: Canvas, steps: readonly Step[], edge: (step: Step) => number): void {
  for (const step of steps) {
    const y = canvas.y_of(edge(step));
    canvas.context.lineTo(canvas.x_of(step.left), y);
    canvas.context.lineTo(canvas.x_of(step.right), y);
  }
}

function draw_bands(canvas: Canvas, bands: Drawing['bands'], palette: Palette): void {
  const { context } = canvas;
  for (const band of bands) {
    context.beginPath();
    trace_edge(canvas, band, (step) => step.high);
    const back = [...band].reverse().map((step) => ({ ...step, left: step.right, right: step.left }));
    trace_edge(canvas, back, (step) => step.low);
    context.closePath();
    context.fillStyle = palette.band;
    context.fill();
  }
}

function draw_baselines(canvas: Canvas, bands: Drawing['bands'], palette: Palette): void {
  const { context, ratio } = canvas;
  context.strokeStyle = palette.baseline;
  context.lineWidth = 1.5 * ratio;
  context.setLineDash([]);
  for (const band of bands) {
    context.beginPath();
    trace_edge(canvas, band, (step) => step.baseline);
    context.stroke();
  }
}

function draw_changes(canvas: Canvas, changes: readonly number[], palette: Palette): void {
  const { context, ratio, top, bottom } = canvas;
  context.strokeStyle = palette.change;
  context.fillStyle = palette.change;
  context.lineWidth = ratio;
  for (const change of changes) {
    const x = Math.round(canvas.x_of(change)) + 0.5;
    context.setLineDash([3 * ratio, 3 * ratio]);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, bottom);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x - 4 * ratio, bottom);
    context.lineTo(x + 4 * ratio, bottom);
    context.lineTo(x, bottom - 6 * ratio);
    context.fill();
  }
}

function draw_lines(canvas: Canvas, { points, drawing }: Scene, palette: Palette): void {
  const { context, ratio } = canvas;
  context.strokeStyle = palette.line;
  context.lineWidth = ratio;
  context.lineJoin = 'round';
  for (const line of drawing.lines) {
    context.beginPath();
    for (const i of line) context.lineTo(canvas.x_of(drawing.x[i] ?? 0), canvas.y_of(points.value[i] ?? 0));
    context.stroke();
  }
}

/** Bars along the top edge show the periods on another level. */
function draw_episodes(canvas: Canvas, { drawing, episodes }: Scene, palette: Palette): void {
  const { context, ratio, top } = canvas;
  for (const episode of episodes) {
    if (!is_drawn(episode) || episode.kind === 'environment') continue;
    const from = canvas.x_of(drawing.x[episode.first] ?? 0) - 3 * ratio;
    const to = canvas.x_of(drawing.x[episode.last] ?? 0) + 3 * ratio;
    context.fillStyle = episode.worse ? palette.bad : palette.good;
    context.globalAlpha = episode.state === 'fixed' ? 0.45 : 1;
    context.fillRect(from, top, to - from, 3 * ratio);
    context.globalAlpha = 1;
  }
}

const plain_radius: Record<Verdict, number> = {
  ok: 2.4,
  too_few: 2,
  suspect: 3,
  regressed: 4.6,
  improved: 4.6,
};

function colour_of(verdict: Verdict, palette: Palette): string {
  const colours: Record<Verdict, string> = {
    ok: palette.point,
    too_few: palette.idle,
    suspect: palette.idle,
    regressed: palette.bad,
    improved: palette.good,
  };
  return colours[verdict];
}

/** Opacity of a point in a crowded plot: that of all the points it represents, drawn on top of each other. */
function crowded_alpha({ points, drawing: { place } }: Scene, i: number): number {
  if (points.verdict[i] !== 'ok') return point_alpha; // points with other verdicts are never omitted
  const here = place[i] ?? 0;
  const represented = ((place[i + 1] ?? here + 1) - (place[i - 1] ?? here - 1)) / 2;
  return 1 - (1 - point_alpha) ** represented;
}

function draw_points(
  canvas: Canvas,
  scene: Scene,
  [first, end]: [number, number],
  distance: number,
  palette: Palette,
): void {
  const { points } = scene;
  const shrink = shrink_steps.find(([from]) => distance >= from)?.[1] ?? 1;
  const whiskers = distance >= whisker_distance && count_points(scene.drawing, first, end) <= whiskers_max;
  // Flagged points are drawn on top.
  const rank = (verdict: Verdict | undefined) => (verdict === 'regressed' || verdict === 'improved' ? 1 : 0);
  for (const pass of [0, 1]) {
    for (let i = first; i < end; i++) {
      const verdict = points.verdict[i];
      if (verdict === undefined || rank(verdict) !== pass) continue;
      if (whiskers) draw_whisker(canvas, scene, i, colour_of(verdict, palette));
      canvas.context.globalAlpha = pass === 0 && distance < crowded_distance ? crowded_alpha(scene, i) : 1;
      draw_point(canvas, scene, i, verdict, pass === 0 ? shrink : Math.max(shrink, 0.85), palette);
      canvas.context.globalAlpha = 1;
    }
  }
}

/** value ± MAD: the noise within one run */
function draw_whisker(canvas: Canvas, { points, drawing }: Scene, i: number, colour: string): void {
  const { context, ratio } = canvas;
  const value = points.value[i] ?? 0;
  const mad = points.mad[i] ?? 0;
  if (!(mad > 0)) return;
  const x = Math.round(canvas.x_of(drawing.x[i] ?? 0));
  context.strokeStyle = colour;
  context.globalAlpha = 0.5;
  context.lineWidth = ratio;
  context.beginPath();
  context.moveTo(x, canvas.y_of(value + mad));
  context.lineTo(x, canvas.y_of(value - mad));
  context.stroke();
  context.globalAlpha = 1;
}

function draw_point(
  canvas: Canvas,
  { points, drawing }: Scene,
  i: number,
  verdict: Verdict,
  shrink: number,
  palette: Palette,
): void {
  const { context, ratio } = canvas;
  const x = canvas.x_of(drawing.x[i] ?? 0);
  const y = canvas.y_of(points.value[i] ?? 0);
  const radius = plain_radius[verdict] * shrink * ratio;
  context.fillStyle = colour_of(verdict, palette);
  context.strokeStyle = verdict === 'suspect' ? palette.idle : palette.surface;
  context.lineWidth = (verdict === 'suspect' ? 1.3 : 1) * ratio;
  if (y < canvas.top || y > canvas.bottom) {
    draw_edge_arrow(canvas, x, y < canvas.top, verdict === 'suspect');
    return;
  }
  const up = (points.value[i] ?? 0) >= (points.baseline[i] ?? Number.NEGATIVE_INFINITY);
  context.beginPath();
  if (verdict === 'regressed') trace_triangle(context, x, y, radius, up ? -1 : 1);
  else if (verdict === 'improved') trace_diamond(context, x, y, radius);
  else context.arc(x, y, radius, 0, 2 * Math.PI);
  if (verdict === 'suspect') {
    context.fillStyle = palette.surface;
    context.fill();
    context.stroke();
    return;
  }
  if (verdict === 'regressed' || verdict === 'improved') context.stroke();
  context.fill();
}

function trace_triangle(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  tip: 1 | -1,
): void {
  context.moveTo(x, y + tip * radius * 1.15);
  context.lineTo(x + radius, y - tip * radius * 0.8);
  context.lineTo(x - radius, y - tip * radius * 0.8);
  context.closePath();
}

function trace_diamond(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.moveTo(x, y - radius * 1.1);
  context.lineTo(x + radius * 1.1, y);
  context.lineTo(x, y + radius * 1.1);
  context.lineTo(x - radius * 1.1, y);
  context.closePath();
}

/** An arrow at the edge for a value outside the Y axis. */
function draw_edge_arrow(canvas: Canvas, x: number, above: boolean, hollow: boolean): void {
  const { context, ratio } = canvas;
  const edge = above ? canvas.top + 4 * ratio : canvas.bottom - 4 * ratio;
  const tip = above ? -1 : 1;
  context.beginPath();
  context.moveTo(x, edge + tip * 3 * ratio);
  context.lineTo(x + 4 * ratio, edge - tip * 4 * ratio);
  context.lineTo(x - 4 * ratio, edge - tip * 4 * ratio);
  context.closePath();
  if (hollow) context.stroke();
  else context.fill();
}
