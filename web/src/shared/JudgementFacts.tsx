// Explains one judgement: the server's explanation first, then its numbers.

import type { Judgement } from '../api';
import { format_p_value, split_explanation } from '../format/judgement';
import {
  format_change,
  format_count_of,
  format_effect,
  format_quantity,
  format_share,
  make_scale,
} from '../format/quantity';

const rules: Record<Judgement['rule'], string> = {
  suspect_point: 'suspect: the machine was not quiet during the run',
  too_few_points: 'too few accepted points for a baseline',
  inside_band: 'inside the band',
  below_minimum_effect: 'significant, but below the minimum effect',
  seen_in_window: 'outside the band, but the baseline window has values this far out',
  seen_before: 'the series has had excursions this large before and returned each time',
  beyond_band: 'outside the band: this point alone is enough',
  level_shift: 'this point and the points before it show a new level',
  environment_changed: 'the step begins with another environment',
};

function format_needed(of: Judgement, format: (value: number) => string): string {
  const { below, above, more_points } = of.needed;
  if (more_points > 0) return format_count_of(more_points, 'more accepted point');
  if (below === null || above === null) return 'a run that is not suspect';
  return `below ${format(below)} or above ${format(above)}`;
}

function format_policy({ policy }: Judgement): string {
  return [
    policy.version === 0 ? 'default' : `version ${policy.version}`,
    `minimum effect ${format_share(policy.minimum_effect)}`,
    `p < ${policy.significance}`,
    `baseline window ${policy.window_points} points`,
    `minimum ${format_count_of(policy.minimum_points, 'point')}`,
    `confirmed by ${policy.confirm_points} of ${policy.confirm_within} points`,
  ].join(', ');
}

/** With too few accepted points the numbers of the baseline mean nothing yet. */
const has_baseline = (of: Judgement) => of.rule !== 'too_few_points';

function Effect({ of }: { of: Judgement }) {
  if (of.effect === null || !has_baseline(of)) return <>not judged</>;
  return (
    <>
      {format_change(of.centre ?? 0, of.effect)}
      {of.centre !== 0 && of.effect_low !== null && of.effect_high !== null && (
        <span class="muted">
          {' '}
          (95 % interval {format_effect(of.effect_low)} to {format_effect(of.effect_high)}
          {of.p_value !== null && `, ${format_p_value(of.p_value)}`})
        </span>
      )}
    </>
  );
}

function Baseline({ of, format }: { of: Judgement; format: (value: number) => string }) {
  const { centre, spread, low, high } = of;
  if (!has_baseline(of))
    return (
      <>
        <dt>baseline</dt>
        <dd>
          {of.window_points} of {format_count_of(of.policy.minimum_points, 'accepted point')}
        </dd>
      </>
    );
  return (
    <>
      <dt>baseline</dt>
      <dd>
        {centre === null || spread === null ? '' : `${format(centre)}, spread ${format(spread)}, `}
        {format_count_of(of.window_points, 'accepted point')}
      </dd>
      {low !== null && high !== null && (
        <>
          <dt>band</dt>
          <dd>
            {format(low)} to {format(high)}
          </dd>
        </>
      )}
    </>
  );
}

export function JudgementFacts({ of }: { of: Judgement }) {
  const scale = make_scale(of.unit, [of.value, of.centre ?? of.value]);
  const format = (value: number) => format_quantity(value, scale);
  const { summary, statistics } = split_explanation(of.explanation);
  return (
    <div class="judgement">
      <p class="summary-sentence">{summary}</p>
      {statistics !== '' && <p>{statistics}</p>}
      <dl class="facts">
        <dt>rule</dt>
        <dd>{rules[of.rule]}</dd>
        <Baseline of={of} format={format} />
        {of.outside_limits && (
          <>
            <dt>expected range</dt>
            <dd>outside; shown only, it does not change the verdict</dd>
          </>
        )}
        <dt>effect</dt>
        <dd>
          <Effect of={of} />
        </dd>
        <dt>needed for a finding</dt>
        <dd>{format_needed(of, format)}</dd>
        <dt>smallest detectable change</dt>
        <dd>
          {of.minimum_detectable_effect === null || !has_baseline(of)
            ? 'unknown'
            : `±${format_share(of.minimum_detectable_effect)}`}
        </dd>
        <dt>policy</dt>
        <dd>{format_policy(of)}</dd>
      </dl>
    </div>
  );
}
