import './StatusGrid.css';
import type { ComponentChildren } from 'preact';
import type { ProjectStatus, Regression } from '../api';
import { format_count, format_count_of } from '../format/quantity';
import { project_path, regressions_path } from '../routing/route';
import { Findings } from './Findings';
import { Lanes } from './Lanes';

interface StatusGridProps {
  readonly project: string;
  readonly lanes: ProjectStatus['lanes'];
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
  const lanes_max = props.lanes_max ?? lanes.length;
  const regressions_max = props.regressions_max ?? regressions.length;
  return (
    <div class={`status-grid ${regressions.length > 0 ? '' : 'status-grid-single'}`}>
      <div>
        <h3>Latest runs</h3>
        <Lanes project={project} lanes={lanes.slice(0, lanes_max)} />
        {lanes.length > lanes_max && (
          <p class="more">
            <a href={project_path(project)}>{format_count(lanes.length - lanes_max)} more</a>
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
