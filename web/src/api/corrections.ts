// Corrections of stored data: each requires a token with scope admin. The same errors as in client.ts.

import { call, client } from './request';
import type { paths, Run } from './schema';

type Body<Path extends keyof paths, Method extends 'patch' | 'post' | 'put'> =
  paths[Path] extends Record<Method, { requestBody: { content: { 'application/json': infer Content } } }>
    ? Content
    : never;

export type RunChange = Body<'/projects/{project}/runs/{id}', 'patch'>;
export type SeriesChange = Body<'/projects/{project}/series/{id}', 'patch'>;
export type NewAlias = Body<'/projects/{project}/aliases', 'post'>;

export async function change_run(
  project: string,
  id: number,
  body: RunChange,
  signal: AbortSignal,
): Promise<Run> {
  const params = { path: { project, id } };
  return call(signal, (s) => client.PATCH('/projects/{project}/runs/{id}', { params, body, signal: s }));
}

export async function delete_run(project: string, id: number, note: string, signal: AbortSignal) {
  const params = { path: { project, id }, query: { note } };
  return call(signal, (s) => client.DELETE('/projects/{project}/runs/{id}', { params, signal: s }));
}

export async function redact_run(project: string, id: number, note: string, signal: AbortSignal) {
  const params = { path: { project, id } };
  const body = { everything: true, note };
  return call(signal, (s) =>
    client.POST('/projects/{project}/runs/{id}/redact', { params, body, signal: s }),
  );
}

export async function delete_runs(
  project: string,
  lane: { testbed?: string; branch?: string },
  signal: AbortSignal,
) {
  const params = { path: { project }, query: lane };
  return call(signal, (s) => client.DELETE('/projects/{project}/runs', { params, signal: s }));
}

export async function change_series(project: string, id: number, body: SeriesChange, signal: AbortSignal) {
  const params = { path: { project, id } };
  return call(signal, (s) => client.PATCH('/projects/{project}/series/{id}', { params, body, signal: s }));
}

export async function delete_series(project: string, id: number, signal: AbortSignal) {
  const params = { path: { project, id } };
  return call(signal, (s) => client.DELETE('/projects/{project}/series/{id}', { params, signal: s }));
}

export async function restart_baseline(
  project: string,
  body: { run: number; series: number | null; note: string },
  signal: AbortSignal,
) {
  const params = { path: { project } };
  return call(signal, (s) => client.POST('/projects/{project}/restarts', { params, body, signal: s }));
}

export type Restart = Awaited<ReturnType<typeof list_restarts>>[number];

export async function list_restarts(project: string, signal: AbortSignal) {
  const params = { path: { project } };
  return (await call(signal, (s) => client.GET('/projects/{project}/restarts', { params, signal: s })))
    .restarts;
}

/** `series` null: the restart of all series of the run. */
export async function take_restart_back(
  project: string,
  run: number,
  series: number | null,
  signal: AbortSignal,
) {
  const query = series === null ? { run } : { run, series };
  const params = { path: { project }, query };
  return call(signal, (s) => client.DELETE('/projects/{project}/restarts', { params, signal: s }));
}

export interface LanesQuery {
  readonly testbed?: string;
  readonly branch?: string;
  readonly limit?: number;
}

/** Testbeds and branches, also those that have ended. */
export async function list_lanes(project: string, query: LanesQuery, signal: AbortSignal) {
  const params = { path: { project }, query };
  return call(signal, (s) => client.GET('/projects/{project}/lanes', { params, signal: s }));
}

/** Declares that no more runs of a testbed and branch are expected, or that they are expected again. */
export async function end_lane(
  project: string,
  body: { testbed: string; branch: string; ended: boolean },
  signal: AbortSignal,
) {
  const params = { path: { project } };
  return call(signal, (s) => client.PATCH('/projects/{project}/lanes', { params, body, signal: s }));
}

/** Says that a vanished series is not expected any more. */
export async function end_series(project: string, id: number, signal: AbortSignal) {
  const params = { path: { project, id } };
  const body = { note: '' };
  return call(signal, (s) => client.POST('/projects/{project}/series/{id}/end', { params, body, signal: s }));
}

export async function list_aliases(project: string, signal: AbortSignal) {
  const params = { path: { project } };
  return (await call(signal, (s) => client.GET('/projects/{project}/aliases', { params, signal: s })))
    .aliases;
}

export async function add_alias(project: string, body: NewAlias, signal: AbortSignal) {
  const params = { path: { project } };
  return call(signal, (s) => client.POST('/projects/{project}/aliases', { params, body, signal: s }));
}

export async function change_project(
  project: string,
  body: { name: string } | { default_branch: string },
  signal: AbortSignal,
) {
  const params = { path: { project } };
  return call(signal, (s) => client.PATCH('/projects/{project}', { params, body, signal: s }));
}

export async function delete_project(project: string, signal: AbortSignal) {
  const params = { path: { project } };
  return call(signal, (s) => client.DELETE('/projects/{project}', { params, signal: s }));
}

export async function list_audit(project: string, signal: AbortSignal) {
  const params = { path: { project }, query: { limit: 200 } };
  return (await call(signal, (s) => client.GET('/projects/{project}/audit', { params, signal: s }))).audit;
}
