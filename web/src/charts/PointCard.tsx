// The details of one point, shown next to the cursor.

import { learning_text } from '../format/judgement';
import { format_effect, format_number, format_quantity, type Scale } from '../format/quantity';
import { short_commit } from '../format/name';
import { format_time } from '../format/time';
import type { TrendColumns } from './columns';
import { Mark } from './Mark';
import { verdict_text } from './verdict';

/** Relative distance of a point from its baseline; null without a baseline. */
export function relative_effect(points: TrendColumns, i: number): number | null {
  const baseline = points.baseline[i];
  const value = points.value[i];
  return baseline == null || value === undefined || baseline === 0
    ? null
    : (value - baseline) / Math.abs(baseline);
}

interface PointCardProps {
  readonly points: TrendColumns;
  readonly index: number;
  readonly scale: Scale;
  /** accepted points that the policy requires before it judges a point */
  readonly minimum_points: number;
}

export function PointCard({ points, index, scale, minimum_points }: PointCardProps) {
  const verdict = points.verdict[index] ?? 'too_few';
  const effect = relative_effect(points, index);
  const baseline = points.baseline[index];
  const low = points.low[index];
  const high = points.high[index];
  const commit = points.commit[index] ?? '';
  const number = (value: number | undefined) => format_number(value ?? Number.NaN, scale);
  const quantity = (value: number | undefined) => format_quantity(value ?? Number.NaN, scale);
  return (
    <>
      <p class="card-verdict">
        <Mark verdict={verdict} />{' '}
        <b>
          {learning_text(verdict, points.window_points[index] ?? 0, minimum_points) ?? verdict_text[verdict]}
        </b>
        {effect !== null && <span class={`effect effect-${verdict}`}>{format_effect(effect)}</span>}
      </p>
      <dl>
        <dt>median ± MAD</dt>
        <dd>
          <b>{number(points.value[index])}</b> ± {quantity(points.mad[index])}
        </dd>
        <dt>min of {points.n[index] ?? 0}</dt>
        <dd>{quantity(points.min[index])}</dd>
        {baseline != null && (
          <>
            <dt>baseline</dt>
            <dd>{quantity(baseline)}</dd>
          </>
        )}
        {low != null && high != null && (
          <>
            <dt>band</dt>
            <dd>
              {number(low)} to {quantity(high)}
            </dd>
          </>
        )}
        <dt>commit</dt>
        <dd>
          <code>{commit === '' ? 'no commit' : short_commit(commit)}</code>
        </dd>
        <dt>run</dt>
        <dd>#{points.run[index]}</dd>
      </dl>
      <p class="muted">{format_time((points.at_us[index] ?? Number.NaN) / 1000)}</p>
    </>
  );
}
