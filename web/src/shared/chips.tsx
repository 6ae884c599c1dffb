// Chips: a sign and a word for a verdict, a state or a status. Every tone has its own sign, so colour is never the only
// difference.

import './chips.css';
import type { ComponentChildren } from 'preact';
import type { CaseStatus, FindingState, Verdict } from '../api';
import { Mark } from '../charts/Mark';
import { verdict_hint, verdict_text } from '../charts/verdict';

export type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'info';

const tone_signs: Record<Tone, preact.JSX.Element> = {
  good: <path d="M2.5 6.5 5 9l4.5-6" fill="none" stroke="currentColor" stroke-width="1.8" />,
  warn: <path d="M6 1.5v5.6M6 9.2v1.6" fill="none" stroke="currentColor" stroke-width="2" />,
  bad: <path d="M6 1.2 11 10H1z" fill="currentColor" />,
  idle: <circle cx="6" cy="6" r="3.4" fill="none" stroke="currentColor" stroke-width="1.6" />,
  info: <circle cx="6" cy="6" r="3" fill="currentColor" />,
};

export function Sign({ tone, size = 12 }: { tone: Tone; size?: number }) {
  return (
    <svg class={`sign sign-${tone}`} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      {tone_signs[tone]}
    </svg>
  );
}

export function Chip({ tone, title, children }: { tone: Tone; title?: string; children: ComponentChildren }) {
  return (
    <span class={`chip chip-${tone}`} {...(title === undefined ? {} : { title })}>
      <Sign tone={tone} /> {children}
    </span>
  );
}

/** `text` replaces the usual word, for example "learning (3 of 8 runs)". */
export function VerdictChip({ verdict, text }: { verdict: Verdict; text?: string | undefined }) {
  return (
    <span class={`chip chip-verdict-${verdict}`} title={verdict_hint[verdict]}>
      <Mark verdict={verdict} /> {text ?? verdict_text[verdict]}
    </span>
  );
}

const state_tones: Record<FindingState, Tone> = {
  suspected: 'warn',
  confirmed: 'bad',
  acknowledged: 'info',
  fixed: 'good',
  dismissed: 'idle',
  closed: 'idle',
  noted: 'idle',
};

/** One sentence for a tooltip. */
export const state_hint: Record<FindingState, string> = {
  suspected: 'One run shows it; the next runs decide. It counts nowhere.',
  confirmed: 'Open: the next runs are on the new level as well',
  acknowledged: 'Open: a person has seen it',
  fixed: 'The level returned',
  dismissed: 'A person decided that it needs no action',
  closed: 'perftrend closed it; the reason is on its page',
  noted: 'The step begins with another environment',
};

export function StateChip({ state }: { state: FindingState }) {
  return (
    <Chip tone={state_tones[state]} title={state_hint[state]}>
      {state}
    </Chip>
  );
}

const status_tones: Record<CaseStatus, Tone> = {
  passed: 'good',
  failed: 'bad',
  errored: 'bad',
  skipped: 'idle',
  notrun: 'idle',
};

export const status_text = (status: CaseStatus) => (status === 'notrun' ? 'not run' : status);

export function StatusChip({ status }: { status: CaseStatus }) {
  return <Chip tone={status_tones[status]}>{status_text(status)}</Chip>;
}

interface Counts {
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
  readonly notrun: number;
}

/** Cases by status: "1 failed · 6 passed". Counts of zero are omitted. */
export function CaseCounts({ of }: { of: Counts }) {
  const counts: readonly { status: CaseStatus; count: number; style: string }[] = [
    { status: 'failed', count: of.failed, style: 'count-bad' },
    { status: 'errored', count: of.errored, style: 'count-bad' },
    { status: 'passed', count: of.passed, style: '' },
    { status: 'skipped', count: of.skipped, style: 'muted' },
    { status: 'notrun', count: of.notrun, style: 'muted' },
  ];
  return (
    <span class="counts">
      {counts
        .filter(({ count }) => count > 0)
        .map(({ status, count, style }) => (
          <span key={status} class={style}>
            <Sign tone={status_tones[status]} /> {count} {status_text(status)}
          </span>
        ))}
      {of.cases === 0 && <span class="muted">no cases</span>}
    </span>
  );
}
