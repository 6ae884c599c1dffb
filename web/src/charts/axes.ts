// Axes of the plot: labels and positions of ticks.

import type uPlot from 'uplot';
import { format_tick_value, type Scale } from '../format/quantity';
import { format_time_tick } from '../format/time';
import type { Axis } from './columns';
import type { Palette } from './palette';

const minute = 60;
const hour = 3600;
const day = 86_400;

/** Distances of ticks in seconds; the largest are approximate months and years. */
const time_steps = [
  1,
  5,
  15,
  30,
  ...[1, 5, 15, 30].map((n) => n * minute),
  ...[1, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 4, 7, 14, 31, 61, 92, 183, 366, 731, 1827].map((n) => n * day),
];
const run_steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];

/** Ticks at round UTC times; steps of a month or more follow the calendar. */
function time_splits(from: number, to: number, step: number): number[] {
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
}

function x_label(axis: Axis, x: number, step: number): string {
  if (axis.kind === 'time') return format_time_tick(x * 1000, step);
  const at_us = Number.isInteger(x) ? axis.at_us[x] : undefined;
  return at_us === undefined ? '' : format_time_tick(at_us / 1000, day);
}

export function make_x_axis(axis: Axis, palette: () => Palette): uPlot.Axis {
  return {
    scale: 'x',
    side: 2,
    values: (_, splits, __, ___, step) => splits.map((x) => x_label(axis, x, step)),
    space: 56,
    size: 26,
    gap: 4,
    stroke: () => palette().muted,
    font: palette().font,
    grid: { show: false },
    ticks: { stroke: () => palette().grid, width: 1, size: 4 },
    ...(axis.kind === 'runs'
      ? { incrs: run_steps }
      : {
          incrs: time_steps,
          splits: (_: uPlot, __: number, from: number, to: number, step: number) =>
            time_splits(from, to, step),
        }),
  };
}

export function make_y_axis(scale: Scale, palette: () => Palette): uPlot.Axis {
  return {
    scale: 'y',
    side: 3,
    values: (_, splits, __, ___, step) => splits.map((value) => format_tick_value(value, step, scale)),
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
