// "/p/{project}/runs/{id}": one run with its findings, points and cases.

import './Run.css';
import { get_run, list_run_points, type RunDetail } from '../../api';
import { usePageTitle } from '../../routing/location';
import { compare_path, series_path } from '../../routing/route';
import { VerdictChip } from '../../shared/chips';
import { Findings } from '../../shared/Findings';
import { CaseName } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Loaded } from '../../shared/states';
import { RunCases } from './RunCases';
import { RunCorrections } from './RunCorrections';
import { RunHead } from './RunHead';
import { RunPoints } from './RunPoints';

/** What a run on a short-lived branch was judged against, and what was found. */
function BranchResult({ project, run }: { project: string; run: RunDetail }) {
  const { base, branch_findings, unjudged } = run;
  if (base === null) return null;
  return (
    <section class="card" aria-labelledby="base">
      <header class="card-head">
        <h2 id="base">Against {base.branch}</h2>
        <span class="card-facts">
          <a href={compare_path(project, { base: base.branch, head: String(run.id) })}>Compare all series</a>
        </span>
      </header>
      <p class="muted">{unjudged === '' ? base.explanation : unjudged}</p>
      {unjudged === '' && branch_findings.length === 0 && <p>No finding.</p>}
      <ul class="entries">
        {branch_findings.map((finding) => (
          <li key={finding.series}>
            <VerdictChip verdict={finding.verdict} />{' '}
            <a class="plain-link" href={series_path(project, [finding.series])}>
              <CaseName of={finding.case} metric={finding.metric} />
            </a>
            <p class="muted">{finding.explanation}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function RunPage({ project, id }: { project: string; id: number }) {
  usePageTitle(`Run #${id}`, project);
  const load = useLoad(`${id}`, async (signal) => {
    const [run, points] = await Promise.all([
      get_run(project, id, signal),
      list_run_points(project, id, signal),
    ]);
    return { run, points };
  });
  return (
    <Loaded load={load}>
      {({ run, points }) => (
        <>
          <RunHead project={project} run={run} />
          {run.common_shift !== null && (
            <p class="notice notice-bad" role="status">
              {run.common_shift.explanation}
            </p>
          )}
          <BranchResult project={project} run={run} />
          {run.findings.length > 0 && (
            <section class="card" aria-labelledby="findings">
              <header class="card-head">
                <h2 id="findings">Findings</h2>
              </header>
              <Findings project={project} of={run.findings} full />
            </section>
          )}
          <RunPoints project={project} points={points} />
          <RunCases project={project} run={run} />
          <RunCorrections project={project} run={run} on_done={load.retry} />
        </>
      )}
    </Loaded>
  );
}
