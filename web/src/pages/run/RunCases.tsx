// The cases of a run, filtered by status.

import { list_run_cases, type CaseStatus, type RunCase, type RunDetail } from '../../api';
import { format_count_of } from '../../format/quantity';
import { go_to, useLocation } from '../../routing/location';
import { run_path } from '../../routing/route';
import { StatusChip, status_text } from '../../shared/chips';
import { Filters, Switch } from '../../shared/fields';
import { CaseName } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Empty, Loaded } from '../../shared/states';
import { Table } from '../../shared/Table';

/** Cases per page. */
const page_rows = 200;

const statuses: readonly (CaseStatus | '')[] = ['', 'passed', 'failed', 'errored', 'skipped', 'notrun'];

function read_status(search: string): CaseStatus | '' {
  const status = new URLSearchParams(search).get('status');
  return statuses.find((known) => known === status) ?? '';
}

function CaseRow({ of }: { of: RunCase }) {
  const failed_attempts = (of.flaky ?? 0) + (of.reruns ?? 0);
  return (
    <tr>
      <td>
        <StatusChip status={of.status} />
      </td>
      <td>
        <CaseName of={of} />
        {failed_attempts > 0 && (
          <small class="reason">
            {format_count_of(failed_attempts, 'failed attempt')} before this result
          </small>
        )}
      </td>
      <td class="number">{of.time_seconds === null ? '–' : of.time_seconds.toFixed(3)}</td>
      <td class="message">{of.message}</td>
    </tr>
  );
}

function CaseTable({ cases }: { cases: readonly RunCase[] }) {
  return (
    <Table label="Cases">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Case</th>
          <th scope="col" class="number">
            Time, s
          </th>
          <th scope="col">Message</th>
        </tr>
      </thead>
      <tbody>
        {cases.map((of, i) => (
          <CaseRow key={i} of={of} />
        ))}
      </tbody>
    </Table>
  );
}

/** One choice for each status that occurs, with its count. */
function status_choices(run: RunDetail, selected: CaseStatus | '') {
  const count = (status: CaseStatus | '') => (status === '' ? run.cases : run[status]);
  return statuses
    .filter((status) => status === '' || status === selected || count(status) > 0)
    .map((status) => ({
      value: status,
      text: `${status === '' ? 'all' : status_text(status)} ${count(status)}`,
    }));
}

export function RunCases({ project, run }: { project: string; run: RunDetail }) {
  const { search } = useLocation();
  const status = read_status(search);
  const after = Number(new URLSearchParams(search).get('after') ?? 0) || 0;
  const query = {
    status: status === '' ? undefined : status,
    after: after === 0 ? undefined : after,
    limit: page_rows,
  };
  const load = useLoad(`${status} ${after}`, (signal) => list_run_cases(project, run.id, query, signal));
  return (
    <section class="card" aria-labelledby="cases">
      <header class="card-head">
        <h2 id="cases">Cases</h2>
      </header>
      <Filters label="Filter cases">
        <Switch
          label="Status"
          value={status}
          choices={status_choices(run, status)}
          on_change={(value) => go_to(run_path(project, run.id, { status: value }), 'replace')}
        />
      </Filters>
      <Loaded load={load}>
        {({ cases, next }) => (
          <>
            {cases.length === 0 ? <Empty>No cases with this status.</Empty> : <CaseTable cases={cases} />}
            <nav class="pager" aria-label="Pages of cases">
              {after > 0 && <a href={run_path(project, run.id, { status })}>« first page</a>}
              {next !== undefined && (
                <a href={run_path(project, run.id, { status, after: next })}>next page »</a>
              )}
            </nav>
          </>
        )}
      </Loaded>
    </section>
  );
}
