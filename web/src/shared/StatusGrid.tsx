import './StatusGrid.css';
import type { ComponentChildren } from 'preact';
import type { ProjectStatus, Regression } from '../api';
import { format_count, format_count_of } from '../format/quantity';
import { regressions_path, runs_path } from '../routing/route';
import { Findings } from './Findings';
import { lane_health } from './health';
import { Lanes } from './Lanes';

interface StatusGridProps {
  readonly project: string;
  readonly lanes: ProjectStatus['lanes'];
  /** how many lanes there are, and how many of them have ended */
  readonly lanes_total: number;
  readonly lanes_ended: number;
  readonly regressions: readonly Regression[];
  /** how many lanes and regressions are listed, the rest is linked; absent: all of them, most in a list that opens */
  readonly lanes_max?: number;
  readonly regressions_max?: number;
  /** level of the headings; default h3 */
  readonly heading?: 'h2' | 'h3';
  /** shown below the lanes */
  readonly children?: ComponentChildren;
}

/** How many lanes are shown at once where all can be listed. */
const open_lanes = 8;

/** The latest runs of a project next to its open regressions. */
export function StatusGrid(props: StatusGridProps) {
  const { project, lanes, regressions, heading: Heading = 'h3', children } = props;
  const problems = lanes.filter((lane) => lane.long_lived && lane_health(lane).level !== 'good').length;
  const shown = lanes.slice(0, props.lanes_max ?? Math.max(open_lanes, problems));
  const rest = props.lanes_max === undefined ? lanes.slice(shown.length) : [];
  const hidden = props.lanes_total - shown.length - rest.length;
  const regressions_max = props.regressions_max ?? regressions.length;
  return (
    <div class={`status-grid ${regressions.length > 0 ? '' : 'status-grid-single'}`}>
      <div>
        <Heading>Latest runs</Heading>
        <Lanes project={project} lanes={shown} />
        {rest.length > 0 && (
          <details class="more">
            <summary>
              {format_count_of(rest.length, 'more testbed or branch', 'more testbeds and branches')}
            </summary>
            <Lanes project={project} lanes={rest} />
          </details>
        )}
        {hidden > 0 && (
          <p class="more">
            <a href={runs_path(project)}>{format_count(hidden)} more</a>
            {props.lanes_ended > 0 && (
              <span class="muted"> · {format_count(props.lanes_ended)} have ended</span>
            )}
          </p>
        )}
        {children}
      </div>
      {regressions.length > 0 && (
        <div>
          <Heading>Open regressions</Heading>
          <Findings project={project} of={regressions.slice(0, regressions_max)} />
          {regressions.length > regressions_max && (
            <p class="more">
              <a href={regressions_path(project)}>
                {format_count_of(regressions.length - regressions_max, 'more regression')}
              </a>
            </p>
          )}
        </div>
      )}
    </div>
  );
}
