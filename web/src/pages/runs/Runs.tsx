// "/p/{project}/runs": all runs, newest first, page by page.

import { get_project, list_runs, type Run } from '../../api';
import { show_count } from '../../format/quantity';
import { useLoad } from '../../shared/load';
import { go_to, useLocation, useTitle } from '../../routing/location';
import { Age, CaseCounts, Chip, Commit, LaneName, RunLink, Table } from '../../shared/labels';
import { any_of, Filters, Select } from '../../shared/fields';
import { Empty, Loaded } from '../../shared/states';
import { runs_path } from '../../routing/route';

const page_rows = 50;

function RunRow({ project, run }: { project: string; run: Run }) {
  return (
    <tr>
      <td>
        <RunLink project={project} run={run.id} />
      </td>
      <td class="nowrap">
        <Age at={run.started_at} />
      </td>
      <td>
        <span class="chips">
          {run.regressed > 0 && <Chip tone="bad">{run.regressed} regressed</Chip>}
          {run.improved > 0 && <Chip tone="good">{run.improved} improved</Chip>}
          {run.suspect !== '' && (
            <Chip tone="idle" title={run.suspect}>
              suspect
            </Chip>
          )}
          {run.warnings_count > 0 && <Chip tone="warn">{run.warnings_count} warnings</Chip>}
        </span>
      </td>
      <td>
        <Commit commit={run.commit} />
      </td>
      <td>
        <LaneName {...run} />
      </td>
      <td class="nowrap">
        <CaseCounts of={run} />
      </td>
      <td class="number">{show_count(run.points)}</td>
    </tr>
  );
}

export function Runs({ project }: { project: string }) {
  useTitle('Runs', project);
  const { search } = useLocation();
  const query = new URLSearchParams(search);
  const testbed = query.get('testbed') ?? '';
  const branch = query.get('branch') ?? '';
  const before = query.get('before') ?? '';
  const load = useLoad(search, async (signal) => {
    const [status, page] = await Promise.all([
      get_project(project, signal),
      list_runs(project, { testbed, branch, before, limit: page_rows }, signal),
    ]);
    return { status, page };
  });
  const filter = (changed: { testbed?: string; branch?: string }) =>
    go_to(runs_path(project, { testbed, branch, ...changed }));
  return (
    <Loaded load={load}>
      {({ status, page }) => (
        <section class="card">
          <header class="card-head">
            <h1>Runs</h1>
            <span class="card-facts muted">{show_count(status.runs)} in all, newest first</span>
          </header>
          <Filters label="Which runs">
            <Select
              label="Testbed"
              value={testbed}
              choices={any_of(status.testbeds)}
              on_change={(value) => filter({ testbed: value })}
            />
            <Select
              label="Branch"
              value={branch}
              choices={any_of(status.branches)}
              on_change={(value) => filter({ branch: value })}
            />
          </Filters>
          {page.runs.length === 0 ? (
            <Empty>No runs match. Choose any testbed and branch.</Empty>
          ) : (
            <Table label="Runs">
              <thead>
                <tr>
                  <th scope="col">Run</th>
                  <th scope="col">Started</th>
                  <th scope="col">Findings</th>
                  <th scope="col">Commit</th>
                  <th scope="col">Testbed / branch</th>
                  <th scope="col">Cases</th>
                  <th scope="col" class="number">
                    Points
                  </th>
                </tr>
              </thead>
              <tbody>
                {page.runs.map((run) => (
                  <RunRow key={run.id} project={project} run={run} />
                ))}
              </tbody>
            </Table>
          )}
          <nav class="pager" aria-label="Pages">
            {before !== '' && <a href={runs_path(project, { testbed, branch })}>« newest</a>}
            {page.next !== undefined && (
              <a href={runs_path(project, { testbed, branch, before: page.next })}>older »</a>
            )}
          </nav>
        </section>
      )}
    </Loaded>
  );
}
