// Result of a dry run: what the edited rules would have reported, next to what the active rules report.

import './DryRunResult.css';
import type { DryRun, DryRunFinding, DryRunTally } from '../../api';
import {
  format_count,
  format_count_of,
  format_change,
  format_number,
  make_scale,
} from '../../format/quantity';
import { series_path } from '../../routing/route';
import { StateChip } from '../../shared/chips';
import { Age, CaseName, LaneName, RunLink } from '../../shared/labels';
import { Table } from '../../shared/Table';

const rows: readonly { readonly of: keyof DryRunTally; readonly text: string }[] = [
  { of: 'regressions', text: 'confirmed regressions' },
  { of: 'improvements', text: 'confirmed improvements' },
  { of: 'informational', text: 'of both, informational (no alert)' },
  { of: 'withdrawn', text: 'withdrawn suspicions' },
  { of: 'suspected', text: 'still suspected' },
];

function Tallies({ of }: { of: DryRun }) {
  return (
    <Table label="Findings by rules">
      <thead>
        <tr>
          <th scope="col">Findings</th>
          <th scope="col" class="number">
            Active rules
          </th>
          <th scope="col" class="number">
            Edited rules
          </th>
          <th scope="col" class="number">
            Difference
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const difference = of.proposed[row.of] - of.present[row.of];
          return (
            <tr key={row.of}>
              <td>{row.text}</td>
              <td class="number">{format_count(of.present[row.of])}</td>
              <td class="number">
                <b>{format_count(of.proposed[row.of])}</b>
              </td>
              <td class="number">
                {difference === 0 ? '–' : `${difference > 0 ? '+' : ''}${format_count(difference)}`}
              </td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function Row({ project, of }: { project: string; of: DryRunFinding }) {
  const scale = make_scale(of.series.unit, [of.before, of.after]);
  const effect = (of.after - of.before) / Math.abs(of.before);
  return (
    <tr>
      <td class="wrap">
        <a href={series_path(project, [of.series.id])}>
          <CaseName of={of.series.case} metric={of.series.metric} />
        </a>{' '}
        <small class="muted">
          <LaneName {...of.series} />
        </small>
      </td>
      <td class="number">
        <span class={`effect effect-${of.direction === 'worse' ? 'regressed' : 'improved'}`}>
          {format_change(of.before, effect)}
        </span>
      </td>
      <td class="number">
        {format_number(of.before, scale)} → {format_number(of.after, scale)} {scale.label}
      </td>
      <td class="nowrap">
        <RunLink project={project} run={of.first_run} /> · <Age at={of.first_at} />
      </td>
      <td>
        <StateChip state={of.state} />
      </td>
    </tr>
  );
}

interface FindingTableProps {
  readonly project: string;
  readonly title: string;
  readonly of: readonly DryRunFinding[];
}

function FindingTable({ project, title, of }: FindingTableProps) {
  if (of.length === 0) return null;
  return (
    <>
      <h3 class="inner-head">
        {title}: {format_count(of.length)}
      </h3>
      <Table label={title}>
        <thead>
          <tr>
            <th scope="col">Case and metric</th>
            <th scope="col" class="number">
              Effect
            </th>
            <th scope="col" class="number">
              Before → after
            </th>
            <th scope="col">Since run</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {of.map((each) => (
            <Row key={`${each.series.id} ${each.first_run} ${each.direction}`} project={project} of={each} />
          ))}
        </tbody>
      </Table>
    </>
  );
}

interface DryRunResultProps {
  readonly project: string;
  readonly of: DryRun;
  /** the period, for example "the last 30 days" */
  readonly over: string;
  /** the rules or the period have been edited since */
  readonly is_outdated: boolean;
}

export function DryRunResult({ project, of, over, is_outdated }: DryRunResultProps) {
  const same = of.more.length === 0 && of.less.length === 0;
  return (
    <section class={`dry-run ${is_outdated ? 'stale' : ''}`} aria-label="Dry run" aria-live="polite">
      <h3 class="inner-head">
        Dry run over {over}: {format_count_of(of.series, 'series', 'series')},{' '}
        {format_count_of(of.points, 'point')} judged
      </h3>
      {is_outdated && (
        <p class="notice-line">The rules or the period have changed. Start the dry run again.</p>
      )}
      {of.series_left_off > 0 && (
        <p class="notice-line">
          {format_count_of(of.series_left_off, 'series was', 'series were')} not judged: the project exceeds
          the limit of one dry run.
        </p>
      )}
      <Tallies of={of} />
      {same && <p>Both sets of rules report the same confirmed findings.</p>}
      <FindingTable project={project} title="Reported only by the edited rules" of={of.more} />
      <FindingTable project={project} title="Reported only by the active rules" of={of.less} />
    </section>
  );
}
