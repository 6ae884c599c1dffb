// "/p/{project}/runs": the runs of a project, newest first, in pages.

import { get_project, list_runs, type ProjectStatus, type Run } from '../../api';
import { format_count, format_count_of } from '../../format/quantity';
import { short_commit } from '../../format/name';
import { go_to, useLocation, usePageTitle } from '../../routing/location';
import { compare_path, compare_run_path, runs_path } from '../../routing/route';
import { CaseCounts, Chip } from '../../shared/chips';
import { any_of, Filters, Select } from '../../shared/fields';
import { Age, Commit, LaneName, RunLink } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Empty, Loaded } from '../../shared/states';
import { Table } from '../../shared/Table';

const page_rows = 50;

interface RowProps {
  readonly project: string;
  readonly run: Run;
  /** the run before on the same testbed and branch, when it is listed too */
  readonly previous: Run | undefined;
}

/** A run against its base branch, or against the commit before. */
function CompareLink({ project, run, previous }: RowProps) {
  if (run.base_branch !== '')
    return <a href={compare_run_path(project, run.base_branch, run.id)}>with {run.base_branch}</a>;
  if (previous === undefined || previous.commit === '' || run.commit === '' || previous.commit === run.commit)
    return null;
  const sides = { base: previous.commit, base_kind: 'commit', head: run.commit, head_kind: 'commit' };
  return <a href={compare_path(project, sides)}>with {short_commit(previous.commit)}</a>;
}

function RunRow({ project, run, previous }: RowProps) {
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
          {run.warnings_count > 0 && (
            <Chip tone="warn">{format_count_of(run.warnings_count, 'warning')}</Chip>
          )}
        </span>
      </td>
      <td>
        <Commit commit={run.commit} />
      </td>
      <td>
        <LaneName {...run} />
      </td>
      <td class="nowrap">
        <CompareLink project={project} run={run} previous={previous} />
      </td>
      <td class="nowrap">
        <CaseCounts of={run} />
      </td>
      <td class="number">{format_count(run.points)}</td>
    </tr>
  );
}

function RunTable({ project, runs }: { project: string; runs: readonly Run[] }) {
  return (
    <Table label="Runs">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Started</th>
          <th scope="col">Findings</th>
          <th scope="col">Commit</th>
          <th scope="col">Testbed and branch</th>
          <th scope="col">Compare</th>
          <th scope="col">Cases</th>
          <th scope="col" class="number">
            Points
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run, i) => (
          <RunRow
            key={run.id}
            project={project}
            run={run}
            previous={runs
              .slice(i + 1)
              .find((each) => each.testbed === run.testbed && each.branch === run.branch)}
          />
        ))}
      </tbody>
    </Table>
  );
}

interface Lane {
  readonly testbed: string;
  readonly branch: string;
}

function LaneFilters(props: { project: string; status: ProjectStatus; lane: Lane }) {
  const { project, status, lane } = props;
  const filter = (changed: Partial<Lane>) => go_to(runs_path(project, { ...lane, ...changed }));
  return (
    <Filters label="Filter runs">
      <Select
        label="Testbed"
        value={lane.testbed}
        choices={any_of(status.testbeds)}
        on_change={(testbed) => filter({ testbed })}
      />
      <Select
        label="Branch"
        value={lane.branch}
        choices={any_of(status.branches)}
        on_change={(branch) => filter({ branch })}
      />
    </Filters>
  );
}

export function Runs({ project }: { project: string }) {
  usePageTitle('Runs', project);
  const { search } = useLocation();
  const query = new URLSearchParams(search);
  const lane = { testbed: query.get('testbed') ?? '', branch: query.get('branch') ?? '' };
  const before = query.get('before') ?? '';
  const load = useLoad(search, async (signal) => {
    const [status, page] = await Promise.all([
      get_project(project, signal),
      list_runs(project, { ...lane, before, limit: page_rows }, signal),
    ]);
    return { status, page };
  });
  return (
    <Loaded load={load}>
      {({ status, page }) => (
        <section class="card">
          <header class="card-head">
            <h1>Runs</h1>
            <span class="card-facts muted">{format_count_of(status.runs, 'run')}, newest first</span>
          </header>
          <LaneFilters project={project} status={status} lane={lane} />
          {page.runs.length === 0 ? (
            <Empty>No runs match these filters.</Empty>
          ) : (
            <RunTable project={project} runs={page.runs} />
          )}
          <nav class="pager" aria-label="Pages of runs">
            {before !== '' && <a href={runs_path(project, lane)}>« newest runs</a>}
            {page.next !== undefined && (
              <a href={runs_path(project, { ...lane, before: page.next })}>older runs »</a>
            )}
          </nav>
        </section>
      )}
    </Loaded>
  );
}
