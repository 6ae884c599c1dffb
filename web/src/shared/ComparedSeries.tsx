// Series of a comparison, one row each: the verdict, the change with its interval, the medians of both sides.

import type { ComparedSeries } from '../api';
import { format_effect, format_quantity, make_scale } from '../format/quantity';
import { series_path } from '../routing/route';
import { Chip, VerdictChip } from './chips';
import { CaseName } from './labels';
import { Table } from './Table';

function value_of(median: number | null, unit: string): string {
  return median === null ? '–' : format_quantity(median, make_scale(unit, [median]));
}

function Values({ median, n, unit }: { median: number | null; n: number; unit: string }) {
  return (
    <td class="number">
      {value_of(median, unit)} <span class="muted">({n})</span>
    </td>
  );
}

function Effect({ of }: { of: ComparedSeries }) {
  if (of.effect === null) return <span class="muted">–</span>;
  return (
    <>
      <span class={`effect effect-${of.verdict}`}>{format_effect(of.effect)}</span>
      {of.effect_low !== null && of.effect_high !== null && (
        <span class="muted">
          {' '}
          ({format_effect(of.effect_low)} to {format_effect(of.effect_high)})
        </span>
      )}
    </>
  );
}

function SeriesRow({ project, of }: { project: string; of: ComparedSeries }) {
  const ids = [of.base_series, of.head_series].filter((id) => id !== null);
  return (
    <tr>
      <td>
        <a class="plain-link" href={series_path(project, ids)}>
          <CaseName of={of.case} metric={of.metric} />
        </a>
      </td>
      <td>
        <span class="chips">
          <VerdictChip verdict={of.verdict} text={of.verdict === 'too_few' ? 'too few values' : undefined} />
          {of.expected_by_chance && <Chip tone="idle">expected by chance</Chip>}
        </span>
      </td>
      <td class="number nowrap">
        <Effect of={of} />
      </td>
      <Values median={of.base_median} n={of.base_n} unit={of.unit} />
      <Values median={of.head_median} n={of.head_n} unit={of.unit} />
    </tr>
  );
}

interface ComparedTableProps {
  readonly project: string;
  /** accessible name */
  readonly label: string;
  readonly series: readonly ComparedSeries[];
}

export function ComparedTable({ project, label, series }: ComparedTableProps) {
  const values = 'Median, with the number of values in brackets';
  return (
    <Table label={label}>
      <thead>
        <tr>
          <th scope="col">Case and metric</th>
          <th scope="col">Verdict</th>
          <th scope="col" class="number">
            Change (95 % interval)
          </th>
          <th scope="col" class="number" title={values}>
            Base (values)
          </th>
          <th scope="col" class="number" title={values}>
            Head (values)
          </th>
        </tr>
      </thead>
      <tbody>
        {series.map((of) => (
          <SeriesRow key={`${of.base_series} ${of.head_series}`} project={project} of={of} />
        ))}
      </tbody>
    </Table>
  );
}
