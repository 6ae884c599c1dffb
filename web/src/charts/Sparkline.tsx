// A few values as a small line. Hidden from screen readers, which read the number next to it.

import './Sparkline.css';

const width = 120;
const height = 30;
const inset = 3;
/** Values beyond this multiple of the median are cut off, so that one outlier does not flatten the line. */
const outlier_factor = 3;

export interface SparklineProps {
  readonly values: readonly number[];
  readonly tone: 'plain' | 'bad' | 'good' | 'idle';
}

export function sparkline_points(values: readonly number[]): [x: number, y: number][] {
  const sorted = [...values].sort((a, b) => a - b);
  const median = Math.abs(sorted[Math.floor(sorted.length / 2)] ?? 0);
  const inside = sorted.filter((v) => median === 0 || Math.abs(v) <= median * outlier_factor);
  const low = inside[0] ?? 0;
  const high = inside.at(-1) ?? 0;
  // Small noise must not fill the whole height.
  const span = Math.max(high - low, median * 0.1) || 1;
  const centre = (low + high) / 2;
  const step = values.length > 1 ? (width - 2 * inset) / (values.length - 1) : 0;
  return values.map((value, i) => {
    const share = (value - centre) / span + 0.5;
    const y = height - inset - Math.min(1.2, Math.max(-0.2, share)) * (height - 2 * inset);
    return [values.length > 1 ? inset + i * step : width / 2, y];
  });
}

export function Sparkline({ values, tone }: SparklineProps) {
  const points = sparkline_points(values);
  const last = points.at(-1);
  return (
    <svg
      class={`spark spark-${tone}`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      aria-hidden="true"
    >
      <polyline points={points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
      {last !== undefined && <circle cx={last[0]} cy={last[1]} r="2.4" />}
    </svg>
  );
}
