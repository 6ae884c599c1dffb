// Addresses of pages: text to page and back. Pure; Location.ts follows the browser.

export type Page =
  | { readonly kind: 'overview' }
  | { readonly kind: 'project'; readonly project: string }
  | { readonly kind: 'trends'; readonly project: string }
  | { readonly kind: 'runs'; readonly project: string }
  | { readonly kind: 'run'; readonly project: string; readonly run: number }
  | { readonly kind: 'regressions'; readonly project: string }
  | { readonly kind: 'unknown' };

/** The contract's rule for names of projects. */
const project_name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const run_id = /^[1-9][0-9]{0,15}$/;

export function read_path(path: string): Page {
  const [root, project, noun, id, ...rest] = path.split('/').filter((part) => part !== '');
  if (root === undefined) return { kind: 'overview' };
  if (root !== 'p' || project === undefined || !project_name.test(project) || rest.length > 0)
    return { kind: 'unknown' };
  if (noun === undefined) return { kind: 'project', project };
  if (id !== undefined)
    return noun === 'runs' && run_id.test(id)
      ? { kind: 'run', project, run: Number(id) }
      : { kind: 'unknown' };
  if (noun === 'trends' || noun === 'runs' || noun === 'regressions') return { kind: noun, project };
  return { kind: 'unknown' };
}

/** Parameters that are empty or undefined are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

function with_query(path: string, query: Query): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    // Commas and colons may stand in a query as they are; "series=1,2" is meant to be read and edited.
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
