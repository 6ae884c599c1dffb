import { describe, expect, it, test } from 'vitest';
import type { ProjectStatus } from '../api';
import { default_lane, default_metrics } from './default_series';

const lane = (testbed: string, branch: string) => ({ testbed, branch }) as ProjectStatus['lanes'][number];

describe('the default selection', () => {
  it('is the newest lane of main or master, else the newest lane', () => {
    expect(default_lane({ lanes: [lane('b', 'try'), lane('a', 'main')] })?.testbed).toBe('a');
    expect(default_lane({ lanes: [lane('b', 'try')] })?.branch).toBe('try');
    expect(default_lane({ lanes: [] })).toBeUndefined();
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
