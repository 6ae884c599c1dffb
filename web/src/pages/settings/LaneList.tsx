// The testbeds and branches of a project: ends one, expects its runs again, deletes its runs.

import { useState } from 'preact/hooks';
import { delete_runs, end_lane, list_lanes, type ProjectStatus } from '../../api';
import { format_count, format_count_of } from '../../format/quantity';
import { format_duration } from '../../format/time';
import { Chip } from '../../shared/chips';
import { ConfirmButton } from '../../shared/ConfirmButton';
import type { Correction } from '../../shared/correction';
import { Filters, Select, TextField } from '../../shared/fields';
import { Age, LaneName } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Empty, Loaded } from '../../shared/states';
import { Table } from '../../shared/Table';

const rows_max = 12;

type Lane = ProjectStatus['lanes'][number];

interface LaneListProps {
  readonly project: string;
  readonly correction: Correction;
}

function EndButton({ project, correction, lane }: LaneListProps & { lane: Lane }) {
  const { testbed, branch, ended } = lane;
  const send = (to: boolean) => (signal: AbortSignal) =>
    end_lane(project, { testbed, branch, ended: to }, signal);
  const name = `${testbed} / ${branch}`;
  return (
    <ConfirmButton
      text={ended ? 'Expect runs again' : 'End'}
      confirm={ended ? 'Expect runs again' : `End ${name}`}
      disabled={correction.busy}
      on_confirm={() =>
        correction.correct(send(!ended), () => ({
          text: ended
            ? `Runs of ${name} are expected again.`
            : `${name} has ended: a missing run is not reported.`,
          undo: send(ended),
        }))
      }
    >
      {ended
        ? `A run of ${name} that does not come in its usual rhythm is reported as overdue again.`
        : `No more runs of ${name} are expected: a missing run is not reported, and its regressions are not in the headline. Its data stays. It can be taken back.`}
    </ConfirmButton>
  );
}

function DeleteButton({ project, correction, lane }: LaneListProps & { lane: Lane }) {
  const { testbed, branch } = lane;
  return (
    <ConfirmButton
      text="Delete runs"
      confirm="Delete the runs"
      irreversible
      typed={branch}
      disabled={correction.busy}
      on_confirm={() =>
        correction.correct(
          (signal) => delete_runs(project, { testbed, branch }, signal),
          ({ runs, series }) => ({
            text: `${format_count_of(runs, 'upload')} and ${format_count_of(series, 'series', 'series')} of ${testbed} / ${branch} were deleted.`,
          }),
        )
      }
    >
      All {format_count_of(lane.runs, 'run')} of branch {branch} on testbed {testbed} are deleted with their
      points, cases and documents. This cannot be undone.
    </ConfirmButton>
  );
}

function LaneRow(props: LaneListProps & { lane: Lane }) {
  const { lane } = props;
  return (
    <tr>
      <td>
        <LaneName {...lane} />
      </td>
      <td>
        <span class="chips">
          {lane.ended && (
            <Chip tone="idle">{lane.ended_by === '' ? 'ended' : `ended by ${lane.ended_by}`}</Chip>
          )}
          {lane.overdue && <Chip tone="warn">run overdue</Chip>}
        </span>
      </td>
      <td class="nowrap">
        {lane.usual_gap_seconds === null ? (
          <span class="muted">none</span>
        ) : (
          `every ${format_duration(lane.usual_gap_seconds)}`
        )}
      </td>
      <td class="number">{format_count(lane.runs)}</td>
      <td class="nowrap">
        <Age at={lane.last_run.started_at} />
      </td>
      <td>
        <span class="chips">
          <EndButton {...props} />
          <DeleteButton {...props} />
        </span>
      </td>
    </tr>
  );
}

/** `revision` changes with every correction, so that the list is loaded again. */
export function LaneList({ project, correction, revision }: LaneListProps & { revision: unknown }) {
  const [branch, set_branch] = useState('');
  const [count, set_count] = useState(0);
  const [seen, set_seen] = useState(revision);
  if (seen !== revision) {
    set_seen(revision);
    set_count(count + 1);
  }
  const load = useLoad(`${branch} ${count}`, (signal) =>
    list_lanes(project, { ...(branch === '' ? {} : { branch }), limit: rows_max }, signal),
  );
  return (
    <>
      <Filters label="Filter testbeds and branches">
        <TextField label="Branch" value={branch} placeholder="part of a name" on_change={set_branch} />
      </Filters>
      <Loaded load={load}>
        {({ lanes, total }) =>
          lanes.length === 0 ? (
            <Empty>No branches match.</Empty>
          ) : (
            <>
              <Table label="Testbeds and branches">
                <thead>
                  <tr>
                    <th scope="col">Testbed and branch</th>
                    <th scope="col">Status</th>
                    <th scope="col">Rhythm</th>
                    <th scope="col" class="number">
                      Runs
                    </th>
                    <th scope="col">Newest run</th>
                    <th scope="col">Correct</th>
                  </tr>
                </thead>
                <tbody>
                  {lanes.map((lane) => (
                    <LaneRow
                      key={`${lane.testbed}\n${lane.branch}`}
                      project={project}
                      correction={correction}
                      lane={lane}
                    />
                  ))}
                </tbody>
              </Table>
              {total > lanes.length && (
                <p class="muted">
                  first {format_count(lanes.length)} of {format_count(total)}: use the filter
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}

interface DeleteFormProps extends LaneListProps {
  readonly testbeds: readonly string[];
  readonly branches: readonly string[];
}

/** Deletes a whole testbed, or a branch on all testbeds. */
export function DeleteRunsForm({ project, correction, testbeds, branches }: DeleteFormProps) {
  const [testbed, set_testbed] = useState('');
  const [branch, set_branch] = useState('');
  const choices = (names: readonly string[]) => [
    { value: '', text: 'all' },
    ...names.map((name) => ({ value: name, text: name })),
  ];
  const lane = { ...(testbed === '' ? {} : { testbed }), ...(branch === '' ? {} : { branch }) };
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      <Select label="Testbed" value={testbed} choices={choices(testbeds)} on_change={set_testbed} />
      <Select label="Branch" value={branch} choices={choices(branches)} on_change={set_branch} />
      <p class="form-buttons">
        <ConfirmButton
          text="Delete a branch or a testbed"
          confirm="Delete the runs"
          irreversible
          typed={branch === '' ? testbed : branch}
          disabled={correction.busy || (testbed === '' && branch === '')}
          on_confirm={() =>
            correction.correct(
              (signal) => delete_runs(project, lane, signal),
              ({ runs, series, regressions }) => ({
                text: `${format_count_of(runs, 'upload')}, ${format_count_of(series, 'series', 'series')} and ${format_count_of(regressions, 'regression')} were deleted.`,
              }),
            )
          }
        >
          All runs of {branch === '' ? 'all branches' : `branch ${branch}`} on{' '}
          {testbed === '' ? 'all testbeds' : `testbed ${testbed}`} are deleted with their points, cases and
          documents. This cannot be undone.
        </ConfirmButton>
      </p>
    </form>
  );
}
