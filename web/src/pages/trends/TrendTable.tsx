// The points of one plot as a table: exact values, and accessible without seeing the plot.

import { useState } from 'preact/hooks';
import type { Trend } from '../../api';
import { environment_text } from '../../charts/draw_marks';
import { relative_effect } from '../../charts/PointCard';
import { fact_change_text, subject_changes, type SubjectChange } from '../../charts/subject';
import { case_label } from '../../format/name';
import { format_count_of, format_effect, format_number, make_scale, type Scale } from '../../format/quantity';
import { format_time } from '../../format/time';
import { Chip, VerdictChip } from '../../shared/chips';
import { Select } from '../../shared/fields';
import { Commit, RunLink } from '../../shared/labels';
import { Loading } from '../../shared/states';
import { Table } from '../../shared/Table';

const rows_step = 50;

/** "–" for a missing value. */
function format_cell(value: number | null | undefined, scale: Scale): string {
  return value == null ? '–' : format_number(value, scale);
}

interface RowProps {
  readonly project: string;
  readonly trend: Trend;
  readonly subjects: readonly SubjectChange[];
  readonly index: number;
  readonly scale: Scale;
}

function Row({ project, trend: { points, episodes }, subjects, index, scale }: RowProps) {
  const effect = relative_effect(points, index);
  const verdict = points.verdict[index] ?? 'too_few';
  const facts = subjects.find((change) => change.index === index)?.facts ?? [];
  const environment = episodes.find(({ kind, first }) => kind === 'environment' && first === index);
  return (
    <tr>
      <td class="nowrap">{format_time((points.at_us[index] ?? Number.NaN) / 1000)}</td>
      <td>
        <Commit commit={points.commit[index] ?? ''} />
        {facts.map((fact) => (
          <small class="muted" key={fact.name}>
            {' '}
            {fact.name} {fact_change_text(fact)}
          </small>
        ))}
      </td>
      <td>
        <RunLink project={project} run={points.run[index] ?? 0} />
      </td>
      <td class="number">
        {format_cell(points.value[index], scale)}{' '}
        <span class="muted">± {format_cell(points.mad[index], scale)}</span>
      </td>
      <td class="number">{format_cell(points.min[index], scale)}</td>
      <td class="number">{points.n[index]}</td>
      <td class="number">{format_cell(points.baseline[index], scale)}</td>
      <td class="number nowrap">
        {format_cell(points.low[index], scale)} – {format_cell(points.high[index], scale)}
      </td>
      <td class="number">{effect === null ? '–' : format_effect(effect)}</td>
      <td>
        <VerdictChip verdict={verdict} />
        {environment !== undefined && <Chip tone="idle">{environment_text(environment)}</Chip>}
      </td>
    </tr>
  );
}

function PointTable({ project, trend }: { project: string; trend: Trend }) {
  const [rows, set_rows] = useState(rows_step);
  const { points, series } = trend;
  const scale = make_scale(series.unit, points.value);
  const subjects = subject_changes(trend.subjects);
  const indices = points.value.map((_, i) => i).reverse();
  return (
    <>
      <Table label={`Points of ${series.metric}, ${case_label(series.case)}`}>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Commit</th>
            <th scope="col">Run</th>
            <th scope="col" class="number" title="Median and median absolute deviation of the samples">
              Median ± MAD{scale.label === '' ? '' : `, ${scale.label}`}
            </th>
            <th scope="col" class="number">
              Min
            </th>
            <th scope="col" class="number">
              Samples
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
            <Row
              key={index}
              project={project}
              trend={trend}
              subjects={subjects}
              index={index}
              scale={scale}
            />
          ))}
        </tbody>
      </Table>
      {indices.length > rows && (
        <button class="button" type="button" onClick={() => set_rows(rows * 4)}>
          Show older points ({format_count_of(indices.length - rows, 'more', 'more')})
        </button>
      )}
    </>
  );
}

interface TrendTableProps {
  readonly project: string;
  readonly trends: readonly Trend[];
  readonly open: boolean;
  /** opening requires all points */
  readonly on_open: (open: boolean) => void;
}

export function TrendTable({ project, trends, open, on_open }: TrendTableProps) {
  const [id, set_id] = useState(0);
  const trend = trends.find(({ series }) => series.id === id) ?? trends[0];
  if (trend === undefined) return null;
  const choices = trends.map((t) => ({
    value: String(t.series.id),
    text: `${t.series.metric} · ${case_label(t.series.case)}`,
  }));
  return (
    <details class="card table-view" open={open} onToggle={(event) => on_open(event.currentTarget.open)}>
      <summary>Points as a table</summary>
      {open && trend.downsampled !== null && <Loading />}
      {open && trend.downsampled === null && (
        <>
          <div class="filters">
            <Select
              label="Series"
              value={String(trend.series.id)}
              choices={choices}
              on_change={(value) => set_id(Number(value))}
            />
          </div>
          <PointTable key={trend.series.id} project={project} trend={trend} />
        </>
      )}
    </details>
  );
}
