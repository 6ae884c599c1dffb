// The latest run of every testbed and branch.

import type { ProjectStatus } from '../api';
import { show_span } from '../format/time';
import { judge_lane } from './health';
import { Age, CaseCounts, Chip, Commit, LaneName, RunLink, Table } from './labels';

type Lane = ProjectStatus['lanes'][number];

function LaneChips({ lane }: { lane: Lane }) {
  const { failed, missing, unfit, level } = judge_lane(lane);
  const gap = lane.usual_gap_seconds === null ? '' : `usually every ${show_span(lane.usual_gap_seconds)}`;
  return (
    <span class="chips">
      {lane.open_regressions > 0 && <Chip tone="bad">{lane.open_regressions} regressed</Chip>}
      {failed > 0 && <Chip tone="bad">{failed} failed</Chip>}
      {missing && (
        <Chip tone="warn" title={gap}>
          missing night
        </Chip>
      )}
      {unfit && (
        <Chip tone="warn" title={lane.last_run.suspect}>
          machine not fit
        </Chip>
      )}
      {level === 'good' && <Chip tone="good">all right</Chip>}
    </span>
  );
}

export function Lanes({ project, lanes }: { project: string; lanes: readonly Lane[] }) {
  return (
    <Table label="Lanes: testbed and branch" kind="lanes">
      <thead>
        <tr>
          <th scope="col">Testbed / branch</th>
          <th scope="col">State</th>
          <th scope="col">Last run</th>
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
              <LaneChips lane={lane} />
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
