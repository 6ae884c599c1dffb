// A run on a short-lived branch against its base: the first thing that its page says.

import '../../shared/entries.css';
import '../../shared/Headline.css';
import { compare, type Comparison, type RunDetail } from '../../api';
import { format_count_of } from '../../format/quantity';
import { compare_run_path, series_path } from '../../routing/route';
import { Chip, Sign } from '../../shared/chips';
import { ComparedTable } from '../../shared/ComparedSeries';
import { CaseName } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Loaded } from '../../shared/states';

type Level = 'good' | 'warn' | 'bad';

/** The sentence at the top of the page. */
function summarize(run: RunDetail, base: string, of: Comparison): { level: Level; text: string } {
  const { regressed, improved, unchanged } = of;
  if (run.unjudged !== '') return { level: 'warn', text: `${run.branch} is not judged` };
  if (regressed > 0)
    return {
      level: 'bad',
      text: `${run.branch}: ${format_count_of(regressed, 'series', 'series')} regressed against ${base}`,
    };
  if (improved > 0)
    return {
      level: 'good',
      text: `${run.branch}: ${format_count_of(improved, 'series', 'series')} improved against ${base}`,
    };
  if (unchanged === 0) return { level: 'warn', text: `${run.branch}: no series is judged against ${base}` };
  return { level: 'good', text: `${run.branch}: no change against ${base}` };
}

/** Why each finding is one. */
function Explanations({ project, of }: { project: string; of: RunDetail['branch_findings'] }) {
  if (of.length === 0) return null;
  return (
    <details class="disclosure">
      <summary>Explanation</summary>
      <ul class="entries">
        {of.map((finding) => (
          <li class="entry" key={finding.series}>
            <a class="plain-link" href={series_path(project, [finding.series])}>
              <CaseName of={finding.case} metric={finding.metric} />
            </a>
            <p>{finding.explanation}</p>
          </li>
        ))}
      </ul>
    </details>
  );
}

interface ResultProps {
  readonly project: string;
  readonly run: RunDetail;
  readonly base: NonNullable<RunDetail['base']>;
  readonly of: Comparison;
}

function Result({ project, run, base, of }: ResultProps) {
  const { level, text } = summarize(run, base.branch, of);
  const changed = of.series.filter(({ verdict }) => verdict === 'regressed' || verdict === 'improved');
  return (
    <>
      <section class={`headline headline-${level}`} aria-label="Against the base">
        <span class="headline-sign">
          <Sign tone={level} size={26} />
        </span>
        <div>
          <h1>{text}</h1>
          <p>{run.unjudged === '' ? base.explanation : run.unjudged}</p>
          <p class="chips">
            {of.regressed > 0 && <Chip tone="bad">{of.regressed} regressed</Chip>}
            {of.improved > 0 && <Chip tone="good">{of.improved} improved</Chip>}
            <Chip tone="idle">{of.unchanged} unchanged</Chip>
            {of.undecided > 0 && <Chip tone="idle">{of.undecided} not judged</Chip>}
            {of.only_head.length > 0 && <Chip tone="idle">{of.only_head.length} only here</Chip>}
            {of.only_base.length > 0 && <Chip tone="idle">{of.only_base.length} missing here</Chip>}
            <a href={compare_run_path(project, base.branch, run.id)}>Compare all series</a>
          </p>
        </div>
      </section>
      {changed.length > 0 && (
        <section class="card" aria-labelledby="changed">
          <header class="card-head">
            <h2 id="changed">Changed against {base.branch}</h2>
          </header>
          <ComparedTable project={project} label={`Changed against ${base.branch}`} series={changed} />
          <Explanations project={project} of={run.branch_findings} />
        </section>
      )}
    </>
  );
}

/** Shown only for a run that is judged against another branch. */
export function RunComparison({ project, run }: { project: string; run: RunDetail }) {
  const { base } = run;
  const load = useLoad(base === null ? undefined : `${run.id} ${run.excluded}`, (signal) =>
    compare(
      project,
      { base: base?.branch ?? '', base_kind: 'branch', head: `${run.id}`, head_kind: 'run' },
      signal,
    ),
  );
  if (base === null) return null;
  return <Loaded load={load}>{(of) => <Result project={project} run={run} base={base} of={of} />}</Loaded>;
}
