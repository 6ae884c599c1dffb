// The details of one point, shown next to the cursor.

import { learning_text } from '../format/judgement';
import { format_effect, format_number, format_quantity, type Scale } from '../format/quantity';
import { short_commit } from '../format/name';
import { format_time } from '../format/time';
import type { TrendColumns } from './columns';
import type { Scene } from './draw';
import { environment_text } from './draw_marks';
import { Mark } from './Mark';
import { fact_change_text } from './subject';
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
  readonly scene: Scene;
  readonly index: number;
  readonly scale: Scale;
  /** accepted points that the policy requires before it judges a point */
  readonly minimum_points: number;
}

/** What changed with this point: the machine, and the build or version that was measured. */
function Changes({ scene: { episodes, subjects }, index }: Pick<PointCardProps, 'scene' | 'index'>) {
  const environment = episodes.find(({ kind, first }) => kind === 'environment' && first === index);
  const facts = subjects.find((change) => change.index === index)?.facts ?? [];
  return (
    <>
      {environment !== undefined && <p class="card-change">{environment_text(environment)}</p>}
      {facts.map((fact) => (
        <p class="card-change" key={fact.name}>
          <span class="muted">{fact.name}</span> {fact_change_text(fact)}
        </p>
      ))}
    </>
  );
}

export function PointCard({ scene, index, scale, minimum_points }: PointCardProps) {
  const { points } = scene;
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
      <Changes scene={scene} index={index} />
      <p class="muted">{format_time((points.at_us[index] ?? Number.NaN) / 1000)}</p>
    </>
  );
}
