// What a nightly CI sends, against the built server: a new build for each run, a new machine, a slower pull request.

import { start_real_server, type RealServer } from './real_server';
import { broken_accessibility_rules } from './check_axe';
import { expect, expect_no_sideways_scroll, test, wait_for_page } from './check_page';

const project = 'engine';
const runs = 30;
const new_machine = 20;
const day_ms = 86_400_000;
let server: RealServer;
let pull_run = 0;

interface CiRun {
  readonly branch: string;
  readonly commit: string;
  readonly at_ms: number;
  readonly factor: number;
  /** further factor of one of the cases */
  readonly slower?: number;
  readonly machine: string;
  readonly build: string;
  readonly base_commit?: string;
}

async function send(run: CiRun): Promise<number> {
  const facts = {
    'environment.cpu_model': run.machine,
    'environment.engine_build': run.build,
    'perftrend.testbed': 'box-1',
  };
  const properties = Object.entries(facts).map(
    ([name, value]) => `<property name="${name}" value="${value}"/>`,
  );
  const cases = [16, 64, 256].map((length) => {
    const value = length * run.factor * (length === 64 ? (run.slower ?? 1) : 1);
    return `<testcase classname="prefill" name="prompt_${length}"><properties><property name="prefill_ms" value="${value}"/></properties></testcase>`;
  });
  const query = new URLSearchParams({
    branch: run.branch,
    commit: run.commit,
    started_at: new Date(run.at_ms).toISOString(),
    ...(run.base_commit === undefined ? {} : { base_branch: 'main', base_commit: run.base_commit }),
  });
  const answer = await fetch(`${server.url}/api/v1/projects/${project}/runs?${query}`, {
    method: 'POST',
    body: `<testsuites><testsuite name="perf"><properties>${properties.join('')}</properties>${cases.join('')}</testsuite></testsuites>`,
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: number }).id;
}

test.beforeAll(async () => {
  server = await start_real_server();
  const last_ms = Date.now() - 3 * 3_600_000;
  for (let run = 0; run < runs; run++) {
    const noise = 1 + 0.004 * (((run * 7) % 11) / 5.5 - 1);
    await send({
      branch: 'main',
      commit: `main${run}`,
      at_ms: last_ms - (runs - 1 - run) * day_ms,
      factor: noise * (run >= new_machine ? 1.12 : 1),
      machine: run >= new_machine ? 'Intel Xeon 8370C' : 'AMD EPYC 7763',
      build: `b${6000 + run}`,
    });
  }
  pull_run = await send({
    branch: 'pull/7',
    commit: 'head7',
    at_ms: last_ms + 3_600_000,
    factor: 1.12,
    slower: 1.3,
    machine: 'Intel Xeon 8370C',
    build: 'b7000',
    base_commit: `main${runs - 1}`,
  });
});
test.afterAll(() => server.stop());

test('new builds are marked below the plot, and the card names the old and the new one', async ({ page }) => {
  await page.goto(`${server.url}/p/${project}/trends?metric=prefill_ms&case=prompt_16`);
  await expect(page.locator('.panel')).toHaveCount(1);
  const box = await page.locator('.u-over').boundingBox();
  if (box === null) throw new Error('no plot');
  const card = page.locator('.point-card');
  // The strip between the plot and its X axis.
  await page.mouse.move(box.x + box.width - 12, box.y + box.height + 10);
  await expect(card).toContainText(`engine_build b${6000 + runs - 2} → b${6000 + runs - 1}`);
  await page.mouse.move(box.x + box.width / 2, box.y - 40);
  await expect(card).toHaveCount(0);
  // By keyboard.
  await page.locator('.chart').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(card).toContainText('engine_build b6000 → b6001');
  await page.getByText('Points as a table').click();
  await expect(page.locator('.table-view tbody tr').first()).toContainText(`→ b${6000 + runs - 1}`);
});

test('a change of the environment is explained with its effect', async ({ page }) => {
  await page.goto(`${server.url}/p/${project}/trends?metric=prefill_ms&case=prompt_16`);
  await expect(page.locator('.panel')).toHaveCount(1);
  await page.locator('.chart').focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < new_machine; step++) await page.keyboard.press('ArrowRight');
  await expect(page.locator('.point-card')).toContainText(/environment changed: \+1[12] %/);
  await page.getByText('Points as a table').click();
  const row = page.locator('.table-view tbody tr').nth(runs - 1 - new_machine);
  await expect(row).toContainText(/environment changed: \+1[12] %/);
});

for (const width of [1400, 390]) {
  test(`a pull request begins with the comparison to its base, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(`${server.url}/p/${project}/runs/${pull_run}`);
    await wait_for_page(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'pull/7: 1 series regressed against main',
    );
    const changed = page.getByRole('region', { name: 'Changed against main' }).last();
    await expect(changed.locator('tbody tr')).toHaveCount(1);
    await expect(changed).toContainText('prompt_64');
    await expect(changed).toContainText('+30 %');
    await expect_no_sideways_scroll(page);
    expect(await broken_accessibility_rules(page)).toEqual([]);
    await page.getByRole('link', { name: 'Compare all series' }).click();
    await expect(page.getByRole('region', { name: 'Series of both sides' }).locator('tbody tr')).toHaveCount(
      3,
    );
    await expect(page.getByLabel('Base', { exact: true })).toHaveValue('main');
    await expect_no_sideways_scroll(page);
  });
}

test('branch rows, runs and commits link to comparisons', async ({ page, console_log }) => {
  console_log.expected.push(/status of 404/);
  await page.goto(`${server.url}/p/${project}`);
  await page.getByRole('link', { name: 'compare with main' }).click();
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText('pull/7 against main');
  await page.goto(`${server.url}/p/${project}/runs`);
  await page.getByRole('link', { name: `with main${runs - 2}`, exact: true }).click();
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText(
    `main${runs - 1} against main${runs - 2}`,
  );
  await page.goto(`${server.url}/p/${project}/compare`);
  await expect(page.getByLabel('Base', { exact: true })).toHaveValue('main');
  await page.getByLabel('Head', { exact: true }).fill('not/there');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText(
    "head is not a branch, commit or run of this project: 'not/there'",
  );
});
