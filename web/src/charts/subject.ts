// The subject of a trend is the build or version that was measured. Finds the points where it changes, and chooses
// which labels fit next to each other. Pure.

/** The subject from the point `index` on, by fact: {"engine_build": "b6002"}. */
export interface SubjectFrom {
  readonly index: number;
  readonly subject: Readonly<Record<string, string>>;
}

/** One fact of the subject that another value replaced; "" means that the report does not state it. */
export interface FactChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** The first point that was measured with another subject. */
export interface SubjectChange {
  readonly index: number;
  readonly facts: readonly FactChange[];
}

/** Longest label below the plot, in characters. */
const label_length_max = 16;

/** The changes between neighbours of `subjects`, oldest first. The first subject is not a change. */
export function subject_changes(subjects: readonly SubjectFrom[]): SubjectChange[] {
  const changes = new Map<number, SubjectChange>();
  let shown: Readonly<Record<string, string>> = subjects[0]?.subject ?? {};
  subjects.forEach(({ index, subject }, i) => {
    if (i === 0) return;
    const names = [...new Set([...Object.keys(shown), ...Object.keys(subject)])];
    const facts = names
      .map((name) => ({ name, before: shown[name] ?? '', after: subject[name] ?? '' }))
      .filter(({ before, after }) => before !== after);
    if (facts.length > 0) changes.set(index, { index, facts });
    shown = subject;
  });
  return [...changes.values()];
}

/** "b6002 → b6003"; a value that a report does not state is "not stated". */
export function fact_change_text({ before, after }: FactChange): string {
  const text = (value: string) => (value === '' ? 'not stated' : value);
  return `${text(before)} → ${text(after)}`;
}

/** Short name of the new subject: the new value of the first fact, "b6003" or "b6003 +1". */
export function subject_label({ facts }: SubjectChange): string {
  const value = facts.find(({ after }) => after !== '')?.after ?? 'not stated';
  const short = value.length > label_length_max ? `${value.slice(0, label_length_max - 1)}…` : value;
  return facts.length > 1 ? `${short} +${facts.length - 1}` : short;
}

/**
 * Which labels fit next to each other, newest first. `centres` and `widths` are in the same unit; a label stays inside
 * [left, right] by moving, and `gap` is the smallest distance between two labels. Returns [place, centre] pairs.
 */
export function fitting_labels(
  centres: readonly number[],
  widths: readonly number[],
  left: number,
  right: number,
  gap: number,
): [place: number, centre: number][] {
  const chosen: [number, number][] = [];
  let free_until = right + gap;
  for (let i = centres.length - 1; i >= 0; i--) {
    const half = (widths[i] ?? 0) / 2;
    const centre = Math.max(left + half, Math.min(right - half, centres[i] ?? 0));
    if (centre + half + gap > free_until) continue;
    chosen.push([i, centre]);
    free_until = centre - half;
  }
  return chosen;
}
