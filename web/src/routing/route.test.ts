import { describe, expect, it, test } from 'vitest';
import { read_path, runs_path, series_path, trends_path, type Page } from './route';

describe('addresses', () => {
  test.each<[string, Page]>([
    ['/', { kind: 'overview' }],
    ['', { kind: 'overview' }],
    ['/p/bitnet', { kind: 'project', project: 'bitnet' }],
    ['/p/bitnet/', { kind: 'project', project: 'bitnet' }],
    ['/p/a.b-c_1/trends', { kind: 'trends', project: 'a.b-c_1' }],
    ['/p/bitnet/runs', { kind: 'runs', project: 'bitnet' }],
    ['/p/bitnet/runs/12', { kind: 'run', project: 'bitnet', run: 12 }],
    ['/p/bitnet/regressions', { kind: 'regressions', project: 'bitnet' }],
    ['/p', { kind: 'unknown' }],
    ['/p/-x', { kind: 'unknown' }],
    ['/p/a%20b', { kind: 'unknown' }],
    ['/p/bitnet/runs/0', { kind: 'unknown' }],
    ['/p/bitnet/runs/1e3', { kind: 'unknown' }],
    ['/p/bitnet/trends/1', { kind: 'unknown' }],
    ['/p/bitnet/runs/1/2', { kind: 'unknown' }],
    ['/settings', { kind: 'unknown' }],
  ])('%s', (path, page) => {
    expect(read_path(path)).toEqual(page);
  });

  it('are readable and escaped', () => {
    expect(series_path('p', [1, 2])).toBe('/p/p/trends?series=1,2');
    expect(trends_path('p', { case: 'a&b=c d', metric: '', x: undefined })).toBe(
      '/p/p/trends?case=a%26b%3Dc%20d',
    );
    expect(runs_path('p')).toBe('/p/p/runs');
  });
});

test.each([
  ['/p/a/regressions/12', { kind: 'regression', project: 'a', regression: 12 }],
  ['/p/a/regressions/x', { kind: 'unknown' }],
  ['/p/a/quarantine', { kind: 'quarantine', project: 'a' }],
  ['/p/a/quarantine/1', { kind: 'unknown' }],
  ['/p/a/accuracy', { kind: 'accuracy', project: 'a' }],
])('%s is a page, or none', (path, page) => {
  expect(read_path(path)).toEqual(page);
});
