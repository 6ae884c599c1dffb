// "/p/{project}/runs/{id}": one run with its findings, points and cases.

import './Run.css';
import { get_run, list_run_points, type RunDetail } from '../../api';
import { format_count_of } from '../../format/quantity';
import { usePageTitle } from '../../routing/location';
import { Findings } from '../../shared/Findings';
import { useLoad } from '../../shared/load';
import { Loaded } from '../../shared/states';
import { RunCases } from './RunCases';
import { RunCorrections } from './RunCorrections';
import { RunComparison } from './RunComparison';
import { RunHead } from './RunHead';
import { RunPoints } from './RunPoints';

/** The findings that begin with the run; suspicions are in a closed section. */
function RunFindings({ project, run }: { project: string; run: RunDetail }) {
  const { findings, suspicions } = run;
  if (findings.length === 0 && suspicions.length === 0) return null;
  return (
    <section class="card" aria-labelledby="findings">
      <header class="card-head">
        <h2 id="findings">Findings</h2>
      </header>
      {findings.length > 0 && <Findings project={project} of={findings} full />}
      {suspicions.length > 0 && (
        <details class="disclosure">
          <summary>
            {format_count_of(suspicions.length, 'suspicion')} <span class="muted">not confirmed</span>
          </summary>
          <Findings project={project} of={suspicions} full />
        </details>
      )}
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
          <RunComparison project={project} run={run} />
          <RunHead project={project} run={run} />
          {run.common_shift !== null && (
            <p class={`notice ${run.common_shift.state === 'suspected' ? '' : 'notice-bad'}`} role="status">
              {run.common_shift.explanation}
              {run.common_shift.state === 'suspected' && ' It is not confirmed: later runs decide.'}
            </p>
          )}
          <RunFindings project={project} run={run} />
          <RunPoints project={project} points={points} />
          <RunCases project={project} run={run} />
          <RunCorrections project={project} run={run} on_done={load.retry} />
        </>
      )}
    </Loaded>
  );
}
