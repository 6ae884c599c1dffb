// Shortens names of cases and commits. Pure.

export interface CaseName {
  readonly suite: string;
  readonly classname: string;
  readonly name: string;
}

/** Short name of a case: "Prompt 0" for "performance_consistency[Prompt 0]", else the whole name. */
export function case_label(key: CaseName): string {
  const match = /\[([^[\]]+)\]$/.exec(key.name);
  return match?.[1] ?? key.name;
}

/** The parts of the full name that the label omits: "performance_consistency · batch_prefill.mock". */
export function case_context(key: CaseName): string {
  const label = case_label(key);
  const base = label === key.name ? '' : key.name.slice(0, key.name.length - label.length - 2);
  const suite = key.classname === key.suite || key.classname.startsWith(`${key.suite}.`) ? '' : key.suite;
  return [base, key.classname, suite].filter((part) => part !== '').join(' · ');
}

/** Suite, class name and name of a case in one line, without repetition. */
export function case_full_name(key: CaseName): string {
  return [key.suite, key.classname, key.name]
    .filter((part, i, all) => part !== '' && all.indexOf(part) === i)
    .join(' › ');
}

/** Abbreviates a commit hash; any other text is returned unchanged. */
export function short_commit(commit: string): string {
  return /^[0-9a-f]{12,64}$/i.test(commit) ? commit.slice(0, 9) : commit;
}

/** Facts of a report in one line: "engine llama-server, threads 8". */
export function facts_text(facts: Readonly<Record<string, string>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
