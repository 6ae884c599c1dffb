import './Legend.css';
import { Mark } from '../../charts/Mark';
import { verdict_hint, verdict_text } from '../../charts/verdict';

const verdicts = ['ok', 'regressed', 'improved', 'suspect', 'too_few'] as const;

const keys = [
  { name: 'whisker', text: '± MAD', title: 'Median absolute deviation of the samples of one run' },
  { name: 'baseline', text: 'baseline', title: 'Centre of the accepted points before' },
  { name: 'band', text: 'band', title: 'Range of values without a significant change' },
  { name: 'change', text: 'change point', title: 'Start of a new level' },
  {
    name: 'environment',
    text: 'environment changed',
    title: 'The first points of another machine, kernel or governor; the step is its own, not a regression',
  },
  {
    name: 'subject',
    text: 'new build or version',
    title: 'Another build or version is measured from here on; its name is below the plot',
  },
  { name: 'beyond', text: 'outside the Y axis', title: 'The value is above or below the visible range' },
] as const;

export function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      {verdicts.map((verdict) => (
        <li key={verdict} title={verdict_hint[verdict]}>
          <Mark verdict={verdict} /> {verdict_text[verdict]}
        </li>
      ))}
      {keys.map(({ name, text, title }) => (
        <li key={name} title={title}>
          <i class={`key key-${name}`} /> {text}
        </li>
      ))}
    </ul>
  );
}
