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

function answer(status: number, body: string, type = 'application/json'): void {
  fetched.mockResolvedValueOnce(new Response(body, { status, headers: { 'Content-Type': type } }));
}
const asked = (): Request => {
  const request = fetched.mock.calls.at(-1)?.[0];
  if (request === undefined) throw new Error('nothing was asked');
  return request;
};

beforeEach(() => fetched.mockReset());
afterEach(() => stored.clear());

describe('questions', () => {
  it('go to the server the page came from, by the names of the contract', async () => {
    answer(200, '{"series": [], "total": 0}');
    await api.list_series(
      'bit net',
      { metric: 'prefill_*', testbed: '', branch: undefined, limit: 5 },
      signal,
    );
    expect(asked().url).toBe(
      'http://perftrend.test/api/v1/projects/bit%20net/series?metric=prefill_*&limit=5',
    );
  });
  it('ask for trends in one list, never for more than the server answers', async () => {
    answer(200, '{"trends": []}');
    await api.get_trends(
      'p',
      Array.from({ length: 80 }, (_, i) => i + 1),
      90,
      signal,
    );
    const query = new URL(asked().url).searchParams;
    expect(query.get('series')?.split(',')).toHaveLength(api.trends_max);
    expect(query.get('last')).toBe('90');
  });
  it('ask for what a plot shows only where that is less than all', async () => {
    answer(200, '{"trends": []}');
    await api.get_trends('p', [1], 10_000, signal, 4096);
    expect(new URL(asked().url).search).toBe('?series=1&last=10000&points_max=4096');
    answer(200, '{"trends": []}');
    await api.get_trends('p', [1], 90, signal, 4096);
    expect(new URL(asked().url).search).toBe('?series=1&last=90');
  });
  it('carry a token only when there is one', async () => {
    answer(200, '{"projects": []}');
    await api.list_projects(signal);
    expect(asked().headers.has('Authorization')).toBe(false);
    api.save_token('pt_secret');
    answer(200, '{"projects": []}');
    await api.list_projects(signal);
    expect(asked().headers.get('Authorization')).toBe('Bearer pt_secret');
    api.save_token('');
    expect(api.read_token()).toBe('');
  });
});

describe('failures are told apart', () => {
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
      'Unexpected answer (HTTP 502)',
      'It is no problem document of perftrend.',
    ],
    [500, '', 'unreadable', 'Unexpected answer (HTTP 500)', 'It is no problem document of perftrend.'],
  ])('HTTP %d %s', async (status, body, kind, message, detail) => {
    answer(status, body);
    await expect(api.get_project('x', signal)).rejects.toMatchObject({ kind, message, status, detail });
  });

  it('a server that is away', async () => {
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await expect(api.list_projects(signal)).rejects.toMatchObject({ kind: 'away', status: 0 });
  });
  it('a server that never answers', async () => {
    fetched.mockRejectedValueOnce(new DOMException('timed out', 'TimeoutError'));
    await expect(api.list_projects(signal)).rejects.toMatchObject({
      kind: 'away',
      message: 'The server did not answer in time',
    });
  });
  it('an answer that is no JSON', async () => {
    answer(200, 'not json');
    await expect(api.list_projects(signal)).rejects.toMatchObject({ kind: 'unreadable' });
  });
  it('an aborted question is no failure', async () => {
    const controller = new AbortController();
    controller.abort();
    fetched.mockRejectedValueOnce(new DOMException('aborted', 'AbortError'));
    await expect(api.list_projects(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
