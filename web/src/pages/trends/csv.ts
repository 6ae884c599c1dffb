// Trends as CSV (RFC 4180) with full precision. Pure.

import type { Trend } from '../../api';
import { format_timestamp_us } from '../../format/time';

const columns = [
  'series', 'suite', 'classname', 'case', 'metric', 'unit', 'testbed', 'branch', 'at', 'run', 'commit',
  'value', 'min', 'mad', 'n', 'baseline', 'low', 'high', 'verdict',
] as const; // prettier-ignore

function cell(value: string | number | null | undefined): string {
  const text = value == null ? '' : String(value);
  // Spreadsheets evaluate texts that start with =, +, - or @ as formulas; numbers are written unchanged.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function trends_csv(trends: readonly Trend[]): string {
  const lines: string[] = [columns.join(',')];
  for (const { series, points } of trends) {
    const series_cells = [
      series.id,
      series.case.suite,
      series.case.classname,
      series.case.name,
      series.metric,
      series.unit,
      series.testbed,
      series.branch,
    ];
    points.at_us.forEach((at_us, i) => {
      const point_cells = [
        format_timestamp_us(at_us),
        points.run[i],
        points.commit[i],
        points.value[i],
        points.min[i],
        points.mad[i],
        points.n[i],
        points.baseline[i],
        points.low[i],
        points.high[i],
        points.verdict[i],
      ];
      lines.push([...series_cells, ...point_cells].map(cell).join(','));
    });
  }
  return lines.join('\r\n') + '\r\n';
}
