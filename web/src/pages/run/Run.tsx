// "/p/{project}/runs/{id}": one run: where and when, what it moved, its cases and its points.

import { useState } from 'preact/hooks';
import {
  get_junit,
  get_run,
  junit_url,
  list_run_cases,
  list_run_points,
  read_token,
  type CaseStatus,
  type RunDetail,
  type RunPoint,
} from '../../api';
import { SampleStrip } from '../../charts/SampleStrip';
import { count_of, make_scale, show_effect, show_number, show_quantity } from '../../format/quantity';
import { show_time } from '../../format/time';
import { useLoad } from '../../shared/load';
import { go_to, useLocation, useTitle } from '../../routing/location';
import { Age, CaseCounts, CaseName, Commit, Sign, StatusChip, Table, VerdictChip } from '../../shared/labels';
import { Filters, Switch } from '../../shared/fields';
import { Findings } from '../../shared/Findings';
import { save_file } from '../../shared/save_file';
import { Empty, Loaded } from '../../shared/states';
import { run_path, series_path } from '../../routing/route';

/** A page of cases; a report may hold a hundred thousand. */
const cases_rows = 200;

function JunitLink({ project, run }: { project: string; run: number }) {
  const [failure, set_failure] = useState('');
  const name = `${project}-${run}.xml`;
  const fetch_it = (event: Event) => {
    if (read_token() === '') return; // the plain link will do
    event.preventDefault();
    get_junit(project, run, new AbortController().signal).then(
      (document) => save_file(document, name),
      (cause: unknown) => set_failure(cause instanceof Error ? cause.message : 'failed'),
    );
  };
  return (
    <>
      <a href={junit_url(project, run)} download={name} onClick={fetch_it}>
        JUnit as uploaded
      </a>
      {failure !== '' && <span role="alert"> {failure}</span>}
    </>
  );
}

/** Only addresses a browser opens as pages; a report may say anything. */
function web_address(text: string): string | undefined {
  return /^https?:\/\//i.test(text) ? text : undefined;
}

function Coordinates({ project, run }: { project: string; run: RunDetail }) {
  const ci = web_address(run.ci_url);
  return (
    <dl class="coordinates">
      <div>
        <dt>commit</dt>
        <dd>
          <Commit commit={run.commit} />
        </dd>
      </div>
      <div>
        <dt>branch</dt>
        <dd>{run.branch}</dd>
      </div>
      <div>
        <dt>testbed</dt>
        <dd>{run.testbed}</dd>
      </div>
      <div>
        <dt>started</dt>
        <dd>
          {show_time(Date.parse(run.started_at))}{' '}
          <span class="muted">
            (<Age at={run.started_at} />)
          </span>
        </dd>
      </div>
      {run.at !== run.started_at && (
        <div>
          <dt>place in the trend</dt>
          <dd>{show_time(Date.parse(run.at))}</dd>
        </div>
      )}
      <div>
        <dt>cases</dt>
        <dd>
          <CaseCounts of={run} />
        </dd>
      </div>
      <div>
        <dt>took</dt>
        <dd>{show_quantity(run.time_seconds, make_scale('s', [run.time_seconds]))}</dd>
      </div>
      <div>
        <dt>document</dt>
        <dd>
          <JunitLink project={project} run={run.id} />
          {ci !== undefined && (
            <>
              {' · '}
              <a href={ci} rel="noreferrer noopener" target="_blank">
                CI job
              </a>
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}

function RunHead({ project, run }: { project: string; run: RunDetail }) {
  const environment = Object.entries(run.environment);
  return (
    <section class="card">
      <header class="card-head">
        <h1>Run #{run.id}</h1>
        <span class="card-facts muted">
          {count_of(run.points, 'point')} · {count_of(run.properties, 'property', 'properties')}
        </span>
      </header>
      {run.suspect !== '' && (
        <p class="banner banner-warn">
          <Sign tone="warn" size={16} />
          <span>
            <b>The machine was not fit to be judged.</b> {run.suspect}. Its points are shown, never judged,
            and never in a baseline.
          </span>
        </p>
      )}
      <Coordinates project={project} run={run} />
      {run.warnings.length > 0 && (
        <>
          <h3>{count_of(run.warnings.length, 'warning')}</h3>
          <ul class="warnings">
            {run.warnings.map((warning, i) => (
              <li key={i}>
                <Sign tone="warn" /> <span>{warning}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {environment.length > 0 && (
        <details class="environment">
          <summary>Environment, {count_of(environment.length, 'part')}</summary>
          <dl class="facts">
            {environment.map(([name, value]) => (
              <>
                <dt key={name}>{name}</dt>
                <dd>{value}</dd>
              </>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}

const statuses: readonly (CaseStatus | '')[] = ['', 'passed', 'failed', 'errored', 'skipped', 'notrun'];

function read_status(search: string): CaseStatus | '' {
  const status = new URLSearchParams(search).get('status');
  return statuses.find((known) => known === status) ?? '';
}

function Cases({ project, run }: { project: string; run: RunDetail }) {
  const { search } = useLocation();
  const status = read_status(search);
  const after = Number(new URLSearchParams(search).get('after') ?? 0) || 0;
  const load = useLoad(`${status} ${after}`, (signal) =>
    list_run_cases(
      project,
      run.id,
      {
        status: status === '' ? undefined : status,
        after: after === 0 ? undefined : after,
        limit: cases_rows,
      },
      signal,
    ),
  );
  const counts: Record<CaseStatus | '', number> = {
    '': run.cases,
    passed: run.passed,
    failed: run.failed,
    errored: run.errored,
    skipped: run.skipped,
    notrun: run.notrun,
  };
  const choices = statuses
    .filter((value) => value === '' || value === status || counts[value] > 0)
    .map((value) => ({
      value,
      text: `${value === '' ? 'all' : value === 'notrun' ? 'not run' : value} ${counts[value]}`,
    }));
  return (
    <section class="card" aria-labelledby="cases">
      <header class="card-head">
        <h2 id="cases">Cases</h2>
      </header>
      <Filters label="Which cases">
        <Switch
          label="Status"
          value={status}
          choices={choices}
          on_change={(value) => go_to(run_path(project, run.id, { status: value }), 'replace')}
        />
      </Filters>
      <Loaded load={load}>
        {({ cases, next }) =>
          cases.length === 0 ? (
            <Empty>No such cases.</Empty>
          ) : (
            <>
              <Table label="Cases">
                <thead>
                  <tr>
                    <th scope="col">Status</th>
                    <th scope="col">Case</th>
                    <th scope="col" class="number">
                      Time, s
                    </th>
                    <th scope="col">Message</th>
                  </tr>
                </thead>
                <tbody>
                  {cases.map((of, i) => (
                    <tr key={i}>
                      <td>
                        <StatusChip status={of.status} />
                      </td>
                      <td>
                        <CaseName of={of} />
                        {(of.flaky ?? 0) + (of.reruns ?? 0) > 0 && (
                          <small class="reason">
                            {count_of((of.flaky ?? 0) + (of.reruns ?? 0), 'failed try', 'failed tries')}{' '}
                            before
                          </small>
                        )}
                      </td>
                      <td class="number">{of.time_seconds === null ? '–' : of.time_seconds.toFixed(3)}</td>
                      <td class="message">{of.message}</td>
                    </tr>
                  ))}
                </tbody>
              </Table>
              <nav class="pager" aria-label="Pages of cases">
                {after > 0 && <a href={run_path(project, run.id, { status })}>« first</a>}
                {next !== undefined && (
                  <a href={run_path(project, run.id, { status, after: next })}>more »</a>
                )}
              </nav>
            </>
          )
        }
      </Loaded>
    </section>
  );
}

function PointRow({ project, point }: { project: string; point: RunPoint }) {
  const scale = make_scale(point.unit, [point.value, ...point.samples]);
  const largest = point.samples.reduce((a, b) => Math.max(a, b), point.value);
  return (
    <tr>
      <td>
        <a class="plain-link" href={series_path(project, [point.series])}>
          <CaseName of={point.case} metric={point.metric} />
        </a>
        {point.finding && (
          <small class="reason">
            <VerdictChip verdict={point.finding.verdict} />{' '}
            <span class={`effect effect-${point.finding.verdict}`}>{show_effect(point.finding.effect)}</span>{' '}
            against {show_quantity(point.finding.baseline, scale)}
          </small>
        )}
      </td>
      <td class="number">
        <b>{show_quantity(point.value, scale)}</b>
      </td>
      <td class="number muted">± {show_number(point.mad, scale)}</td>
      <td class="number">{show_number(point.min, scale)}</td>
      <td class="strip-cell">
        <SampleStrip samples={point.samples} value={point.value} />
      </td>
      <td class="number">{show_number(largest, scale)}</td>
      <td class="number">{point.n}</td>
    </tr>
  );
}

function Points({ project, points }: { project: string; points: readonly RunPoint[] }) {
  return (
    <section class="card" aria-labelledby="points">
      <header class="card-head">
        <h2 id="points">Points</h2>
        <span class="card-facts muted">the median of each metric's samples; every dot is one repetition</span>
      </header>
      {points.length === 0 ? (
        <Empty>This run measured nothing: its cases failed, were skipped, or carry no numbers.</Empty>
      ) : (
        <Table label="Points">
          <thead>
            <tr>
              <th scope="col">Case and metric</th>
              <th scope="col" class="number">
                Median
              </th>
              <th scope="col" class="number">
                MAD
              </th>
              <th scope="col" class="number">
                Min
              </th>
              <th scope="col">Samples</th>
              <th scope="col" class="number">
                Max
              </th>
              <th scope="col" class="number">
                n
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <PointRow key={point.series} project={project} point={point} />
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}

export function RunPage({ project, id }: { project: string; id: number }) {
  useTitle(`Run #${id}`, project);
  const load = useLoad(`${id}`, async (signal) => {
    const [run, points] = await Promise.all([
      get_run(project, id, signal),
      list_run_points(project, id, signal),
    ]);
    return { run, points };
  });
  return (
    <Loaded load={load}>
      {({ run, points }) => (
        <>
          <RunHead project={project} run={run} />
          {run.common_shift !== null && (
            <p class="notice notice-bad" role="status">
              {run.common_shift.explanation}
            </p>
          )}
          {run.findings.length > 0 && (
            <section class="card" aria-labelledby="findings">
              <header class="card-head">
                <h2 id="findings">What it moved</h2>
              </header>
              <Findings project={project} of={run.findings} full />
            </section>
          )}
          <Points project={project} points={points} />
          <Cases project={project} run={run} />
        </>
      )}
    </Loaded>
  );
}
