// "/p/{project}/runs/{id}": one run with its findings, points and cases.

import './Run.css';
import { get_run, list_run_points } from '../../api';
import { usePageTitle } from '../../routing/location';
import { Findings } from '../../shared/Findings';
import { useLoad } from '../../shared/load';
import { Loaded } from '../../shared/states';
import { RunCases } from './RunCases';
import { RunCorrections } from './RunCorrections';
import { RunComparison } from './RunComparison';
import { RunHead } from './RunHead';
import { RunPoints } from './RunPoints';

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
            <p class="notice notice-bad" role="status">
              {run.common_shift.explanation}
            </p>
          )}
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
