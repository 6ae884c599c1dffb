// Draws what happened to the machine and to the subject of a series: lines where the environment changed, and ticks below the
// plot where another build or version was measured.

import { format_effect } from '../format/quantity';
import type { Canvas, Episode, Scene } from './draw';
import type { Palette } from './palette';
import { fitting_labels, subject_label } from './subject';

/** Height of the strip for subjects below the plot, in CSS pixels. */
export const subject_strip_height = 20;
const tick_height = 6;
/** Smallest distances in CSS pixels: between two ticks, and between two labels. */
const tick_distance = 2;
const label_gap = 8;
/** Labels of environment changes that would overlap use further lines, at most this many. */
const label_lines = 3;
const label_line_height = 15;

/** True for a period that is drawn: a suspicion, confirmed or not, is only the mark of its point. */
export function is_drawn({ state }: Pick<Episode, 'state'>): boolean {
  return state !== 'suspected' && state !== 'closed' && state !== 'dismissed';
}

/** Relative effect of an episode; null when the level before is zero. */
export function episode_effect({ before, after }: Pick<Episode, 'before' | 'after'>): number | null {
  return before === 0 ? null : (after - before) / Math.abs(before);
}

export function environment_text(episode: Pick<Episode, 'before' | 'after'>): string {
  const effect = episode_effect(episode);
  return effect === null ? 'environment changed' : `environment changed: ${format_effect(effect)}`;
}

/** Ticks and names of new subjects in the strip below the plot. */
export function draw_subjects(canvas: Canvas, { drawing, subjects }: Scene, palette: Palette): void {
  const { context, ratio, left, right, bottom } = canvas;
  const seen = subjects
    .map((change) => ({ x: canvas.x_of(drawing.x[change.index] ?? 0), label: subject_label(change) }))
    .filter(({ x }) => x >= left && x <= right);
  context.save();
  context.fillStyle = palette.muted;
  let previous = Number.NEGATIVE_INFINITY;
  for (const { x } of seen) {
    if (x - previous < tick_distance * ratio) continue;
    previous = x;
    context.fillRect(Math.round(x - ratio / 2), bottom, ratio, tick_height * ratio);
  }
  context.font = palette.font.replace(/^[\d.]+px/, `${10 * ratio}px`);
  context.textAlign = 'center';
  context.textBaseline = 'top';
  const widths = seen.map(({ label }) => context.measureText(label).width);
  const centres = seen.map(({ x }) => x);
  for (const [place, centre] of fitting_labels(centres, widths, left, right, label_gap * ratio))
    context.fillText(seen[place]?.label ?? '', centre, bottom + (tick_height + 2) * ratio);
  context.restore();
}

/** A dashed line just before the first point: the step begins with another environment. Returns its x. */
function draw_environment_line(
  canvas: Canvas,
  { drawing }: Scene,
  episode: Episode,
  palette: Palette,
): number {
  const { context, ratio, top, bottom } = canvas;
  const first = drawing.x[episode.first] ?? 0;
  const before = drawing.x[episode.first - 1] ?? first;
  const x = Math.round(canvas.x_of((before + first) / 2)) + 0.5;
  context.strokeStyle = palette.idle;
  context.lineWidth = ratio;
  context.setLineDash([5 * ratio, 3 * ratio]);
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.stroke();
  context.setLineDash([]);
  return x;
}

/** Lines where the environment changed, each with its effect. */
export function draw_environment_changes(canvas: Canvas, scene: Scene, palette: Palette): void {
  const { context, ratio, left, right, top } = canvas;
  context.save();
  context.font = palette.font.replace(/^[\d.]+px/, `${11 * ratio}px`);
  context.textAlign = 'left';
  context.textBaseline = 'top';
  /** right end of the newest label of each line */
  const ends: number[] = [];
  for (const episode of scene.episodes) {
    if (episode.kind !== 'environment' || !is_drawn(episode)) continue;
    const x = draw_environment_line(canvas, scene, episode, palette);
    if (x < left || x > right) continue;
    const text = environment_text(episode);
    const width = context.measureText(text).width;
    const padding = 4 * ratio;
    const start = Math.max(left, Math.min(x + padding, right - width - padding));
    const free = Array.from({ length: label_lines }, (_, line) => ends[line] ?? Number.NEGATIVE_INFINITY);
    const line = free.findIndex((end) => end + padding <= start);
    if (line < 0) continue;
    ends[line] = start + width;
    const y = top + (6 + line * label_line_height) * ratio;
    context.globalAlpha = 0.85;
    context.fillStyle = palette.surface;
    context.fillRect(start - padding / 2, y - ratio, width + padding, 13 * ratio);
    context.globalAlpha = 1;
    context.fillStyle = palette.text;
    context.fillText(text, start, y);
  }
  context.restore();
}
