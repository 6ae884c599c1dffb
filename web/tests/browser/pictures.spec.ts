// Takes screenshots of every page, wide and narrow, light and dark. Runs only when a directory is given:
// PERFTREND_PICTURES=DIR npx playwright test pictures

import { mkdirSync } from 'node:fs';
import { test } from '@playwright/test';
import { start_fixture_server, type FixtureServer } from '../fixtures/server';
import { calm_world, empty_world, failing_world, large_world, nightly_world } from '../fixtures/worlds';
import { make_random, type World } from '../fixtures/world';
import { wait_for_page } from './check_page';
import { report_xml, start_real_server, upload } from './real_server';

const directory = process.env['PERFTREND_PICTURES'];
const now_ms = Date.now();
const shots: readonly [name: string, world: () => World, path: string, all_sizes: boolean][] = [
  ['overview', () => nightly_world(now_ms), '/', true],
  ['overview-calm', () => calm_world(now_ms), '/', false],
  ['overview-failing', () => failing_world(now_ms), '/', false],
  ['overview-empty', () => empty_world, '/', true],
  ['project', () => nightly_world(now_ms), '/p/bitnet', true],
  ['trends', () => nightly_world(now_ms), '/p/bitnet/trends', true],
  ['trends-runs', () => nightly_world(now_ms), '/p/bitnet/trends?x=runs&last=365', false],
  ['trend', () => nightly_world(now_ms), '/p/bitnet/trends?series=12', true],
  ['trend-point', () => nightly_world(now_ms), '/p/bitnet/trends?series=12&point=12:113', true],
  ['policies', () => nightly_world(now_ms), '/p/bitnet/policies', true],
  ['trends-large', () => large_world(now_ms), '/p/busy/trends?last=10000', true],
  ['runs', () => nightly_world(now_ms), '/p/bitnet/runs', true],
  ['run', () => nightly_world(now_ms), '/p/bitnet/runs/112', true],
  ['run-suspect', () => nightly_world(now_ms), '/p/tokenizer-rs/runs/630', false],
  ['regressions', () => nightly_world(now_ms), '/p/bitnet/regressions?state=all&direction=both', true],
  ['regression', () => nightly_world(now_ms), '/p/bitnet/regressions/12000', true],
  ['quarantine', () => nightly_world(now_ms), '/p/bitnet/quarantine', true],
  ['accuracy', () => nightly_world(now_ms), '/p/bitnet/accuracy', true],
  ['not-found', () => empty_world, '/p/x/y', false],
  ['missing-project', () => empty_world, '/p/missing', false],
];

for (const [name, world, path, all_sizes] of shots) {
  test(name, async ({ browser }) => {
    if (directory === undefined) return;
    mkdirSync(directory, { recursive: true });
    const server: FixtureServer = await start_fixture_server({ world: world() });
    for (const theme of all_sizes ? (['light', 'dark'] as const) : (['light'] as const)) {
      for (const width of all_sizes ? [1280, 390] : [1280]) {
        const context = await browser.newContext({
          viewport: { width, height: width === 1280 ? 800 : 844 },
          colorScheme: theme,
        });
        const page = await context.newPage();
        await page.goto(server.url + path);
        await page.locator('h1, .notice').first().waitFor();
        await page.waitForLoadState('networkidle');
        for (const summary of await page.getByText(/^(Add a case to quarantine|Quarantine this case)/).all())
          await summary.click();
        await page.waitForLoadState('networkidle');
        if (name === 'trend' && width === 1280) {
          const plot = page.locator('.u-over').first();
          const box = await plot.boundingBox();
          if (box !== null) await page.mouse.move(box.x + box.width - 40, box.y + box.height / 2);
          await page.locator('.point-card').waitFor();
        }
        await page.screenshot({ path: `${directory}/${name}-${width}-${theme}.png`, fullPage: true });
        await context.close();
      }
    }
    await server.stop();
  });
}

/** The picture of the README: sixty runs of the built server; prefill improves, then the longest prompt regresses. */
test('readme', async ({ browser }) => {
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  const server = await start_real_server();
  const random = make_random(5);
  const runs = 60;
  for (let run = 0; run < runs; run++) {
    const level = (metric: string, prompt: number) => {
      if (metric !== 'prefill_ms' || run < 36) return 1;
      return prompt === 2 && run >= runs - 3 ? 1.09 : 0.91;
    };
    const is_busy = run === 20 || run === 46;
    const report = report_xml({
      branch: 'main',
      testbed: 'nightly-epyc-01',
      commit: String(run + 10).repeat(20),
      at: new Date(Date.UTC(2026, 10, 24, 2) - (runs - run) * 86_400_000),
      factor: (metric, prompt) =>
        level(metric, prompt) * (is_busy ? 2 : 1) * (1 + 0.012 * (random() + random() - 1)),
      ...(is_busy ? { suspect: 'load 9.8 on 4 cores during the run' } : {}),
    });
    await upload(server, 'batch_prefill', report);
  }
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: 'light' });
  await page.goto(`${server.url}/p/batch_prefill/trends`);
  await wait_for_page(page);
  await page.screenshot({ path: `${directory}/readme.png` });
  await page.close();
  await server.stop();
});
