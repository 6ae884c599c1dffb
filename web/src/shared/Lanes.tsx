// The latest run of every lane (testbed and branch).

import './Lanes.css';
import type { ProjectStatus } from '../api';
import { format_count_of } from '../format/quantity';
import { format_duration } from '../format/time';
import { compare_path } from '../routing/route';
import { CaseCounts, Chip } from './chips';
import { lane_health } from './health';
import { Age, Commit, LaneName, RunLink } from './labels';
import { Table } from './Table';

type Lane = ProjectStatus['lanes'][number];

/** The comparison of a short-lived branch with the branch that it is judged against. */
function CompareLink({ project, lane }: { project: string; lane: Lane }) {
  const { base_branch } = lane.last_run;
  if (lane.long_lived) return null;
  const text = base_branch === '' ? 'compare' : `compare with ${base_branch}`;
  return (
    <a href={compare_path(project, { base: base_branch, head: lane.branch, head_kind: 'branch' })}>{text}</a>
  );
}

function LaneChips({ project, lane }: { project: string; lane: Lane }) {
  const { failed, overdue, suspect, level } = lane_health(lane);
  const interval =
    lane.usual_gap_seconds === null ? '' : `usually one run every ${format_duration(lane.usual_gap_seconds)}`;
  return (
    <span class="chips">
      {lane.open_regressions > 0 && (
        <Chip tone="bad">{format_count_of(lane.open_regressions, 'regression')}</Chip>
      )}
      {failed > 0 && <Chip tone="bad">{format_count_of(failed, 'failed case')}</Chip>}
      {overdue && (
        <Chip tone="warn" title={interval}>
          run overdue
        </Chip>
      )}
      {suspect && (
        <Chip tone="warn" title={lane.last_run.suspect}>
          suspect run
        </Chip>
      )}
      {lane.ended && (
        <Chip tone="idle" title="no more runs are expected">
          ended
        </Chip>
      )}
      {level === 'good' && !lane.ended && lane.long_lived && <Chip tone="good">OK</Chip>}
      <CompareLink project={project} lane={lane} />
    </span>
  );
}

export function Lanes({ project, lanes }: { project: string; lanes: readonly Lane[] }) {
  return (
    <Table label="Latest run of each testbed and branch" kind="lanes">
      <thead>
        <tr>
          <th scope="col">Testbed and branch</th>
          <th scope="col">Status</th>
          <th scope="col">Latest run</th>
          <th scope="col">Commit</th>
          <th scope="col">Cases</th>
        </tr>
      </thead>
      <tbody>
        {lanes.map((lane) => (
          <tr key={`${lane.testbed}\n${lane.branch}`}>
            <td>
              <LaneName {...lane} />
              {lane.last_run.suspect !== '' && <small class="reason">{lane.last_run.suspect}</small>}
            </td>
            <td>
              <LaneChips project={project} lane={lane} />
            </td>
            <td class="nowrap">
              <RunLink project={project} run={lane.last_run.id} /> · <Age at={lane.last_run.started_at} />
            </td>
            <td>
              <Commit commit={lane.last_run.commit} />
            </td>
            <td class="nowrap">
              <CaseCounts of={lane.last_run} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
