// "/": is tonight all right? Every project at one glance.

import {
  get_project,
  list_projects,
  list_regressions,
  list_series,
  type ProjectStatus,
  type Regression,
  type Series,
} from '../../api';
import { count_of } from '../../format/quantity';
import { default_lane, key_metrics } from '../../shared/default_series';
import { useLoad } from '../../shared/load';
import { useTitle } from '../../routing/location';
import { Age, Sign } from '../../shared/labels';
import { FirstUpload } from './FirstUpload';
import { Findings } from '../../shared/Findings';
import { Lanes } from '../../shared/Lanes';
import { SeriesTiles } from './SeriesTiles';
import { Loaded } from '../../shared/states';
import { project_path, regressions_path, trends_path } from '../../routing/route';
import { judge_tonight, type Level } from '../../shared/health';

interface ProjectView {
  readonly status: ProjectStatus;
  readonly regressions: readonly Regression[];
  readonly key_series: readonly Series[];
}

/** So many tiles, lanes and regressions say enough of a project here; its own pages show the rest. */
const tiles_max = 6;
const lanes_max = 6;
const regressions_max = 5;
/** Questions about so many projects at once, so that a server of many is not flooded by its readers. */
const projects_at_once = 4;
const refresh_ms = 60_000;

async function load_project(name: string, signal: AbortSignal): Promise<ProjectView> {
  const [status, { regressions }] = await Promise.all([
    get_project(name, signal),
    list_regressions(name, 'open', 'worse', signal),
  ]);
  const lane = default_lane(status);
  const metrics = key_metrics(status.metrics).slice(0, 2);
  const found = await Promise.all(
    metrics.map((metric) => list_series(name, { metric, ...lane, limit: tiles_max / 2 }, signal)),
  );
  return { status, regressions, key_series: found.flatMap(({ series }) => series).slice(0, tiles_max) };
}

async function load_overview(signal: AbortSignal): Promise<ProjectView[]> {
  const projects = await list_projects(signal);
  const views: ProjectView[] = [];
  for (let i = 0; i < projects.length; i += projects_at_once) {
    const names = projects.slice(i, i + projects_at_once).map(({ name }) => name);
    views.push(...(await Promise.all(names.map((name) => load_project(name, signal)))));
  }
  const rank: Record<Level, number> = { bad: 0, warn: 1, good: 2 };
  const level = (view: ProjectView) => rank[judge_tonight([view.status]).level];
  return views.sort((a, b) => level(a) - level(b));
}

function newest(views: readonly ProjectView[]): string | null {
  return views.reduce<string | null>((last, { status }) => {
    const at = status.last_run_at;
    return at !== null && (last === null || Date.parse(at) > Date.parse(last)) ? at : last;
  }, null);
}

function Tonight({ views }: { views: readonly ProjectView[] }) {
  const { level, text, facts } = judge_tonight(views.map(({ status }) => status));
  return (
    <section class={`headline headline-${level}`} aria-label="Tonight">
      <span class="headline-sign">
        <Sign tone={level} size={26} />
      </span>
      <div>
        <h1>{text}</h1>
        <p>
          {facts.map((fact) => (
            <span key={fact} class="fact">
              {fact}
            </span>
          ))}
          <span class="fact">
            newest run <Age at={newest(views)} />
          </span>
        </p>
      </div>
    </section>
  );
}

function ProjectCard({ view: { status, regressions, key_series } }: { view: ProjectView }) {
  const { name, lanes } = status;
  const { level, text } = judge_tonight([status]);
  return (
    <section class="card project-card" aria-labelledby={`project-${name}`}>
      <header class="card-head">
        <h2 id={`project-${name}`}>
          <Sign tone={level} size={14} /> <a href={project_path(name)}>{name}</a>
        </h2>
        <span class={`level-text level-${level}`}>{text}</span>
        <span class="card-facts muted">
          {count_of(status.runs, 'run')} · {count_of(status.series, 'series', 'series')} ·{' '}
          {count_of(status.points, 'point')}
        </span>
      </header>
      <div class={`project-grid ${regressions.length > 0 ? '' : 'project-grid-calm'}`}>
        <div>
          <h3>Lanes</h3>
          <Lanes project={name} lanes={lanes.slice(0, lanes_max)} />
          {lanes.length > lanes_max && (
            <p class="more">
              <a href={project_path(name)}>{count_of(lanes.length - lanes_max, 'more lane')}</a>
            </p>
          )}
          {key_series.length > 0 && (
            <>
              <h3>
                <a href={trends_path(name)}>Trends</a>
              </h3>
              <SeriesTiles project={name} series={key_series} />
            </>
          )}
        </div>
        {regressions.length > 0 && (
          <div>
            <h3>Open regressions</h3>
            <Findings project={name} of={regressions.slice(0, regressions_max)} />
            {regressions.length > regressions_max && (
              <p class="more">
                <a href={regressions_path(name)}>
                  {count_of(regressions.length - regressions_max, 'more regression')}
                </a>
              </p>
            )}
          </div>
        )}
      </div>
    </section>
  );
}

export function Overview() {
  useTitle('Overview');
  const load = useLoad('overview', load_overview, refresh_ms);
  return (
    <Loaded load={load}>
      {(views) =>
        views.length === 0 ? (
          <FirstUpload />
        ) : (
          <>
            <Tonight views={views} />
            {views.map((view) => (
              <ProjectCard key={view.status.name} view={view} />
            ))}
          </>
        )
      }
    </Loaded>
  );
}
