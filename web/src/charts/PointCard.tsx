// What a point is, beside the cursor.

import { show_effect, show_quantity, type Scale } from '../format/quantity';
import { short_commit } from '../format/name';
import { show_time } from '../format/time';
import type { TrendColumns, Verdict } from './columns';
import { Mark } from './Mark';

export const verdict_words: Record<Verdict, string> = {
  ok: 'ok',
  improved: 'improved',
  regressed: 'regressed',
  suspect: 'suspect: machine not quiet',
  too_few: 'too few points to judge',
};

/** Relative distance of a point from the baseline it was judged against. */
export function effect_of(points: TrendColumns, i: number): number | null {
  const baseline = points.baseline[i];
  const value = points.value[i];
  return baseline == null || value === undefined || baseline === 0
    ? null
    : (value - baseline) / Math.abs(baseline);
}

export function PointCard({ points, index, scale }: { points: TrendColumns; index: number; scale: Scale }) {
  const verdict = points.verdict[index] ?? 'too_few';
  const effect = effect_of(points, index);
  const baseline = points.baseline[index];
  const low = points.low[index];
  const high = points.high[index];
  const commit = points.commit[index] ?? '';
  const quantity = (value: number | undefined) => show_quantity(value ?? Number.NaN, scale);
  return (
    <>
      <p class="card-verdict">
        <Mark verdict={verdict} /> <b>{verdict_words[verdict]}</b>
        {effect !== null && <span class={`effect effect-${verdict}`}>{show_effect(effect)}</span>}
      </p>
      <dl>
        <dt>value</dt>
        <dd>
          <b>{quantity(points.value[index])}</b> ± {quantity(points.mad[index])}
        </dd>
        <dt>best of {points.n[index] ?? 0}</dt>
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
              {quantity(low)} – {quantity(high)}
            </dd>
          </>
        )}
        <dt>commit</dt>
        <dd>
          <code>{commit === '' ? 'not stated' : short_commit(commit)}</code>
        </dd>
        <dt>run</dt>
        <dd>#{points.run[index]}</dd>
      </dl>
      <p class="muted">{show_time((points.at_us[index] ?? Number.NaN) / 1000)}</p>
    </>
  );
}
