// The marks of verdicts in legends, chips and tables; the same shapes as in draw.ts.

import './Mark.css';

import type { Verdict } from './columns';

const shapes: Record<Verdict, preact.JSX.Element> = {
  ok: <circle cx="6" cy="6" r="3.4" fill="currentColor" />,
  too_few: <circle cx="6" cy="6" r="2.3" fill="currentColor" />,
  suspect: <circle cx="6" cy="6" r="3.6" fill="none" stroke="currentColor" stroke-width="1.6" />,
  regressed: <path d="M6 1.2 11 10H1z" fill="currentColor" />,
  improved: <path d="M6 .8 11.2 6 6 11.2 .8 6z" fill="currentColor" />,
};

export function Mark({ verdict }: { verdict: Verdict }) {
  return (
    <svg class={`mark mark-${verdict}`} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {shapes[verdict]}
    </svg>
  );
}
