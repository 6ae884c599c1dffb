// Typed questions to the server; the types come from schema/openapi.yaml. Every function rejects with ApiError, or with
// AbortError when its signal was aborted.

import createClient from 'openapi-fetch';
import { ApiError, error_of_answer, error_of_failure } from './problem';
import type {
  CaseStatus,
  DryRun,
  Judgement,
  paths,
  PoliciesInForce,
  PolicyVersion,
  ProjectStatus,
  Quarantine,
  Regression,
  RegressionDetail,
  RegressionGroup,
  Run,
  RunCase,
  RunDetail,
  RunPoint,
  Series,
  Trend,
  Accuracy,
} from './schema';
import { read_token } from './token';

/** The largest trends take a second or two; beyond this nobody is answering. */
const answer_ms_max = 30_000;

/** The server answers trends of at most so many series at once. */
export const trends_max = 50;

export type RegressionState = NonNullable<
  NonNullable<paths['/projects/{project}/regressions']['get']['parameters']['query']>['state']
>;

const client = createClient<paths>({
  baseUrl: `${location.origin}/api/v1`,
  fetch: (request) => globalThis.fetch(request),
});
client.use({
  onRequest: ({ request }) => {
    const token = read_token();
    if (token !== '') request.headers.set('Authorization', `Bearer ${token}`);
    return request;
  },
});

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

async function ask<T>(
  signal: AbortSignal,
  question: (signal: AbortSignal) => Promise<Answer<T>>,
): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await question(AbortSignal.any([signal, AbortSignal.timeout(answer_ms_max)]));
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw error_of_failure(cause);
  }
  if (!answer.response.ok) throw error_of_answer(answer.response.status, answer.error);
  if (answer.data === undefined || typeof answer.data !== 'object') {
    throw new ApiError(
      'unreadable',
      'The answer was not understood',
      answer.response.status,
      'It was empty.',
    );
  }
  return answer.data;
}

/** Query parameters that were given; the contract knows no empty ones. */
function given<T extends Record<string, string | number | undefined>>(
  query: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

export async function list_projects(signal: AbortSignal) {
  return (await ask(signal, (s) => client.GET('/projects', { signal: s }))).projects;
}

export async function get_project(project: string, signal: AbortSignal): Promise<ProjectStatus> {
  return ask(signal, (s) => client.GET('/projects/{project}', { params: { path: { project } }, signal: s }));
}

export interface RunsQuery {
  readonly testbed?: string | undefined;
  readonly branch?: string | undefined;
  readonly limit?: number | undefined;
  readonly before?: string | undefined;
}

export async function list_runs(
  project: string,
  query: RunsQuery,
  signal: AbortSignal,
): Promise<{ runs: Run[]; next?: string }> {
  const params = { path: { project }, query: given({ ...query }) };
  return ask(signal, (s) => client.GET('/projects/{project}/runs', { params, signal: s }));
}

export async function get_run(project: string, id: number, signal: AbortSignal): Promise<RunDetail> {
  const params = { path: { project, id } };
  return ask(signal, (s) => client.GET('/projects/{project}/runs/{id}', { params, signal: s }));
}

export interface CasesQuery {
  readonly status?: CaseStatus | undefined;
  readonly limit?: number | undefined;
  readonly after?: number | undefined;
}

export async function list_run_cases(
  project: string,
  id: number,
  query: CasesQuery,
  signal: AbortSignal,
): Promise<{ cases: RunCase[]; next?: number }> {
  const params = { path: { project, id }, query: given({ ...query }) };
  return ask(signal, (s) => client.GET('/projects/{project}/runs/{id}/cases', { params, signal: s }));
}

export async function list_run_points(project: string, id: number, signal: AbortSignal): Promise<RunPoint[]> {
  const params = { path: { project, id }, query: { judge: 1 as const } };
  return (await ask(signal, (s) => client.GET('/projects/{project}/runs/{id}/points', { params, signal: s })))
    .points;
}

export interface SeriesQuery {
  readonly metric?: string | undefined;
  readonly case?: string | undefined;
  readonly testbed?: string | undefined;
  readonly branch?: string | undefined;
  readonly limit?: number | undefined;
}

export async function list_series(
  project: string,
  query: SeriesQuery,
  signal: AbortSignal,
): Promise<{ series: Series[]; total: number }> {
  const params = { path: { project }, query: given({ ...query }) };
  return ask(signal, (s) => client.GET('/projects/{project}/series', { params, signal: s }));
}

/** Trends of `ids`, at most trends_max of them, the newest `last` points each, or of these what a plot of `points_max`
 *  points shows. */
export async function get_trends(
  project: string,
  ids: readonly number[],
  last: number,
  signal: AbortSignal,
  points_max = last,
): Promise<Trend[]> {
  const series = ids.slice(0, trends_max).join(',');
  const params = { path: { project }, query: { series, last, ...(points_max < last ? { points_max } : {}) } };
  return (await ask(signal, (s) => client.GET('/projects/{project}/trends', { params, signal: s }))).trends;
}

export async function list_regressions(
  project: string,
  state: RegressionState,
  direction: 'worse' | 'better' | 'both',
  signal: AbortSignal,
  series?: number,
): Promise<{ regressions: Regression[]; groups: RegressionGroup[] }> {
  const params = { path: { project }, query: given({ state, direction, series, limit: 1000 }) };
  return ask(signal, (s) => client.GET('/projects/{project}/regressions', { params, signal: s }));
}

export async function get_regression(
  project: string,
  id: number,
  signal: AbortSignal,
): Promise<RegressionDetail> {
  const params = { path: { project, id } };
  return ask(signal, (s) => client.GET('/projects/{project}/regressions/{id}', { params, signal: s }));
}

export type RegressionStep =
  paths['/projects/{project}/regressions/{id}/actions']['post']['requestBody']['content']['application/json'];

export async function take_regression_step(
  project: string,
  id: number,
  body: RegressionStep,
  signal: AbortSignal,
): Promise<RegressionDetail> {
  const params = { path: { project, id } };
  return ask(signal, (s) =>
    client.POST('/projects/{project}/regressions/{id}/actions', { params, body, signal: s }),
  );
}

/** Why one point is judged as it is. */
export async function get_judgement(
  project: string,
  series: number,
  run: number,
  signal: AbortSignal,
): Promise<Judgement> {
  const params = { path: { project }, query: { series, run } };
  return (await ask(signal, (s) => client.GET('/projects/{project}/judgement', { params, signal: s })))
    .judgement;
}

export async function list_quarantine(
  project: string,
  state: 'now' | 'all',
  signal: AbortSignal,
): Promise<Quarantine[]> {
  const params = { path: { project }, query: { state } };
  return (await ask(signal, (s) => client.GET('/projects/{project}/quarantine', { params, signal: s })))
    .quarantine;
}

export type QuarantineEntry =
  paths['/projects/{project}/quarantine']['post']['requestBody']['content']['application/json'];
export type QuarantineStep =
  paths['/projects/{project}/quarantine/{id}/actions']['post']['requestBody']['content']['application/json'];

export async function enter_quarantine(
  project: string,
  body: QuarantineEntry,
  signal: AbortSignal,
): Promise<Quarantine> {
  const params = { path: { project } };
  return ask(signal, (s) => client.POST('/projects/{project}/quarantine', { params, body, signal: s }));
}

export async function take_quarantine_step(
  project: string,
  id: number,
  body: QuarantineStep,
  signal: AbortSignal,
): Promise<Quarantine> {
  const params = { path: { project, id } };
  return ask(signal, (s) =>
    client.POST('/projects/{project}/quarantine/{id}/actions', { params, body, signal: s }),
  );
}

export interface Policies {
  /** the one that holds; 0: the project has none of its own */
  readonly version: number;
  readonly versions: readonly PolicyVersion[];
  readonly in_force: PoliciesInForce;
}

export async function list_policies(project: string, signal: AbortSignal): Promise<Policies> {
  const params = { path: { project } };
  return ask(signal, (s) => client.GET('/projects/{project}/policies', { params, signal: s }));
}

export type NewPolicy =
  paths['/projects/{project}/policies']['put']['requestBody']['content']['application/json'];

export async function put_policy(
  project: string,
  body: NewPolicy,
  signal: AbortSignal,
): Promise<PolicyVersion> {
  const params = { path: { project } };
  return ask(signal, (s) => client.PUT('/projects/{project}/policies', { params, body, signal: s }));
}

/** What other policies would have flagged; `since` undefined: over everything stored. */
export async function dry_run_policy(
  project: string,
  toml: string,
  since: string | undefined,
  signal: AbortSignal,
): Promise<DryRun> {
  const params = { path: { project } };
  const body = since === undefined ? { toml } : { toml, since };
  return ask(signal, (s) => client.POST('/projects/{project}/policies/dry-run', { params, body, signal: s }));
}

export async function get_accuracy(project: string, signal: AbortSignal): Promise<Accuracy> {
  const params = { path: { project } };
  return ask(signal, (s) => client.GET('/projects/{project}/accuracy', { params, signal: s }));
}

export function junit_url(project: string, run: number): string {
  return `/api/v1/projects/${encodeURIComponent(project)}/runs/${run}/junit`;
}

/** The uploaded document; for readers with a token, whose plain links would be refused. */
export async function get_junit(project: string, run: number, signal: AbortSignal): Promise<Blob> {
  try {
    const headers = { Authorization: `Bearer ${read_token()}` };
    const response = await fetch(junit_url(project, run), { headers, signal });
    if (!response.ok) throw error_of_answer(response.status, await response.json().catch(() => null));
    return await response.blob();
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw error_of_failure(cause);
  }
}
