// "/p/{project}/compare?base=…&head=…": two branches, commits or runs, series by series.

import '../../shared/form.css';
import { useState } from 'preact/hooks';
import { compare, get_project, type ComparedSeries, type Comparison, type SideKind } from '../../api';
import { format_count, format_count_of } from '../../format/quantity';
import { go_to, useLocation, usePageTitle } from '../../routing/location';
import { compare_path } from '../../routing/route';
import { Chip } from '../../shared/chips';
import { ComparedTable } from '../../shared/ComparedSeries';
import { Line, Select } from '../../shared/fields';
import { useLoad } from '../../shared/load';
import { Empty, Loaded } from '../../shared/states';

interface SeriesListProps {
  readonly project: string;
  readonly title: string;
  readonly series: readonly ComparedSeries[];
  /** number of such series, when not all are listed */
  readonly total?: number;
}

function SeriesList({ project, title, series, total = series.length }: SeriesListProps) {
  if (series.length === 0) return null;
  const shown = total > series.length ? `first ${format_count(series.length)} of ` : '';
  return (
    <section class="card">
      <header class="card-head">
        <h2>{title}</h2>
        <span class="card-facts muted">
          {shown}
          {format_count_of(total, 'series', 'series')}
        </span>
      </header>
      <ComparedTable project={project} label={title} series={series} />
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
        {of.undecided > 0 && (
          <p class="muted">
            A series is judged with enough points on the base branch, or with 4 values on each side.
          </p>
        )}
        {of.total === 0 && <Empty>The two sides do not have a series in common.</Empty>}
      </section>
      <SeriesList project={project} title="Series of both sides" series={of.series} total={of.total} />
      <SeriesList project={project} title="Only in the base" series={of.only_base} />
      <SeriesList project={project} title="Only in the head" series={of.only_head} />
    </>
  );
}

type Kind = SideKind | '';

interface Sides {
  readonly base: string;
  readonly head: string;
  readonly base_kind: Kind;
  readonly head_kind: Kind;
}

const kinds = [
  { value: '', text: 'branch, commit or run' },
  { value: 'branch', text: 'branch' },
  { value: 'commit', text: 'commit' },
  { value: 'run', text: 'run' },
];

function read_kind(text: string | null): Kind {
  return text === 'branch' || text === 'commit' || text === 'run' ? text : '';
}

function read_sides(search: string): Sides {
  const query = new URLSearchParams(search);
  return {
    base: query.get('base') ?? '',
    head: query.get('head') ?? '',
    base_kind: read_kind(query.get('base_kind')),
    head_kind: read_kind(query.get('head_kind')),
  };
}

interface SidesFormProps {
  readonly project: string;
  readonly asked: Sides;
  readonly branches: readonly string[];
}

function SidesForm({ project, asked, branches }: SidesFormProps) {
  const [sides, set_sides] = useState(asked);
  const change = (changed: Partial<Sides>) => set_sides({ ...sides, ...changed });
  const { base, head } = sides;
  return (
    <form
      class="form"
      aria-label="Sides"
      onSubmit={(event) => {
        event.preventDefault();
        go_to(compare_path(project, { ...sides, base: base.trim(), head: head.trim() }));
      }}
    >
      <Line label="Base" value={base} suggestions={branches} on_change={(text) => change({ base: text })} />
      <Select
        label="Base is a"
        value={sides.base_kind}
        choices={kinds}
        on_change={(kind) => change({ base_kind: read_kind(kind) })}
      />
      <Line label="Head" value={head} suggestions={branches} on_change={(text) => change({ head: text })} />
      <Select
        label="Head is a"
        value={sides.head_kind}
        choices={kinds}
        on_change={(kind) => change({ head_kind: read_kind(kind) })}
      />
      <button class="button primary" type="submit" disabled={base.trim() === '' || head.trim() === ''}>
        Compare
      </button>
    </form>
  );
}

export function ComparePage({ project }: { project: string }) {
  usePageTitle('Compare', project);
  const { search } = useLocation();
  const asked = read_sides(search);
  const status = useLoad(project, (signal) => get_project(project, signal));
  const load = useLoad(search, async (signal) => {
    const { base, head, base_kind, head_kind } = asked;
    if (base === '' || head === '') return null;
    return compare(
      project,
      { base, head, base_kind: base_kind || undefined, head_kind: head_kind || undefined },
      signal,
    );
  });
  return (
    <>
      <section class="card">
        <h1>Compare</h1>
        <p class="muted">The head is judged against the base, for example a pull request against main.</p>
        <Loaded load={status}>
          {({ branches, default_branch }) => (
            <SidesForm
              key={search}
              project={project}
              asked={{ ...asked, base: asked.base === '' ? default_branch : asked.base }}
              branches={branches}
            />
          )}
        </Loaded>
      </section>
      <Loaded load={load}>
        {(found) =>
          found === null ? (
            <Empty>Name a base and a head: a branch, a commit, or the number of a run.</Empty>
          ) : (
            <Result project={project} of={found} />
          )
        }
      </Loaded>
    </>
  );
}
