import { describe, expect, it, test } from 'vitest';
import type { ProjectStatus } from '../api';
import { default_lane, default_metrics } from './default_series';

const lane = (testbed: string, branch: string) => ({ testbed, branch }) as ProjectStatus['lanes'][number];

describe('the default selection', () => {
  it('is the newest lane of the default branch, else the first lane', () => {
    const default_branch = 'trunk';
    const lanes = [lane('b', 'main'), lane('a', 'trunk')];
    expect(default_lane({ lanes, default_branch })?.testbed).toBe('a');
    expect(default_lane({ lanes: [lane('b', 'try')], default_branch })?.branch).toBe('try');
    expect(default_lane({ lanes: [], default_branch })).toBeUndefined();
  });
  test.each([
    [
      ['duration_ms', 'prefill_ms', 'prompt_tokens', 'tokenize_ms', 'total_ms'],
      ['tokenize_ms', 'prefill_ms'],
    ],
    [['prefill_tokens', 'tokenize_us'], ['tokenize_us']],
    [['duration_ms', 'startup_s', 'rss_bytes'], ['startup_s']],
    [['duration_ms'], ['duration_ms']],
    [[], []],
  ])('of metrics %j is %j', (metrics, selected) => {
    expect(default_metrics(metrics)).toEqual(selected);
  });
});
