// "/": the state of every project.

import {
  get_project,
  list_projects,
  list_regressions,
  list_series,
  type ProjectStatus,
  type ProjectSummary,
  type Regression,
  type Series,
} from '../../api';
import { format_count, format_count_of } from '../../format/quantity';
import { usePageTitle } from '../../routing/location';
import { project_path, trends_path } from '../../routing/route';
import { Sign } from '../../shared/chips';
import { default_lane, default_metrics } from '../../shared/default_series';
import { Headline } from '../../shared/Headline';
import { summarize_health, type Level } from '../../shared/health';
import { Age } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Loaded } from '../../shared/states';
import { StatusGrid } from '../../shared/StatusGrid';
import { Table } from '../../shared/Table';
import { FirstUpload } from './FirstUpload';
import { SeriesTiles } from './SeriesTiles';

interface ProjectView {
  readonly status: ProjectStatus;
  readonly regressions: readonly Regression[];
  readonly key_series: readonly Series[];
}

interface OverviewData {
  /** those with problems first */
  readonly projects: readonly ProjectSummary[];
  /** details of the first ones */
  readonly views: readonly ProjectView[];
}

/** The page of a project shows the rest. */
const tiles_max = 6;
const lanes_max = 6;
const regressions_max = 5;
/** So many projects have a card; the other ones are lines of a table. */
const cards_max = 12;
/** Limits the number of simultaneous requests. */
const projects_at_once = 4;
const refresh_ms = 60_000;

async function load_project(name: string, signal: AbortSignal): Promise<ProjectView> {
  const [status, { regressions }] = await Promise.all([
    get_project(name, signal),
    list_regressions(name, 'open', 'worse', signal),
  ]);
  const lane = default_lane(status);
  const metrics = default_metrics(status.metrics).slice(0, 2);
  const found = await Promise.all(
    metrics.map((metric) => list_series(name, { metric, ...lane, limit: tiles_max / 2 }, signal)),
  );
  return { status, regressions, key_series: found.flatMap(({ series }) => series).slice(0, tiles_max) };
}

async function load_overview(signal: AbortSignal): Promise<OverviewData> {
  const rank: Record<Level, number> = { bad: 0, warn: 1, good: 2 };
  const level = (project: ProjectSummary) => rank[summarize_health([project]).level];
  const projects = (await list_projects(signal)).sort((a, b) => level(a) - level(b));
  const cards = projects.slice(0, cards_max);
  const views: ProjectView[] = [];
  for (let i = 0; i < cards.length; i += projects_at_once) {
    const names = cards.slice(i, i + projects_at_once).map(({ name }) => name);
    views.push(...(await Promise.all(names.map((name) => load_project(name, signal)))));
  }
  return { projects, views };
}

function newest_run_at(projects: readonly ProjectSummary[]): string | null {
  return projects.reduce<string | null>((newest, { last_run_at: at }) => {
    return at !== null && (newest === null || Date.parse(at) > Date.parse(newest)) ? at : newest;
  }, null);
}

function ProjectCard({ view: { status, regressions, key_series } }: { view: ProjectView }) {
  const { name, lanes } = status;
  const { level, text } = summarize_health([status]);
  return (
    <section class="card project-card" aria-labelledby={`project-${name}`}>
      <header class="card-head">
        <h2 id={`project-${name}`}>
          <Sign tone={level} size={14} /> <a href={project_path(name)}>{name}</a>
        </h2>
        <span class={`level-text level-${level}`}>{text}</span>
        <span class="card-facts muted">
          {format_count_of(status.runs, 'run')} · {format_count_of(status.series, 'series', 'series')} ·{' '}
          {format_count_of(status.points, 'point')}
        </span>
      </header>
      <StatusGrid
        project={name}
        lanes={lanes}
        lanes_total={status.lanes_total}
        lanes_ended={status.lanes_ended}
        regressions={regressions}
        lanes_max={lanes_max}
        regressions_max={regressions_max}
      >
        {key_series.length > 0 && (
          <>
            <h3>
              <a href={trends_path(name)}>Trends</a>
            </h3>
            <SeriesTiles project={name} series={key_series} />
          </>
        )}
      </StatusGrid>
    </section>
  );
}

function OtherProjects({ projects }: { projects: readonly ProjectSummary[] }) {
  return (
    <section class="card" aria-labelledby="other-projects">
      <header class="card-head">
        <h2 id="other-projects">{format_count_of(projects.length, 'more project')}</h2>
      </header>
      <Table label="More projects">
        <thead>
          <tr>
            <th scope="col">Project</th>
            <th scope="col">Status</th>
            <th scope="col">Newest run</th>
            <th scope="col" class="number">
              Runs
            </th>
            <th scope="col" class="number">
              Series
            </th>
          </tr>
        </thead>
        <tbody>
          {projects.map((project) => {
            const { level, text } = summarize_health([project]);
            return (
              <tr key={project.name}>
                <td>
                  <Sign tone={level} /> <a href={project_path(project.name)}>{project.name}</a>
                </td>
                <td class={`level-text level-${level}`}>{text}</td>
                <td class="nowrap">{project.last_run_at !== null && <Age at={project.last_run_at} />}</td>
                <td class="number">{format_count(project.runs)}</td>
                <td class="number">{format_count(project.series)}</td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </section>
  );
}

export function Overview() {
  usePageTitle('Overview');
  const load = useLoad('overview', load_overview, refresh_ms);
  return (
    <Loaded load={load}>
      {({ projects, views }) =>
        projects.length === 0 ? (
          <FirstUpload />
        ) : (
          <>
            <Headline health={summarize_health(projects)} newest_run_at={newest_run_at(projects)} />
            {views.map((view) => (
              <ProjectCard key={view.status.name} view={view} />
            ))}
            {projects.length > views.length && <OtherProjects projects={projects.slice(views.length)} />}
          </>
        )
      }
    </Loaded>
  );
}
