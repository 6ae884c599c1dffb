// Typed API client; the types are generated from the OpenAPI description. Every function rejects with ApiError, or with
// AbortError when its signal was aborted.

import { response_error, request_error } from './problem';
import { call, client } from './request';
import type {
  CaseStatus,
  Comparison,
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

/** Largest number of series in one request for trends. */
export const trends_max = 50;

export type RegressionState = NonNullable<
  NonNullable<paths['/projects/{project}/regressions']['get']['parameters']['query']>['state']
>;

/** Removes empty and undefined query parameters. */
function without_empty<T extends Record<string, string | number | undefined>>(
  query: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** What the saved token may do; what anyone may do where the server requires none. */
export async function get_session(signal: AbortSignal) {
  return call(signal, (s) => client.GET('/session', { signal: s }));
}

export async function list_projects(signal: AbortSignal) {
  return (await call(signal, (s) => client.GET('/projects', { signal: s }))).projects;
}

export async function get_project(project: string, signal: AbortSignal): Promise<ProjectStatus> {
  return call(signal, (s) => client.GET('/projects/{project}', { params: { path: { project } }, signal: s }));
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
  const params = { path: { project }, query: without_empty({ ...query }) };
  return call(signal, (s) => client.GET('/projects/{project}/runs', { params, signal: s }));
}

export async function get_run(project: string, id: number, signal: AbortSignal): Promise<RunDetail> {
  const params = { path: { project, id } };
  return call(signal, (s) => client.GET('/projects/{project}/runs/{id}', { params, signal: s }));
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
  const params = { path: { project, id }, query: without_empty({ ...query }) };
  return call(signal, (s) => client.GET('/projects/{project}/runs/{id}/cases', { params, signal: s }));
}

export async function list_run_points(project: string, id: number, signal: AbortSignal): Promise<RunPoint[]> {
  const params = { path: { project, id }, query: { judge: 1 as const } };
  return (
    await call(signal, (s) => client.GET('/projects/{project}/runs/{id}/points', { params, signal: s }))
  ).points;
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
  const params = { path: { project }, query: without_empty({ ...query }) };
  return call(signal, (s) => client.GET('/projects/{project}/series', { params, signal: s }));
}

/** Trends of the first trends_max `ids`: the newest `last` points each. With a smaller `points_max` the server omits
 *  points that a plot of that size cannot show. */
export async function get_trends(
  project: string,
  ids: readonly number[],
  last: number,
  signal: AbortSignal,
  points_max = last,
): Promise<Trend[]> {
  const series = ids.slice(0, trends_max).join(',');
  const params = { path: { project }, query: { series, last, ...(points_max < last ? { points_max } : {}) } };
  return (await call(signal, (s) => client.GET('/projects/{project}/trends', { params, signal: s }))).trends;
}

export async function list_regressions(
  project: string,
  state: RegressionState,
  direction: 'worse' | 'better' | 'both',
  signal: AbortSignal,
  series?: number,
): Promise<{ regressions: Regression[]; groups: RegressionGroup[] }> {
  const params = { path: { project }, query: without_empty({ state, direction, series, limit: 1000 }) };
  return call(signal, (s) => client.GET('/projects/{project}/regressions', { params, signal: s }));
}

export async function get_regression(
  project: string,
  id: number,
  signal: AbortSignal,
): Promise<RegressionDetail> {
  const params = { path: { project, id } };
  return call(signal, (s) => client.GET('/projects/{project}/regressions/{id}', { params, signal: s }));
}

export type RegressionAction =
  paths['/projects/{project}/regressions/{id}/actions']['post']['requestBody']['content']['application/json'];

export async function post_regression_action(
  project: string,
  id: number,
  body: RegressionAction,
  signal: AbortSignal,
): Promise<RegressionDetail> {
  const params = { path: { project, id } };
  return call(signal, (s) =>
    client.POST('/projects/{project}/regressions/{id}/actions', { params, body, signal: s }),
  );
}

/** The judgement of one point with its explanation. */
export async function get_judgement(
  project: string,
  series: number,
  run: number,
  signal: AbortSignal,
): Promise<Judgement> {
  const params = { path: { project }, query: { series, run } };
  return (await call(signal, (s) => client.GET('/projects/{project}/judgement', { params, signal: s })))
    .judgement;
}

export async function list_quarantine(
  project: string,
  state: 'now' | 'all',
  signal: AbortSignal,
): Promise<Quarantine[]> {
  const params = { path: { project }, query: { state } };
  return (await call(signal, (s) => client.GET('/projects/{project}/quarantine', { params, signal: s })))
    .quarantine;
}

export type NewQuarantine =
  paths['/projects/{project}/quarantine']['post']['requestBody']['content']['application/json'];
export type QuarantineAction =
  paths['/projects/{project}/quarantine/{id}/actions']['post']['requestBody']['content']['application/json'];

export async function enter_quarantine(
  project: string,
  body: NewQuarantine,
  signal: AbortSignal,
): Promise<Quarantine> {
  const params = { path: { project } };
  return call(signal, (s) => client.POST('/projects/{project}/quarantine', { params, body, signal: s }));
}

export async function post_quarantine_action(
  project: string,
  id: number,
  body: QuarantineAction,
  signal: AbortSignal,
): Promise<Quarantine> {
  const params = { path: { project, id } };
  return call(signal, (s) =>
    client.POST('/projects/{project}/quarantine/{id}/actions', { params, body, signal: s }),
  );
}

export interface Policies {
  /** the active version; 0: the project has no rules of its own */
  readonly version: number;
  readonly versions: readonly PolicyVersion[];
  readonly in_force: PoliciesInForce;
}

export async function list_policies(project: string, signal: AbortSignal): Promise<Policies> {
  const params = { path: { project } };
  return call(signal, (s) => client.GET('/projects/{project}/policies', { params, signal: s }));
}

export type NewPolicy =
  paths['/projects/{project}/policies']['put']['requestBody']['content']['application/json'];

export async function put_policy(
  project: string,
  body: NewPolicy,
  signal: AbortSignal,
): Promise<PolicyVersion> {
  const params = { path: { project } };
  return call(signal, (s) => client.PUT('/projects/{project}/policies', { params, body, signal: s }));
}

/** What the rules `toml` would have reported; `since` undefined: over all stored points. */
export async function dry_run_policy(
  project: string,
  toml: string,
  since: string | undefined,
  signal: AbortSignal,
): Promise<DryRun> {
  const params = { path: { project } };
  const body = since === undefined ? { toml } : { toml, since };
  return call(signal, (s) =>
    client.POST('/projects/{project}/policies/dry-run', { params, body, signal: s }),
  );
}

export async function get_accuracy(project: string, signal: AbortSignal): Promise<Accuracy> {
  const params = { path: { project } };
  return call(signal, (s) => client.GET('/projects/{project}/accuracy', { params, signal: s }));
}

/** What a side of a comparison names; needed only where a name has several meanings. */
export type SideKind = 'branch' | 'commit' | 'run';

export interface CompareQuery {
  /** a branch, a commit or the id of a run */
  readonly base: string;
  readonly head: string;
  readonly base_kind?: SideKind | undefined;
  readonly head_kind?: SideKind | undefined;
}

export async function compare(
  project: string,
  query: CompareQuery,
  signal: AbortSignal,
): Promise<Comparison> {
  const { base_kind, head_kind } = query;
  const kinds = {
    ...(base_kind === undefined ? {} : { base_kind }),
    ...(head_kind === undefined ? {} : { head_kind }),
  };
  const params = { path: { project }, query: { base: query.base, head: query.head, ...kinds } };
  const parseAs = 'json' as const;
  const found = await call(signal, (s) =>
    client.GET('/projects/{project}/compare', { params, parseAs, signal: s }),
  );
  return found as Comparison;
}

export function junit_url(project: string, run: number): string {
  return `/api/v1/projects/${encodeURIComponent(project)}/runs/${run}/junit`;
}

/** The uploaded file, requested with the token. A plain link carries no token. */
export async function get_junit(project: string, run: number, signal: AbortSignal): Promise<Blob> {
  try {
    const headers = { Authorization: `Bearer ${read_token()}` };
    const response = await fetch(junit_url(project, run), { headers, signal });
    if (!response.ok) throw response_error(response.status, await response.json().catch(() => null));
    return await response.blob();
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw request_error(cause);
  }
}
