// The built server with real uploads: fifteen usual nightly runs, one of them on a busy machine, then three 40 % slower.

import {
  start_real_server,
  report_xml,
  slowdown_factor,
  upload,
  type RealServer,
  type Uploaded,
} from './real_server';
import { broken_accessibility_rules } from './check_axe';
import { expect, expect_no_sideways_scroll, low_contrast_texts, test, wait_for_page } from './check_page';

const project = 'bitnet';
const day_ms = 86_400_000;
const usual_runs = 15;
const slow_runs = 3;
const busy_run = 12;
const slow_commit = '5105105105105105105105105105105105105105';

let server: RealServer;
let slow: Uploaded;
let busy: Uploaded;

test.beforeAll(async () => {
  server = await start_real_server();
  const newest_ms = Date.now() - 4 * 3_600_000;
  for (let run = 0; run < usual_runs + slow_runs; run++) {
    const is_slow = run >= usual_runs;
    const uploaded = await upload(
      server,
      project,
      report_xml({
        branch: 'main',
        testbed: 'nightly-epyc-01',
        commit: run === usual_runs ? slow_commit : String(run + 10).repeat(20),
        at: new Date(newest_ms - (usual_runs + slow_runs - 1 - run) * day_ms),
        factor: slowdown_factor(is_slow ? 1.4 : run === busy_run ? 2.5 : 1, ((run * 7) % 11) / 5.5 - 1),
        ...(run === busy_run ? { suspect: 'load 9.8 on 4 cores during the run' } : {}),
      }),
    );
    if (run === usual_runs) slow = uploaded;
    if (run === busy_run) busy = uploaded;
  }
});
test.afterAll(() => server.stop());

async function server_regressions(): Promise<readonly { readonly id: number }[]> {
  const answer = await fetch(`${server.url}/api/v1/projects/${project}/regressions?state=all&direction=both`);
  return ((await answer.json()) as { regressions: { id: number }[] }).regressions;
}

test('the overview shows the open regression', async ({ page }) => {
  await page.goto(server.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^[1-9]\d* open regressions?$/);
  const finding = page.locator('.finding').first();
  await expect(finding).toContainText('Prompt 2');
  await expect(finding).toContainText('prefill_ms');
  await expect(finding).toContainText(/\+(39|40|41) %/);
  await expect(finding).toContainText(slow_commit.slice(0, 9));
  await expect(finding).toContainText('confirmed');
  await expect(page.getByText('1 regression', { exact: true })).toBeVisible();
});

test('a regression links to its trend, where the run is flagged and explained', async ({ page }) => {
  await page.goto(server.url);
  await page.locator('.finding-name').first().click();
  await expect(page).toHaveURL(/\/p\/bitnet\/trends\?series=\d+$/);
  await expect(page.locator('.panel')).toHaveCount(1);
  await expect(page.locator('.panel-state')).toContainText('regressed');
  await expect(page.locator('.disclosure p').first()).toContainText(/\d/);
  await page.getByText('Points as a table').click();
  const rows = page.locator('.table-view tbody tr');
  await expect(rows).toHaveCount(usual_runs + slow_runs);
  await expect(rows.first()).toContainText('regressed');
  await expect(rows.nth(usual_runs + slow_runs - 1 - busy_run)).toContainText('suspect');
  await expect(rows.filter({ hasText: 'regressed' })).toHaveCount(slow_runs);
});

test('tokenize and prefill of every prompt are plotted by default', async ({ page }) => {
  await page.goto(`${server.url}/p/${project}/trends`);
  await expect(page.locator('.panel')).toHaveCount(6);
  await expect(page.locator('.metric-group > h2 code')).toHaveText(['tokenize_ms', 'prefill_ms']);
  await expect(page.locator('.chart canvas')).toHaveCount(6);
  // The plot is not blank: its canvas holds the colours of points and of the flag.
  const colours = await page
    .locator('.chart canvas')
    .last()
    .evaluate((canvas: HTMLCanvasElement) => {
      const context = canvas.getContext('2d');
      const bytes = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let red = 0;
      let blue = 0;
      for (let i = 0; i < bytes.length; i += 4) {
        const [r = 0, g = 0, b = 0, a = 0] = [bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]];
        if (a > 200 && r > 170 && g < 80 && b < 80) red++;
        if (a > 200 && b > 190 && r < 90) blue++;
      }
      return { red, blue };
    });
  expect(colours.red).toBeGreaterThan(20);
  expect(colours.blue).toBeGreaterThan(40);
});

test('hovering shows time, commit, run, value, baseline, effect and verdict; a click explains the point', async ({
  page,
}) => {
  await page.goto(`${server.url}/p/${project}/trends?metric=prefill_ms&case=Prompt 2`);
  await expect(page.locator('.panel')).toHaveCount(1);
  const plot = page.locator('.u-over');
  const box = await plot.boundingBox();
  if (box === null) throw new Error('no plot');
  const slow_x = box.x + 12 + ((box.width - 24) * usual_runs) / (usual_runs + slow_runs - 1);
  await page.mouse.move(slow_x, box.y + box.height / 2);
  const card = page.locator('.point-card');
  await expect(card).toContainText('regressed');
  await expect(card).toContainText(/\+(39|40|41) %/);
  await expect(card).toContainText(slow_commit.slice(0, 9));
  await expect(card).toContainText(`#${slow.id}`);
  await expect(card).toContainText(/76\.\d+ ± 0\.\d+ ms/);
  await expect(card).toContainText('baseline');
  await expect(card).toContainText(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(card).not.toContainText('regressed');
  await page.mouse.move(slow_x, box.y + box.height / 2);
  await page.mouse.click(slow_x, box.y + box.height / 2);
  const selected = page.getByRole('region', { name: `Explanation of run ${slow.id}` });
  await expect(selected).toContainText(/76\.\d+ ms ± 0\.\d+ ms \(median and MAD of 5 samples\)/);
  for (const fact of ['rule', 'baseline', 'band', 'effect', 'needed for a finding', 'policy']) {
    await expect(selected.locator('dt', { hasText: fact }).first()).toBeVisible();
  }
  await expect(selected.locator('.judgement')).toContainText('p < 0.0001');
  const [regression] = await server_regressions();
  await expect(selected.getByRole('link', { name: `regression ${regression?.id}` })).toBeVisible();
  await selected.getByRole('link', { name: `#${slow.id}` }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Run #${slow.id}`);
  // A usual point is explained too and has no regression.
  await page.goBack();
  await plot.click({ position: { x: box.width * 0.6, y: box.height / 2 } });
  const usual = page.locator('.selected-point');
  await expect(usual.locator('.judgement')).toContainText('inside the band');
  await expect(usual.getByRole('link', { name: /regression/ })).toHaveCount(0);
  await usual.getByRole('button', { name: 'Close' }).click();
  await expect(page).not.toHaveURL(/point=/);
});

test('a zoom is part of the address, survives a reload, and can be reset', async ({ page }) => {
  await page.goto(`${server.url}/p/${project}/trends?metric=prefill_ms`);
  await expect(page.locator('.panel')).toHaveCount(3);
  const box = await page.locator('.u-over').first().boundingBox();
  if (box === null) throw new Error('no plot');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + 60, { steps: 6 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=[^&]+&to=/);
  const zoomed = page.url();
  await page.reload();
  await expect(page).toHaveURL(zoomed);
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeVisible();
  await page.goBack();
  await expect(page).not.toHaveURL(/from=/);
  await page.goForward();
  await page.getByRole('button', { name: 'Reset zoom' }).click();
  await expect(page).not.toHaveURL(/from=/);
});

test('the slow run shows its finding and offers the uploaded file', async ({ page, request }) => {
  await page.goto(`${server.url}/p/${project}/runs`);
  const rows = page.getByRole('region', { name: 'Runs' }).locator('tbody tr');
  await expect(rows).toHaveCount(usual_runs + slow_runs);
  await expect(rows.nth(slow_runs - 1)).toContainText('1 regressed');
  await expect(rows.nth(usual_runs + slow_runs - 1 - busy_run)).toContainText('suspect');
  await page.getByRole('link', { name: `#${slow.id}`, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Run #${slow.id}`);
  await expect(page.locator('.finding')).toHaveCount(1);
  await expect(page.locator('.finding')).toContainText('prefill_ms');
  await expect(page.locator('.finding-text')).toContainText(/\w+/);
  await expect(page.getByText('PERF-WARNING: Prompt 2 tokenize time 23.10ms is unusual')).toBeVisible();
  await page.getByText(/^Environment/).click();
  await expect(page.getByText('AMD EPYC 7B13')).toBeVisible();
  const points = page.getByRole('region', { name: 'Points', exact: true }).locator('tbody tr');
  await expect(points.filter({ hasText: 'prefill_ms' })).toHaveCount(3);
  await expect(points.filter({ hasText: 'prefill_ms' }).first().locator('.strip circle')).toHaveCount(5);
  await page.getByRole('button', { name: 'passed 2' }).click();
  await expect(page.getByRole('region', { name: 'Cases', exact: true }).locator('tbody tr')).toHaveCount(2);
  const href = await page.getByRole('link', { name: 'JUnit file' }).getAttribute('href');
  const junit = await request.get(server.url + (href ?? ''));
  expect(await junit.text()).toContain(slow_commit);
});

test('the run on a busy machine is suspect and has no findings', async ({ page }) => {
  await page.goto(`${server.url}/p/${project}/runs/${busy.id}`);
  await expect(page.getByText('Suspect run: the machine was not quiet.')).toBeVisible();
  await expect(page.getByText('load 9.8 on 4 cores during the run')).toBeVisible();
  await expect(page.locator('.finding')).toHaveCount(0);
});

test('regressions are listed by state', async ({ page }) => {
  await page.goto(`${server.url}/p/${project}/regressions`);
  await expect(page.locator('.finding')).toHaveCount(1);
  await expect(page.locator('.finding')).toContainText('Prompt 2');
  await expect(page.locator('.finding-text')).toContainText(/last good/);
  await page.getByRole('button', { name: 'dismissed' }).click();
  await expect(page).toHaveURL(/state=dismissed/);
  await expect(page.getByText('No findings match these filters.')).toBeVisible();
});

test('a regression is acknowledged, dismissed and reopened, with a history', async ({
  page,
  console_log,
}) => {
  console_log.expected.push(/status of 400/);
  await page.goto(`${server.url}/p/${project}/regressions`);
  await page.locator('.finding-state a').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Regression \d+$/);
  await expect(page.locator('.judgement')).toContainText('outside the band: this point alone is enough');
  await expect(page.locator('.judgement')).toContainText('needed for a finding');
  await page.getByLabel('Note').fill('the new sampler');
  await page.getByLabel('Link').fill('https://example.org/1');
  await page.getByLabel('Assignee').fill('alice');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  const history = page.getByRole('region', { name: 'History of this finding' });
  await expect(history.locator('tbody tr')).toHaveCount(3);
  await expect(history).toContainText('the new sampler');
  await expect(page.locator('.chip').first()).toContainText('acknowledged');
  await page.getByLabel('Link').fill('javascript:alert(1)');
  await page.getByRole('button', { name: 'Comment' }).click();
  await expect(page.getByRole('alert')).toContainText('http');
  await page.getByLabel('Link').fill('');
  await page.getByLabel('Dismiss as').selectOption('expected');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.locator('.chip').first()).toContainText('dismissed');
  await page.getByRole('button', { name: 'Reopen' }).click();
  await expect(page.locator('.chip').first()).toContainText('confirmed');
  await expect(history.locator('tbody tr')).toHaveCount(5);
});

test('a quarantined case shows its noise, is renewed and ended, and is added by hand', async ({
  page,
  console_log,
}) => {
  console_log.expected.push(/status of 400/);
  const name = {
    suite: 'batch_prefill',
    classname: 'batch_prefill.reference',
    name: 'performance_consistency[Prompt 0]',
  };
  const entered = await fetch(`${server.url}/api/v1/projects/${project}/quarantine`, {
    method: 'POST',
    body: JSON.stringify({ case: name, reason: 'new timing', owner: 'alice', expires_at: '2026-01-31' }),
  });
  expect(entered.status).toBe(201);
  await page.goto(`${server.url}/p/${project}/quarantine`);
  const entry = page.locator('.entry');
  await expect(entry).toContainText('Prompt 0');
  await expect(entry).toContainText('expired');
  await expect(entry.locator('tbody tr').first()).toContainText('%');
  await entry.getByText('Renew or end').click();
  await entry.getByLabel('Expires').fill('2099-01-31');
  await entry.getByRole('button', { name: 'Renew' }).click();
  await expect(entry).toContainText('expires 2099-01-31');
  await entry.getByText('Renew or end').click();
  await entry.getByRole('button', { name: 'End the quarantine' }).click();
  await expect(page.getByText('No case is in quarantine.')).toBeVisible();
  // Added by hand.
  await page.getByText('Add a case to quarantine').click();
  await page.getByRole('searchbox', { name: 'Find case' }).fill('Prompt 1');
  const add = page.getByRole('button', { name: 'Add to quarantine' });
  await expect(page.getByRole('combobox', { name: 'Case' })).toHaveValue(/Prompt 1/);
  await expect(add).toBeDisabled();
  await page.getByLabel('Reason').fill('a shaky fan');
  await page.getByLabel('Owner').fill('bob');
  await page.getByLabel('Expires').fill('someday');
  await add.click();
  await expect(page.getByRole('alert')).toContainText('2027-03-31');
  await page.getByLabel('Expires').fill('2099-01-31');
  await add.click();
  await expect(entry).toContainText('a shaky fan');
  await expect(entry).toContainText('by hand');
  await entry.getByText('Renew or end').click();
  await entry.getByRole('button', { name: 'End the quarantine' }).click();
  await expect(page.getByText('No case is in quarantine.')).toBeVisible();
});

test('a policy is rejected with the position of its error, tried, saved, and active', async ({
  page,
  console_log,
}) => {
  console_log.expected.push(/status of 400/, /status of 409/);
  await page.goto(`${server.url}/p/${project}/policies`);
  const metrics = page.getByRole('region', { name: 'Effective policy of each metric' });
  const prefill = metrics.locator('tbody tr', { hasText: 'prefill_ms' });
  await expect(prefill).toContainText('5.0 %');
  await expect(page.getByText('No rules. The defaults apply to all metrics.')).toBeVisible();
  const rules = page.getByRole('textbox', { name: 'Rules' });
  const wrong = '[[policy]]\nmetric = "prefill_*"\nminimum_effect = "much"\n';
  await rules.fill(wrong);
  await page.getByRole('button', { name: /^Save as version 1$/ }).click();
  await expect(page.getByRole('alert')).toContainText('policy:3:18: minimum_effect must be a number');
  await page.getByRole('button', { name: 'Go to error' }).click();
  expect(
    await rules.evaluate((area: HTMLTextAreaElement) =>
      area.value.slice(area.selectionStart, area.selectionEnd),
    ),
  ).toBe('"much"');
  await rules.fill('[[policy]]\nmetric = "prefill_*"\nminimum_effect = 0.9\n');
  await page.getByRole('button', { name: 'Dry run' }).click();
  const tried = page.getByRole('region', { name: 'Dry run' });
  await expect(tried).toContainText('Dry run over the last 30 days');
  const confirmed = tried.locator('tr', { hasText: 'confirmed regressions' });
  await expect(confirmed.locator('td')).toHaveText(['confirmed regressions', '1', '0', '−1']);
  await rules.press('End');
  await rules.pressSequentially(' ');
  await expect(tried).toContainText('Start the dry run again');
  await page.getByLabel('Reason').fill('the sampler is being rewritten');
  // Another user has saved a version: it is not overwritten.
  const other = await fetch(`${server.url}/api/v1/projects/${project}/policies`, {
    method: 'PUT',
    body: JSON.stringify({ toml: '[[policy]]\nwindow_points = 40\n' }),
  });
  expect(other.status).toBe(200);
  await page.getByRole('button', { name: /^Save as version 1$/ }).click();
  await expect(page.getByRole('alert')).toContainText(/version is 1, not 0/);
  await page.reload();
  await expect(rules).toHaveValue('[[policy]]\nwindow_points = 40\n');
  await rules.fill('[[policy]]\nmetric = "prefill_*"\nminimum_effect = 0.3\n');
  await page.getByLabel('Reason').fill('the sampler is being rewritten');
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await expect(page.getByText('version 2 is active')).toBeVisible();
  await expect(prefill).toContainText('30 %');
  await expect(page.getByRole('region', { name: 'Rules', exact: true })).toContainText('minimum effect 30 %');
  const versions = page.locator('.entries > li');
  await expect(versions).toHaveCount(2);
  await expect(versions.first()).toContainText('the sampler is being rewritten');
  await expect(versions.first()).toContainText('by local');
});

test('the accuracy page shows its figures', async ({ page }) => {
  await page.goto(`${server.url}/p/${project}/accuracy`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Accuracy');
  await expect(page.locator('.figure')).toHaveCount(4);
});

test('a long trend in a narrow window loads fewer points, but every flagged one', async ({ page }) => {
  test.setTimeout(180_000); // each upload is durable, and the disk may be busy
  const points = 1300;
  const busy_runs = [300, 900];
  const report = (run: number) => {
    const value = 100 + ((run * 37) % 23) / 10 + (run > points - 3 ? 40 : 0);
    const suspect = busy_runs.includes(run)
      ? '<properties><property name="perftrend.suspect" value="busy"/></properties>'
      : '';
    return `<testsuite name="s">${suspect}<testcase name="c"><properties><property name="step_ms" value="${value}"/></properties></testcase></testsuite>`;
  };
  const start_ms = Date.now() - points * 600_000;
  const send = async (run: number) => {
    const at = new Date(start_ms + run * 600_000).toISOString();
    const address = `${server.url}/api/v1/projects/long/runs?branch=main&testbed=t&started_at=${at}`;
    const answer = await fetch(address, { method: 'POST', body: report(run) });
    expect(answer.status).toBe(201);
  };
  for (let run = 1; run <= points; run++) await send(run);
  await page.setViewportSize({ width: 120, height: 700 });
  const answer = page.waitForResponse((each) => each.url().includes('points_max=1024'));
  await page.goto(`${server.url}/p/long/trends?metric=step_ms&last=10000`);
  const { trends } = (await (await answer).json()) as {
    trends: {
      points: { run: number[]; verdict: string[] };
      downsampled: { points: number; index: number[] } | null;
    }[];
  };
  const [trend] = trends;
  expect(trend?.downsampled?.points).toBe(points);
  expect(trend?.points.run.length).toBeLessThan(points);
  expect(trend?.points.verdict.filter((verdict) => verdict === 'suspect')).toHaveLength(busy_runs.length);
  const chart = page.getByRole('group', { name: /^step_ms/ });
  await expect(chart).toHaveAttribute('aria-label', /, 1,300 points\./);
  await expect(page.locator('.panel-state')).toContainText('regressed');
  await chart.focus();
  await page.keyboard.press('End');
  await expect(page.locator('.point-card')).toContainText('regressed');
  const all = page.waitForResponse((each) => /\/api\/.*\/trends\?(?!.*points_max)/.test(each.url()));
  await page.getByText('Points as a table').click();
  await all;
  await expect(page.getByRole('button', { name: 'Show older points (1,250 more)' })).toBeVisible();
});

test('the project page lists its series and marks the regressed one', async ({ page }) => {
  await page.goto(`${server.url}/p/${project}?metric=prefill_ms`);
  const rows = page.getByRole('region', { name: 'Series' }).locator('tbody tr');
  await expect(rows).toHaveCount(3);
  // Reopened by hand in an earlier test, which confirms it.
  await expect(rows.filter({ hasText: 'confirmed' })).toHaveCount(1);
  await expect(rows.filter({ hasText: 'confirmed' })).toContainText('Prompt 2');
});

test('a project whose name contains a dot has pages', async ({ page }) => {
  const run = { branch: 'main', testbed: 't', commit: 'c', at: new Date(), factor: () => 1 };
  await upload(server, 'llama.cpp', report_xml(run));
  const answer = await page.goto(`${server.url}/p/llama.cpp`);
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('llama.cpp: All OK');
});

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`every page at ${width} px in ${theme}: deep links, no sideways scroll, every text readable`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 844 });
      const base = `/p/${project}`;
      for (const path of [
        '/',
        base,
        `${base}/trends`,
        `${base}/runs`,
        `${base}/runs/${slow.id}`,
        `${base}/runs/${busy.id}`,
        `${base}/regressions`,
        `${base}/regressions/1`,
        `${base}/quarantine`,
        `${base}/policies`,
        `${base}/accuracy`,
        `${base}/compare`,
        `${base}/compare?base=main&head=${slow.id}&head_kind=run`,
        `${base}/settings`,
        '/nowhere',
      ]) {
        const answer = await page.goto(server.url + path);
        expect(answer?.status(), path).toBe(200);
        expect(answer?.headers()['content-security-policy'], path).toContain("default-src 'none'");
        await wait_for_page(page);
        await expect_no_sideways_scroll(page);
        expect(await low_contrast_texts(page), path).toEqual([]);
        expect(await broken_accessibility_rules(page), path).toEqual([]);
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      }
    });
  }
}
