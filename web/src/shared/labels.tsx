// The small words of every page: ages, commits, verdicts, states, cases.

import type { ComponentChildren } from 'preact';
import type { CaseKey, CaseStatus, FindingState, SeriesKey, Verdict } from '../api';
import { Mark } from '../charts/Mark';
import { verdict_words } from '../charts/PointCard';
import { case_full, case_home, case_label, short_commit } from '../format/name';
import { show_age, show_time } from '../format/time';
import { run_path } from '../routing/route';

export function Age({ at }: { at: string | null }) {
  if (at === null) return <span class="muted">never</span>;
  const at_ms = Date.parse(at);
  return (
    <time dateTime={at} title={show_time(at_ms)}>
      {show_age(at_ms, Date.now())}
    </time>
  );
}

export function Commit({ commit }: { commit: string }) {
  if (commit === '') return <span class="muted">no commit</span>;
  return (
    <code class="commit" title={commit}>
      {short_commit(commit)}
    </code>
  );
}

export function RunLink({
  project,
  run,
  children,
}: {
  project: string;
  run: number;
  children?: ComponentChildren;
}) {
  return <a href={run_path(project, run)}>{children ?? `#${run}`}</a>;
}

export function CaseName({ of, metric }: { of: CaseKey; metric?: string }) {
  return (
    <span class="case-name" title={case_full(of)}>
      <b>{case_label(of)}</b>
      {metric !== undefined && <code class="metric">{metric}</code>}
      <small>{case_home(of)}</small>
    </span>
  );
}

export function LaneName({ testbed, branch }: Pick<SeriesKey, 'testbed' | 'branch'>) {
  return (
    <span class="lane-name">
      {testbed} <span class="muted">/</span> {branch}
    </span>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'info';

/** Each tone has its own sign: colour is never the only one. */
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

const verdict_short: Record<Verdict, string> = {
  ok: 'ok',
  improved: 'improved',
  regressed: 'regressed',
  suspect: 'suspect',
  too_few: 'too few points',
};

export function VerdictChip({ verdict }: { verdict: Verdict }) {
  return (
    <span class={`chip chip-verdict-${verdict}`} title={verdict_words[verdict]}>
      <Mark verdict={verdict} /> {verdict_short[verdict]}
    </span>
  );
}

const state_tones: Record<FindingState, Tone> = {
  suspected: 'warn',
  confirmed: 'bad',
  acknowledged: 'info',
  fixed: 'good',
  dismissed: 'idle',
};

export function StateChip({ state }: { state: FindingState }) {
  return <Chip tone={state_tones[state]}>{state}</Chip>;
}

const status_tones: Record<CaseStatus, Tone> = {
  passed: 'good',
  failed: 'bad',
  errored: 'bad',
  skipped: 'idle',
  notrun: 'idle',
};

export function StatusChip({ status }: { status: CaseStatus }) {
  return <Chip tone={status_tones[status]}>{status === 'notrun' ? 'not run' : status}</Chip>;
}

interface Counts {
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
  readonly notrun: number;
}

/** "6 passed · 1 failed": zeros are not mentioned. */
export function CaseCounts({ of }: { of: Counts }) {
  const bad = of.failed + of.errored;
  const rest = of.skipped + of.notrun;
  return (
    <span class="counts">
      {bad > 0 && (
        <span class="count-bad">
          <Sign tone="bad" /> {bad} failed
        </span>
      )}
      {of.passed > 0 && (
        <span>
          <Sign tone="good" /> {of.passed} passed
        </span>
      )}
      {rest > 0 && (
        <span class="muted">
          <Sign tone="idle" /> {rest} skipped
        </span>
      )}
      {of.cases === 0 && <span class="muted">no cases</span>}
    </span>
  );
}

/** A table that scrolls in its own box; the page never does. */
export function Table({
  label,
  kind = '',
  children,
}: {
  label: string;
  kind?: string;
  children: ComponentChildren;
}) {
  return (
    <div class={`table-box ${kind}`} role="region" aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}
