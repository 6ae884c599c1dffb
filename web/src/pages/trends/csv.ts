// The trends of a page as one table for other tools; full precision, RFC 4180.

import type { Trend } from '../../api';
import { show_us } from '../../format/time';

const columns = [
  'series', 'suite', 'classname', 'case', 'metric', 'unit', 'testbed', 'branch', 'at', 'run', 'commit',
  'value', 'min', 'mad', 'n', 'baseline', 'low', 'high', 'verdict',
] as const; // prettier-ignore

function cell(value: string | number | null | undefined): string {
  const text = value == null ? '' : String(value);
  // A spreadsheet takes a leading "=", "+", "-" or "@" of a text for a formula; numbers may keep their sign.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function trends_csv(trends: readonly Trend[]): string {
  const lines: string[] = [columns.join(',')];
  for (const { series, points } of trends) {
    const of_series = [
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
      const of_point = [
        show_us(at_us),
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
      lines.push([...of_series, ...of_point].map(cell).join(','));
    });
  }
  return lines.join('\r\n') + '\r\n';
}
