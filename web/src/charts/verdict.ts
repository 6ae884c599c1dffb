// Words for verdicts.

import type { Verdict } from './columns';

export const verdict_text: Record<Verdict, string> = {
  ok: 'OK',
  improved: 'improved',
  regressed: 'regressed',
  suspect: 'suspect',
  too_few: 'learning',
};

/** One sentence for a tooltip. */
export const verdict_hint: Record<Verdict, string> = {
  ok: 'No significant change from the baseline',
  improved: 'Better than the baseline',
  regressed: 'Worse than the baseline',
  suspect: 'Not judged: the machine was not quiet during the run',
  too_few: 'Not judged yet: too few accepted runs for a baseline',
};
