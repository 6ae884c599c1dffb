import './StatusGrid.css';
import type { ComponentChildren } from 'preact';
import type { ProjectStatus, Regression } from '../api';
import { format_count, format_count_of } from '../format/quantity';
import { regressions_path, runs_path } from '../routing/route';
import { Findings } from './Findings';
import { Lanes } from './Lanes';

interface StatusGridProps {
  readonly project: string;
  readonly lanes: ProjectStatus['lanes'];
  /** how many lanes there are, and how many of them have ended */
  readonly lanes_total: number;
  readonly lanes_ended: number;
  readonly regressions: readonly Regression[];
  /** how many lanes and regressions are listed; the rest is linked */
  readonly lanes_max?: number;
  readonly regressions_max?: number;
  /** shown below the lanes */
  readonly children?: ComponentChildren;
}

/** The latest runs of a project next to its open regressions. */
export function StatusGrid(props: StatusGridProps) {
  const { project, lanes, regressions, children } = props;
  const shown = lanes.slice(0, props.lanes_max ?? lanes.length);
  const hidden = props.lanes_total - shown.length;
  const regressions_max = props.regressions_max ?? regressions.length;
  return (
    <div class={`status-grid ${regressions.length > 0 ? '' : 'status-grid-single'}`}>
      <div>
        <h3>Latest runs</h3>
        <Lanes project={project} lanes={shown} />
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
          <h3>Open regressions</h3>
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
