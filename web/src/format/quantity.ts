// Formats numbers with units. All numbers of one block share a unit and a number of decimals. Pure.

/** Format of the numbers of one block: value × factor, with `decimals`, followed by `label`. */
export interface Scale {
  readonly factor: number;
  readonly label: string;
  readonly decimals: number;
}

interface Family {
  /** ascending multiples of the base unit; `unit` is the name in the API, `label` the displayed name */
  readonly steps: readonly { readonly unit: string; readonly size: number; readonly label: string }[];
}

const time: Family = {
  steps: [
    { unit: 'ns', size: 1e-9, label: 'ns' },
    { unit: 'us', size: 1e-6, label: 'µs' },
    { unit: 'ms', size: 1e-3, label: 'ms' },
    { unit: 's', size: 1, label: 's' },
  ],
};
const size: Family = {
  steps: [
    { unit: 'bytes', size: 1, label: 'B' },
    { unit: 'kib', size: 1024, label: 'KiB' },
    { unit: 'mib', size: 1024 ** 2, label: 'MiB' },
    { unit: 'gib', size: 1024 ** 3, label: 'GiB' },
  ],
};
const rate: Family = {
  steps: [
    { unit: 'per_s', size: 1, label: '/s' },
    { unit: 'k_per_s', size: 1e3, label: 'k/s' },
    { unit: 'm_per_s', size: 1e6, label: 'M/s' },
  ],
};
const families: readonly Family[] = [time, size, rate];

/** The unit of the metric is used when the median of the block is in this range. */
const readable_low = 0.1;
const readable_high = 10_000;

/** Median of the finite, non-zero magnitudes; 0 without any. Used only to choose units and decimals. */
function typical_magnitude(values: readonly number[]): number {
  const sizes = values.filter((v) => Number.isFinite(v) && v !== 0).map(Math.abs);
  sizes.sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length / 2)] ?? 0;
}

function decimals_of(magnitude: number): number {
  if (magnitude === 0) return 0;
  return Math.min(9, Math.max(0, 3 - Math.floor(Math.log10(magnitude) + 1e-12)));
}

/** The displayed name of a unit of the API: "ms", "µs", "per second", "tokens per joule"; "" for no unit. */
export function format_unit(unit: string): string {
  if (unit === 'per_s') return 'per second';
  const step = families.flatMap((family) => family.steps).find((each) => each.unit === unit);
  return step?.label ?? unit_label(unit);
}

/** Label of a unit without family. */
const unit_label = (unit: string) => (unit === 'percent' ? '%' : unit.replaceAll('_', ' '));

/** Names the unit of an axis: "in ms", "per second"; "" for no unit. */
export function format_axis_unit(scale: Scale): string {
  if (scale.label === '') return '';
  return scale.label === '/s' ? 'per second' : `in ${scale.label}`;
}

/** One scale for a block of numbers in `unit`, a unit of the API. Unknown units are displayed unchanged. */
export function make_scale(unit: string, values: readonly number[]): Scale {
  const magnitude = typical_magnitude(values);
  const whole = values.every((v) => !Number.isFinite(v) || Number.isInteger(v));
  const family = families.find((f) => f.steps.some((s) => s.unit === unit));
  const own = family?.steps.find((s) => s.unit === unit);
  if (family === undefined || own === undefined) {
    return { factor: 1, label: unit_label(unit), decimals: whole ? 0 : decimals_of(magnitude) };
  }
  const stays = magnitude === 0 || (magnitude >= readable_low && magnitude < readable_high);
  const fitting = family.steps.filter((s) => magnitude * own.size >= s.size).at(-1) ?? family.steps[0] ?? own;
  const step = stays ? own : fitting;
  const factor = own.size / step.size;
  return { factor, label: step.label, decimals: whole && factor === 1 ? 0 : decimals_of(magnitude * factor) };
}

const grouped = new Map<number, Intl.NumberFormat>();
function fixed(value: number, decimals: number): string {
  let format = grouped.get(decimals);
  if (format === undefined) {
    format = new Intl.NumberFormat('en', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    grouped.set(decimals, format);
  }
  return format.format(value).replace('-', '−');
}

/** The number without its unit, for a block whose heading names the unit. */
export function format_number(value: number, scale: Scale): string {
  return Number.isFinite(value) ? fixed(value * scale.factor, scale.decimals) : '–';
}

/** "10.08 ms" */
export function format_quantity(value: number, scale: Scale): string {
  const number = format_number(value, scale);
  return scale.label === '' || scale.label.startsWith('/')
    ? number + scale.label
    : `${number} ${scale.label}`;
}

/** Label of a tick when ticks are `step` apart. Has enough decimals to be exact, for example 0.275. */
export function format_tick_value(value: number, step: number, scale: Scale): string {
  const size = Math.abs(step * scale.factor);
  let decimals = 0;
  while (decimals < 9 && Math.abs(size - Number(size.toFixed(decimals))) > size * 1e-6) decimals++;
  return fixed(value * scale.factor, decimals);
}

/** One number in the unit that suits it. */
export function format_value(value: number, unit: string): string {
  return format_quantity(value, make_scale(unit, [value]));
}

/** Relative change, signed: 0.4 is "+40 %", -0.053 is "−5.3 %". */
export function format_effect(effect: number): string {
  if (!Number.isFinite(effect)) return '–';
  const percent = effect * 100;
  const decimals = Math.abs(percent) < 9.95 ? 1 : 0;
  const text = fixed(Math.abs(percent), decimals);
  if (Number(text.replaceAll(',', '')) === 0) return '±0 %';
  return `${percent < 0 ? '−' : '+'}${text} %`;
}

/** A relative change; 0 has no percentage, so a change from it is "from 0". */
export function format_change(before: number, effect: number): string {
  return before === 0 ? 'from 0' : format_effect(effect);
}

/** Size of a relative change without its sign: 0.05 and -0.05 are "5.0 %". */
export function format_share(share: number): string {
  return format_effect(share).replace(/^[+−±]/, '');
}

export function format_count(count: number): string {
  return fixed(count, 0);
}

/** A count with its noun: "1 run", "12 runs". */
export function format_count_of(count: number, one: string, many = `${one}s`): string {
  return `${format_count(count)} ${count === 1 ? one : many}`;
}
