// The samples of one point as dots between the smallest and the largest; the bar is the median.

import './SampleStrip.css';

const width = 132;
const height = 16;
const inset = 5;
/** With more samples every n-th one is drawn, because more dots are indistinguishable. */
const dots_max = 200;

export interface SampleStripProps {
  readonly samples: readonly number[];
  readonly value: number;
}

export function SampleStrip({ samples, value }: SampleStripProps) {
  if (samples.length < 2) return <span class="muted">1 sample</span>;
  const low = samples.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = samples.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const span = high - low;
  const x_of = (sample: number) =>
    span > 0 ? inset + ((sample - low) / span) * (width - 2 * inset) : width / 2;
  const stride = Math.max(1, Math.ceil(samples.length / dots_max));
  const shown = samples.filter((_, i) => i % stride === 0);
  return (
    <svg class="strip" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <line x1={inset} x2={width - inset} y1={height / 2} y2={height / 2} class="strip-axis" />
      {shown.map((sample, i) => (
        <circle key={i} cx={x_of(sample).toFixed(1)} cy={height / 2} r="2.6" />
      ))}
      <line x1={x_of(value)} x2={x_of(value)} y1="1" y2={height - 1} class="strip-median" />
    </svg>
  );
}
