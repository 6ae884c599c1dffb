// Converts addresses to pages and back. Pure; location.ts handles the browser.

export type Page =
  | { readonly kind: 'overview' }
  | { readonly kind: 'project'; readonly project: string }
  | { readonly kind: 'trends'; readonly project: string }
  | { readonly kind: 'runs'; readonly project: string }
  | { readonly kind: 'run'; readonly project: string; readonly run: number }
  | { readonly kind: 'regressions'; readonly project: string }
  | { readonly kind: 'regression'; readonly project: string; readonly regression: number }
  | { readonly kind: 'quarantine'; readonly project: string }
  | { readonly kind: 'policies'; readonly project: string }
  | { readonly kind: 'accuracy'; readonly project: string }
  | { readonly kind: 'compare'; readonly project: string }
  | { readonly kind: 'settings'; readonly project: string }
  | { readonly kind: 'unknown' };

/** Valid project names, as in the API. */
const project_name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const run_id = /^[1-9][0-9]{0,15}$/;

export function read_path(path: string): Page {
  const [root, project, noun, id, ...rest] = path.split('/').filter((part) => part !== '');
  if (root === undefined) return { kind: 'overview' };
  if (root !== 'p' || project === undefined || !project_name.test(project) || rest.length > 0)
    return { kind: 'unknown' };
  if (noun === undefined) return { kind: 'project', project };
  if (id !== undefined) {
    if (!run_id.test(id)) return { kind: 'unknown' };
    if (noun === 'runs') return { kind: 'run', project, run: Number(id) };
    if (noun === 'regressions') return { kind: 'regression', project, regression: Number(id) };
    return { kind: 'unknown' };
  }
  switch (noun) {
    case 'trends':
    case 'runs':
    case 'regressions':
    case 'quarantine':
    case 'policies':
    case 'accuracy':
    case 'compare':
    case 'settings':
      return { kind: noun, project };
  }
  return { kind: 'unknown' };
}

/** Empty and undefined parameters are omitted. */
export type Query = Readonly<Record<string, string | number | undefined>>;

function with_query(path: string, query: Query): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    // Commas and colons are valid in a query; "series=1,2" is easier to read and edit.
    .map(
      ([key, value]) =>
        `${key}=${encodeURIComponent(String(value)).replaceAll('%2C', ',').replaceAll('%3A', ':')}`,
    );
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}

export const project_path = (project: string, query: Query = {}) => with_query(`/p/${project}`, query);
export const trends_path = (project: string, query: Query = {}) => with_query(`/p/${project}/trends`, query);
export const runs_path = (project: string, query: Query = {}) => with_query(`/p/${project}/runs`, query);
export const run_path = (project: string, run: number, query: Query = {}) =>
  with_query(`/p/${project}/runs/${run}`, query);
export const regressions_path = (project: string, query: Query = {}) =>
  with_query(`/p/${project}/regressions`, query);
export const series_path = (project: string, series: readonly number[]) =>
  trends_path(project, { series: series.join(',') });
export const regression_path = (project: string, regression: number) =>
  `/p/${project}/regressions/${regression}`;
export const quarantine_path = (project: string, query: Query = {}) =>
  with_query(`/p/${project}/quarantine`, query);
export const policies_path = (project: string) => `/p/${project}/policies`;
export const compare_path = (project: string, query: Query = {}) =>
  with_query(`/p/${project}/compare`, query);
/** A run against the branch that it is judged against. */
export const compare_run_path = (project: string, base: string, run: number) =>
  compare_path(project, { base, head: run, head_kind: 'run' });
export const accuracy_path = (project: string) => `/p/${project}/accuracy`;
export const settings_path = (project: string) => `/p/${project}/settings`;
