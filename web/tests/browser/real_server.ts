// Starts the built server with an empty database and uploads reports to it.

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = resolve(
  process.env['PERFTREND_SERVER_BIN'] ??
    fileURLToPath(new URL('../../../build/release/bin/perftrend-server', import.meta.url)),
);

/** Time limit of the start. */
const start_ms_max = 20_000;
const stop_ms_max = 10_000;

export interface RealServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((ready, failed) => {
    let output = '';
    const timer = setTimeout(
      () => failed(new Error(`the server did not come up; its output: ${output}`)),
      start_ms_max,
    );
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /listening on (http:\/\/\S+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      ready(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', (code) => {
      clearTimeout(timer);
      failed(new Error(`the server ended with ${code ?? 'a signal'}; its output: ${output}`));
    });
    child.on('error', failed);
  });
}

export async function start_real_server(): Promise<RealServer> {
  if (!existsSync(binary)) {
    throw new Error(`no server at ${binary}: build it first (./dev build), or set PERFTREND_SERVER_BIN`);
  }
  const directory = await mkdtemp(join(tmpdir(), 'perftrend-web-'));
  const child = spawn(binary, ['serve', '--db', join(directory, 'x.db'), '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const clean = async () => {
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), stop_ms_max);
    await ended;
    clearTimeout(hard);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    return { url: await listening(child), stop: clean };
  } catch (cause) {
    await clean();
    throw cause;
  }
}

export interface RunReport {
  readonly branch: string;
  readonly testbed: string;
  readonly commit: string;
  readonly at: Date;
  readonly suspect?: string;
  /** the value relative to the usual level of the metric and prompt */
  readonly factor: (metric: string, prompt: number) => number;
}

/** Prefill of the longest prompt is `slowdown` times the usual; `wobble` (-1 … 1) varies all values a little. */
export const slowdown_factor =
  (slowdown: number, wobble: number): RunReport['factor'] =>
  (metric, prompt) =>
    (metric === 'prefill_ms' && prompt === 2 ? slowdown : 1) *
    (1 + 0.006 * wobble * (prompt % 2 === 0 ? 1 : -1));

/** A report in the dialect of schema/junit.md. */
export function report_xml(run: RunReport): string {
  const usual = { tokenize_ms: [0.21, 0.32, 0.62], prefill_ms: [10.1, 19.3, 54.6] };
  const shares = [-0.004, -0.001, 0, 0.002, 0.006];
  const measures = Object.entries(usual).flatMap(([metric, levels]) =>
    levels.map((level, prompt) => {
      const value = level * run.factor(metric, prompt);
      const samples = shares.map((share) => (value * (1 + share)).toFixed(6)).join(' ');
      return `<property name="${metric}[Prompt ${prompt}]" value="${samples}"/>`;
    }),
  );
  const suspect =
    run.suspect === undefined ? '' : `<property name="perftrend.suspect" value="${run.suspect}"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="perftrend" tests="2" failures="0" errors="0" skipped="0" time="1.2">
  <testsuite name="batch_prefill" tests="2" failures="0" errors="0" skipped="0" time="1.2" timestamp="${run.at.toISOString()}" hostname="nightly-01">
    <properties>
      <property name="perftrend.schema" value="1"/>
      <property name="perftrend.testbed" value="${run.testbed}"/>
      <property name="perftrend.branch" value="${run.branch}"/>
      <property name="perftrend.commit" value="${run.commit}"/>
      ${suspect}
      <property name="environment.cpu_model" value="AMD EPYC 7B13"/>
      <property name="environment.cores" value="4"/>
    </properties>
    <testcase name="functional" classname="batch_prefill.reference" time="0.1"/>
    <testcase name="performance_consistency" classname="batch_prefill.reference" time="1.1">
      <properties>
        ${measures.join('\n        ')}
      </properties>
      <system-err>PERF-WARNING: Prompt 2 tokenize time 23.10ms is unusual</system-err>
    </testcase>
  </testsuite>
</testsuites>
`;
}

export interface Uploaded {
  readonly id: number;
  readonly points: number;
  readonly findings: readonly { readonly verdict: string }[];
}

export async function upload(server: RealServer, project: string, xml: string): Promise<Uploaded> {
  const response = await fetch(`${server.url}/api/v1/projects/${project}/runs`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/xml' },
    body: xml,
  });
  if (response.status !== 201)
    throw new Error(`upload answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Uploaded;
}
