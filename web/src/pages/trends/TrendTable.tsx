// The plots' data as a table: for reading exactly, and for readers who do not see plots.

import { useState } from 'preact/hooks';
import type { Trend } from '../../api';
import { effect_of } from '../../charts/PointCard';
import { case_label } from '../../format/name';
import { count_of, make_scale, show_effect, show_number, type Scale } from '../../format/quantity';
import { show_time } from '../../format/time';
import { Commit, RunLink, Table, VerdictChip } from '../../shared/labels';
import { Select } from '../../shared/fields';
import { Loading } from '../../shared/states';

const rows_step = 50;

function maybe(value: number | null | undefined, scale: Scale): string {
  return value == null ? '–' : show_number(value, scale);
}

function Row({
  project,
  trend: { points },
  index,
  scale,
}: {
  project: string;
  trend: Trend;
  index: number;
  scale: Scale;
}) {
  const effect = effect_of(points, index);
  const verdict = points.verdict[index] ?? 'too_few';
  return (
    <tr>
      <td class="nowrap">{show_time((points.at_us[index] ?? Number.NaN) / 1000)}</td>
      <td>
        <Commit commit={points.commit[index] ?? ''} />
      </td>
      <td>
        <RunLink project={project} run={points.run[index] ?? 0} />
      </td>
      <td class="number">
        {maybe(points.value[index], scale)} <span class="muted">± {maybe(points.mad[index], scale)}</span>
      </td>
      <td class="number">{maybe(points.min[index], scale)}</td>
      <td class="number">{points.n[index]}</td>
      <td class="number">{maybe(points.baseline[index], scale)}</td>
      <td class="number nowrap">
        {maybe(points.low[index], scale)} – {maybe(points.high[index], scale)}
      </td>
      <td class="number">{effect === null ? '–' : show_effect(effect)}</td>
      <td>
        <VerdictChip verdict={verdict} />
      </td>
    </tr>
  );
}

interface TrendTableProps {
  readonly project: string;
  readonly trends: readonly Trend[];
  readonly open: boolean;
  /** open, it wants every point */
  readonly on_open: (open: boolean) => void;
}

export function TrendTable({ project, trends, open, on_open }: TrendTableProps) {
  const [id, set_id] = useState(0);
  const [rows, set_rows] = useState(rows_step);
  const trend = trends.find(({ series }) => series.id === id) ?? trends[0];
  if (trend === undefined) return null;
  const { points, series } = trend;
  const scale = make_scale(series.unit, points.value);
  const indices = points.value.map((_, i) => i).reverse();
  const choices = trends.map((t) => ({
    value: String(t.series.id),
    text: `${t.series.metric} · ${case_label(t.series.case)}`,
  }));
  return (
    <details class="card table-view" open={open} onToggle={(event) => on_open(event.currentTarget.open)}>
      <summary>The same as a table</summary>
      {open && trend.downsampled !== null && <Loading />}
      {open && trend.downsampled === null && (
        <>
          <div class="filters">
            <Select
              label="Series"
              value={String(series.id)}
              choices={choices}
              on_change={(value) => set_id(Number(value))}
            />
          </div>
          <Table label={`Points of ${series.metric}, ${case_label(series.case)}`}>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Commit</th>
                <th scope="col">Run</th>
                <th scope="col" class="number">
                  Value ± MAD{scale.label === '' ? '' : `, ${scale.label}`}
                </th>
                <th scope="col" class="number">
                  Min
                </th>
                <th scope="col" class="number">
                  n
                </th>
                <th scope="col" class="number">
                  Baseline
                </th>
                <th scope="col" class="number">
                  Band
                </th>
                <th scope="col" class="number">
                  Effect
                </th>
                <th scope="col">Verdict</th>
              </tr>
            </thead>
            <tbody>
              {indices.slice(0, rows).map((index) => (
                <Row key={index} project={project} trend={trend} index={index} scale={scale} />
              ))}
            </tbody>
          </Table>
          {indices.length > rows && (
            <button class="button" type="button" onClick={() => set_rows(rows * 4)}>
              Older: {count_of(indices.length - rows, 'point')}
            </button>
          )}
        </>
      )}
    </details>
  );
}
