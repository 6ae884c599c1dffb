// Why a point is what it is: what it was judged against, by which rule, and what would have been needed.

import type { Judgement } from '../api';
import { show_chance } from '../format/judgement';
import { count_of, make_scale, show_effect, show_quantity } from '../format/quantity';

const rules: Record<Judgement['rule'], string> = {
  suspect_point: 'the machine was not quiet',
  too_few_points: 'too few accepted points',
  inside_band: 'inside the band',
  below_minimum_effect: 'significant, but smaller than what matters',
  seen_in_window: 'the window holds values as far out',
  seen_before: 'the series went as far lately and came back',
  beyond_band: 'beyond the band, by this point alone',
  level_shift: 'this point and those before it show a new level',
};

function needed_words(of: Judgement, show: (value: number) => string): string {
  const { below, above, more_points } = of.needed;
  if (more_points > 0) return count_of(more_points, 'more accepted point');
  if (below === null || above === null) return 'a judged point';
  return `below ${show(below)} or above ${show(above)}`;
}

export function JudgementFacts({ of }: { of: Judgement }) {
  const scale = make_scale(of.unit, [of.value, of.centre ?? of.value]);
  const show = (value: number) => show_quantity(value, scale);
  return (
    <div class="judgement">
      <p>{of.explanation}</p>
      <dl class="facts">
        <dt>rule</dt>
        <dd>{rules[of.rule]}</dd>
        <dt>window</dt>
        <dd>{count_of(of.window_points, 'accepted point')}</dd>
        {of.centre !== null && of.spread !== null && (
          <>
            <dt>centre, spread</dt>
            <dd>
              {show(of.centre)} ± {show(of.spread)}
            </dd>
          </>
        )}
        {of.low !== null && of.high !== null && (
          <>
            <dt>band</dt>
            <dd>
              {show(of.low)} to {show(of.high)}
            </dd>
          </>
        )}
        {of.outside_limits && (
          <>
            <dt>expected range</dt>
            <dd>outside of it; that decides nothing</dd>
          </>
        )}
        <dt>effect</dt>
        <dd>
          {of.effect === null ? 'not judged' : show_effect(of.effect)}
          {of.effect_low !== null && of.effect_high !== null && (
            <span class="muted">
              {' '}
              (95 %: {show_effect(of.effect_low)} to {show_effect(of.effect_high)}
              {of.p_value !== null && `, ${show_chance(of.p_value)}`})
            </span>
          )}
        </dd>
        <dt>needed for a flag</dt>
        <dd>{needed_words(of, show)}</dd>
        <dt>smallest change this series can show now</dt>
        <dd>
          {of.minimum_detectable_effect === null
            ? 'unknown'
            : show_effect(of.minimum_detectable_effect).replace('+', '±')}
        </dd>
        <dt>policy</dt>
        <dd>
          {of.policy.version === 0 ? 'default' : `version ${of.policy.version}`}: at least{' '}
          {show_effect(of.policy.minimum_effect).replace('+', '')}, p &lt; {of.policy.significance}, window{' '}
          {of.policy.window_points}, from {count_of(of.policy.minimum_points, 'point')} on, confirmed by{' '}
          {of.policy.confirm_points} of {of.policy.confirm_within}
        </dd>
      </dl>
    </div>
  );
}
