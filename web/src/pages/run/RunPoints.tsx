// The points of a run with their samples.

import type { RunPoint } from '../../api';
import { SampleStrip } from '../../charts/SampleStrip';
import { format_change, format_number, format_quantity, make_scale } from '../../format/quantity';
import { series_path } from '../../routing/route';
import { VerdictChip } from '../../shared/chips';
import { CaseName } from '../../shared/labels';
import { Empty } from '../../shared/states';
import { Table } from '../../shared/Table';

function PointRow({ project, point }: { project: string; point: RunPoint }) {
  const scale = make_scale(point.unit, [point.value, ...point.samples]);
  const largest = point.samples.reduce((a, b) => Math.max(a, b), point.value);
  return (
    <tr>
      <td>
        <a class="plain-link" href={series_path(project, [point.series])}>
          <CaseName of={point.case} metric={point.metric} />
        </a>
        {point.finding && (
          <small class="reason">
            <VerdictChip verdict={point.finding.verdict} />{' '}
            <span class={`effect effect-${point.finding.verdict}`}>
              {format_change(point.finding.baseline, point.finding.effect)}
            </span>{' '}
            from the baseline {format_quantity(point.finding.baseline, scale)}
          </small>
        )}
      </td>
      <td class="number">
        <b>{format_quantity(point.value, scale)}</b>
      </td>
      <td class="number muted">± {format_number(point.mad, scale)}</td>
      <td class="number">{format_number(point.min, scale)}</td>
      <td class="strip-cell">
        <SampleStrip samples={point.samples} value={point.value} />
      </td>
      <td class="number">{format_number(largest, scale)}</td>
      <td class="number">{point.n}</td>
    </tr>
  );
}

export function RunPoints({ project, points }: { project: string; points: readonly RunPoint[] }) {
  return (
    <section class="card" aria-labelledby="points">
      <header class="card-head">
        <h2 id="points">Points</h2>
        <span class="card-facts muted">A point is the median of its samples. Each dot is one sample.</span>
      </header>
      {points.length === 0 ? (
        <Empty>No points: all cases failed, were skipped, or reported no numbers.</Empty>
      ) : (
        <Table label="Points">
          <thead>
            <tr>
              <th scope="col">Case and metric</th>
              <th scope="col" class="number">
                Median
              </th>
              <th scope="col" class="number" title="Median absolute deviation of the samples">
                MAD
              </th>
              <th scope="col" class="number">
                Min
              </th>
              <th scope="col">Samples</th>
              <th scope="col" class="number">
                Max
              </th>
              <th scope="col" class="number">
                Count
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <PointRow key={point.series} project={project} point={point} />
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}
