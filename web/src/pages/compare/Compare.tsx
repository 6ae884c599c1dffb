// "/p/{project}/compare?base=…&head=…": two branches, commits or runs, series by series.

import { useState } from 'preact/hooks';
import { compare, type ComparedSeries, type Comparison } from '../../api';
import { format_count_of, format_quantity, make_scale } from '../../format/quantity';
import { go_to, useLocation, usePageTitle } from '../../routing/location';
import { compare_path, series_path } from '../../routing/route';
import { Chip, VerdictChip } from '../../shared/chips';
import { Line } from '../../shared/fields';
import { CaseName } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Empty, Loaded } from '../../shared/states';
import { Table } from '../../shared/Table';

const percent = (share: number) => `${share >= 0 ? '+' : ''}${(100 * share).toFixed(1)} %`;

function value_of(median: number | null, unit: string): string {
  return median === null ? 'none' : format_quantity(median, make_scale(unit, [median]));
}

function Effect({ of }: { of: ComparedSeries }) {
  if (of.effect === null) return <span class="muted">none</span>;
  return (
    <>
      {percent(of.effect)}
      {of.effect_low !== null && of.effect_high !== null && (
        <span class="muted">
          {' '}
          ({percent(of.effect_low)} to {percent(of.effect_high)})
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
      <td class="number">
        {value_of(of.base_median, of.unit)} <span class="muted">({of.base_n})</span>
      </td>
      <td class="number">
        {value_of(of.head_median, of.unit)} <span class="muted">({of.head_n})</span>
      </td>
      <td class="number nowrap">
        <Effect of={of} />
      </td>
      <td>
        <VerdictChip verdict={of.verdict} />
        {of.expected_by_chance && <Chip tone="idle">expected by chance</Chip>}
      </td>
    </tr>
  );
}

function SeriesList(props: { project: string; title: string; series: readonly ComparedSeries[] }) {
  const { project, title, series } = props;
  if (series.length === 0) return null;
  return (
    <section class="card">
      <header class="card-head">
        <h2>{title}</h2>
        <span class="card-facts muted">{format_count_of(series.length, 'series', 'series')}</span>
      </header>
      <Table label={title}>
        <thead>
          <tr>
            <th scope="col">Case and metric</th>
            <th scope="col" class="number">
              Base (values)
            </th>
            <th scope="col" class="number">
              Head (values)
            </th>
            <th scope="col" class="number">
              Change (95 % interval)
            </th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {series.map((of) => (
            <SeriesRow key={`${of.base_series} ${of.head_series}`} project={project} of={of} />
          ))}
        </tbody>
      </Table>
    </section>
  );
}

function Result({ project, of }: { project: string; of: Comparison }) {
  return (
    <>
      <section class="card">
        <header class="card-head">
          <h2>
            {of.head.name} against {of.base.name}
          </h2>
          <span class="chips">
            {of.regressed > 0 && <Chip tone="bad">{of.regressed} regressed</Chip>}
            {of.improved > 0 && <Chip tone="good">{of.improved} improved</Chip>}
            <Chip tone="idle">{of.unchanged} unchanged</Chip>
            {of.undecided > 0 && <Chip tone="idle">{of.undecided} not judged</Chip>}
          </span>
        </header>
        <p class="muted">
          Base: {of.base.text}. Head: {of.head.text}.
        </p>
      </section>
      <SeriesList project={project} title="Both" series={of.series} />
      <SeriesList project={project} title="Only in the base" series={of.only_base} />
      <SeriesList project={project} title="Only in the head" series={of.only_head} />
    </>
  );
}

export function ComparePage({ project }: { project: string }) {
  usePageTitle('Compare', project);
  const { search } = useLocation();
  const query = new URLSearchParams(search);
  const asked = { base: query.get('base') ?? '', head: query.get('head') ?? '' };
  const [sides, set_sides] = useState(asked);
  const load = useLoad(search, async (signal) =>
    asked.base === '' || asked.head === '' ? null : compare(project, asked, signal),
  );
  return (
    <>
      <section class="card">
        <h1>Compare</h1>
        <form
          class="filters"
          aria-label="Sides"
          onSubmit={(event) => {
            event.preventDefault();
            go_to(compare_path(project, sides));
          }}
        >
          <Line
            label="Base"
            value={sides.base}
            placeholder="branch, commit or run"
            on_change={(base) => set_sides({ ...sides, base })}
          />
          <Line
            label="Head"
            value={sides.head}
            placeholder="branch, commit or run"
            on_change={(head) => set_sides({ ...sides, head })}
          />
          <button class="button primary" type="submit" disabled={sides.base === '' || sides.head === ''}>
            Compare
          </button>
        </form>
      </section>
      <Loaded load={load}>
        {(found) =>
          found === null ? <Empty>Name two sides.</Empty> : <Result project={project} of={found} />
        }
      </Loaded>
    </>
  );
}
