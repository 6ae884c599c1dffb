// Names for people: cases and commits are often longer than a column.

export interface CaseName {
  readonly suite: string;
  readonly classname: string;
  readonly name: string;
}

/** The label of "performance_consistency[Prompt 0]" is "Prompt 0"; a case without one is its own label. */
export function case_label(key: CaseName): string {
  const match = /\[([^[\]]+)\]$/.exec(key.name);
  return match?.[1] ?? key.name;
}

/** Where a case lives: "performance_consistency · batch_prefill.mock"; nothing is said twice. */
export function case_home(key: CaseName): string {
  const label = case_label(key);
  const base = label === key.name ? '' : key.name.slice(0, key.name.length - label.length - 2);
  const suite = key.classname === key.suite || key.classname.startsWith(`${key.suite}.`) ? '' : key.suite;
  return [base, key.classname, suite].filter((part) => part !== '').join(' · ');
}

/** One line that names a case fully. */
export function case_full(key: CaseName): string {
  return [key.suite, key.classname, key.name]
    .filter((part, i, all) => part !== '' && all.indexOf(part) === i)
    .join(' › ');
}

/** What `git log --oneline` would show of a hash; anything else stays as it is. */
export function short_commit(commit: string): string {
  return /^[0-9a-f]{12,64}$/i.test(commit) ? commit.slice(0, 9) : commit;
}
