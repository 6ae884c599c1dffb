// A few values as a small line. Decorative beside the number it belongs to: the number is what is read aloud.

const width = 120;
const height = 30;
const inset = 3;
/** One night at ten times the usual must not flatten the others: beyond so many times the middle it leaves by the edge. */
const reach = 3;

export interface SparklineProps {
  readonly values: readonly number[];
  readonly tone: 'plain' | 'bad' | 'good' | 'idle';
}

export function sparkline_points(values: readonly number[]): [x: number, y: number][] {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.abs(sorted[Math.floor(sorted.length / 2)] ?? 0);
  const inside = sorted.filter((v) => middle === 0 || Math.abs(v) <= middle * reach);
  const low = inside[0] ?? 0;
  const high = inside.at(-1) ?? 0;
  // Noise of a percent should look quiet, not like mountains.
  const span = Math.max(high - low, middle * 0.1) || 1;
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
