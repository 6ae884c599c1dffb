import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';

const stored = new Map<string, string>();
const fetched = vi.fn<(request: Request) => Promise<Response>>();

vi.stubGlobal('location', { origin: 'http://perftrend.test' });
vi.stubGlobal('localStorage', {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => stored.set(key, value),
  removeItem: (key: string) => stored.delete(key),
});
vi.stubGlobal('fetch', fetched);

const api = await import('./index');
const signal = new AbortController().signal;

function respond(status: number, body: string, type = 'application/json'): void {
  fetched.mockResolvedValueOnce(new Response(body, { status, headers: { 'Content-Type': type } }));
}
const last_request = (): Request => {
  const request = fetched.mock.calls.at(-1)?.[0];
  if (request === undefined) throw new Error('no request was sent');
  return request;
};

beforeEach(() => fetched.mockReset());
afterEach(() => stored.clear());

describe('requests', () => {
  it('go to the origin of the page', async () => {
    respond(200, '{"series": [], "total": 0}');
    await api.list_series(
      'bit net',
      { metric: 'prefill_*', testbed: '', branch: undefined, limit: 5 },
      signal,
    );
    expect(last_request().url).toBe(
      'http://perftrend.test/api/v1/projects/bit%20net/series?metric=prefill_*&limit=5',
    );
  });
  it('name the series of trends in one list, up to the limit', async () => {
    respond(200, '{"trends": []}');
    await api.get_trends(
      'p',
      Array.from({ length: 80 }, (_, i) => i + 1),
      90,
      signal,
    );
    const query = new URL(last_request().url).searchParams;
    expect(query.get('series')?.split(',')).toHaveLength(api.trends_max);
    expect(query.get('last')).toBe('90');
  });
  it('limit the points only when that omits some', async () => {
    respond(200, '{"trends": []}');
    await api.get_trends('p', [1], 10_000, signal, 4096);
    expect(new URL(last_request().url).search).toBe('?series=1&last=10000&points_max=4096');
    respond(200, '{"trends": []}');
    await api.get_trends('p', [1], 90, signal, 4096);
    expect(new URL(last_request().url).search).toBe('?series=1&last=90');
  });
  it('carry a token only when one is saved', async () => {
    respond(200, '{"projects": []}');
    await api.list_projects(signal);
    expect(last_request().headers.has('Authorization')).toBe(false);
    api.save_token('pt_secret');
    respond(200, '{"projects": []}');
    await api.list_projects(signal);
    expect(last_request().headers.get('Authorization')).toBe('Bearer pt_secret');
    api.save_token('');
    expect(api.read_token()).toBe('');
  });
});

describe('errors have kinds', () => {
  test.each([
    [
      404,
      '{"type":"not-found","title":"No such project","status":404,"detail":"\'x\' has no runs"}',
      'problem',
      'No such project',
      "'x' has no runs",
    ],
    [
      401,
      '{"type":"unauthorized","title":"A token is needed","status":401}',
      'problem',
      'A token is needed',
      '',
    ],
    [
      502,
      '<html>Bad gateway</html>',
      'unreadable',
      'Unexpected response (HTTP 502)',
      'It does not come from perftrend. A proxy in between may be misconfigured.',
    ],
    [
      500,
      '',
      'unreadable',
      'Unexpected response (HTTP 500)',
      'It does not come from perftrend. A proxy in between may be misconfigured.',
    ],
  ])('HTTP %d %s', async (status, body, kind, message, detail) => {
    respond(status, body);
    await expect(api.get_project('x', signal)).rejects.toMatchObject({ kind, message, status, detail });
  });

  it('a server that is unreachable', async () => {
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await expect(api.list_projects(signal)).rejects.toMatchObject({ kind: 'unreachable', status: 0 });
  });
  it('a server that never responds', async () => {
    fetched.mockRejectedValueOnce(new DOMException('timed out', 'TimeoutError'));
    await expect(api.list_projects(signal)).rejects.toMatchObject({
      kind: 'unreachable',
      message: 'The server did not respond in time',
    });
  });
  it('a response that is not JSON', async () => {
    respond(200, 'not json');
    await expect(api.list_projects(signal)).rejects.toMatchObject({ kind: 'unreadable' });
  });
  it('an aborted request is not an ApiError', async () => {
    const controller = new AbortController();
    controller.abort();
    fetched.mockRejectedValueOnce(new DOMException('aborted', 'AbortError'));
    await expect(api.list_projects(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
