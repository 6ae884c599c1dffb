// What other rules would have flagged, beside what the present ones do.

import type { DryRun, DryRunFinding, DryRunTally } from '../../api';
import { count_of, make_scale, show_count, show_effect, show_number } from '../../format/quantity';
import { series_path } from '../../routing/route';
import { Age, CaseName, LaneName, RunLink, StateChip, Table } from '../../shared/labels';

const rows: readonly { readonly of: keyof DryRunTally; readonly text: string }[] = [
  { of: 'regressions', text: 'regressions confirmed' },
  { of: 'improvements', text: 'improvements confirmed' },
  { of: 'informational', text: 'of both, told to nobody' },
  { of: 'withdrawn', text: 'suspicions withdrawn' },
  { of: 'suspected', text: 'still suspected' },
];

function Tallies({ of }: { of: DryRun }) {
  return (
    <Table label="What would have been flagged">
      <thead>
        <tr>
          <th />
          <th class="number">now</th>
          <th class="number">with these rules</th>
          <th class="number">difference</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const difference = of.proposed[row.of] - of.present[row.of];
          return (
            <tr key={row.of}>
              <td>{row.text}</td>
              <td class="number">{show_count(of.present[row.of])}</td>
              <td class="number">
                <b>{show_count(of.proposed[row.of])}</b>
              </td>
              <td class="number">
                {difference === 0 ? '–' : `${difference > 0 ? '+' : ''}${show_count(difference)}`}
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
  const effect = of.before === 0 ? Number.NaN : (of.after - of.before) / Math.abs(of.before);
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
          {show_effect(effect)}
        </span>
      </td>
      <td class="number">
        {show_number(of.before, scale)} → {show_number(of.after, scale)} {scale.label}
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

interface ListProps {
  readonly project: string;
  readonly title: string;
  /** what heads the states: those of the present rules, or of the proposed ones */
  readonly state: 'is' | 'would be';
  readonly of: readonly DryRunFinding[];
}

function List({ project, title, state, of }: ListProps) {
  if (of.length === 0) return null;
  return (
    <>
      <h3 class="inner-head">
        {title}: {show_count(of.length)}
      </h3>
      <Table label={title}>
        <thead>
          <tr>
            <th>series</th>
            <th class="number">effect</th>
            <th class="number">level</th>
            <th>since</th>
            <th>{state}</th>
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
  /** "the last 30 nights" */
  readonly over: string;
  /** the rules were changed since */
  readonly is_old: boolean;
}

export function DryRunResult({ project, of, over, is_old }: DryRunResultProps) {
  const same = of.more.length === 0 && of.less.length === 0;
  return (
    <section class={`dry-run ${is_old ? 'stale' : ''}`} aria-label="Dry run" aria-live="polite">
      <h3 class="inner-head">
        Dry run over {over}: {count_of(of.series, 'series', 'series')}, {count_of(of.points, 'point')} judged
      </h3>
      {is_old && <p class="notice-line">The rules or the span were changed since: run it again.</p>}
      {of.series_left_off > 0 && (
        <p class="notice-line">
          {count_of(of.series_left_off, 'series', 'series')} were left off: they are more than one dry run
          judges.
        </p>
      )}
      <Tallies of={of} />
      {same && <p>Nobody would have been told anything else.</p>}
      <List project={project} title="Told with these rules alone" state="would be" of={of.more} />
      <List project={project} title="No longer told" state="is" of={of.less} />
    </section>
  );
}
