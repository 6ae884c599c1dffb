// States that are hard to create with a real server, served by the fixture server.

import { readFile } from 'node:fs/promises';
import { start_fixture_server, type FixtureServer } from '../fixtures/server';
import { calm_world, empty_world, failing_world, large_world, nightly_world } from '../fixtures/worlds';
import type { World } from '../fixtures/world';
import { expect, expect_no_sideways_scroll, low_contrast_texts, test, wait_for_page } from './check_page';

let server: FixtureServer;
const serve = async (world: World, token?: string) => {
  server = await start_fixture_server(token === undefined ? { world } : { world, token });
};
test.afterEach(() => server.stop());

const now_ms = Date.now();

test('an empty server explains the first upload', async ({ page }) => {
  await serve(empty_world);
  await page.goto(server.url);
  await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible();
  await expect(page.locator('pre').first()).toContainText(
    `curl --data-binary @junit.xml "${server.url}/api/v1/projects/`,
  );
});

test('a project without problems is OK', async ({ page }) => {
  await serve(calm_world(now_ms));
  await page.goto(server.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All OK');
  await expect(page.locator('.headline')).toContainText('no open regressions');
  await expect(page).toHaveTitle('Overview · perftrend');
});

test('a failed case is a problem', async ({ page }) => {
  await serve(failing_world(now_ms));
  await page.goto(server.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('1 failed case');
  await page.getByRole('link', { name: '#12', exact: true }).click();
  await page.getByRole('button', { name: 'failed 1' }).click();
  await expect(page).toHaveURL(/status=failed$/);
  await expect(page.getByRole('region', { name: 'Cases' }).locator('tbody tr')).toHaveCount(1);
  await expect(page.getByText('expected 3 results, got 2')).toBeVisible();
});

test('overdue and suspect runs are reported', async ({ page }) => {
  await serve(nightly_world(now_ms));
  await page.goto(server.url);
  await expect(page.locator('.headline')).toContainText('1 overdue run');
  await expect(page.locator('.headline')).toContainText('1 suspect run');
  await expect(page.getByText('load 11.4 on 4 cores during the run; 6 others were running')).toBeVisible();
  await page.goto(`${server.url}/p/tokenizer-rs/runs/630`);
  await expect(page.getByText('Suspect run: the machine was not quiet.')).toBeVisible();
});

test('an unreachable server is reported, and a retry works', async ({ page, console_log }) => {
  console_log.expected.push(/Failed to load resource/);
  await serve(calm_world(now_ms));
  await page.goto(server.url);
  await wait_for_page(page);
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  await page.getByRole('link', { name: 'llama-bench' }).first().click();
  await expect(page.getByRole('alert')).toContainText('The server is unreachable');
  await page.unroute('**/api/**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('llama-bench: All OK');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a response of a proxy is recognized', async ({ page, console_log }) => {
  console_log.expected.push(/Failed to load resource/);
  await serve(calm_world(now_ms));
  await page.route('**/api/**', (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
  );
  await page.goto(server.url);
  await expect(page.getByRole('alert')).toContainText('Unexpected response (HTTP 502)');
});

test('a token is requested, saved and sent', async ({ page, console_log }) => {
  console_log.expected.push(/Failed to load resource.*401/);
  await serve(calm_world(now_ms), 'pt_right');
  await page.goto(server.url);
  await page.getByLabel('Token').fill('pt_wrong');
  await page.getByRole('button', { name: 'Save token' }).click();
  await expect(page.getByText('The server rejected the saved token.')).toBeVisible();
  await page.getByLabel('Token').fill('pt_right');
  await page.getByRole('button', { name: 'Save token' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All OK');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All OK');
});

test('an action without permission requests another token and loses no input', async ({
  page,
  console_log,
}) => {
  console_log.expected.push(/Failed to load resource.*403/);
  await serve(nightly_world(now_ms));
  const sent: (string | undefined)[] = [];
  await page.route('**/policies', async (route) => {
    if (route.request().method() !== 'PUT') return route.fallback();
    sent.push(route.request().headers()['authorization']);
    const problem = { type: 'about:blank', title: 'Forbidden', status: 403, detail: 'admin is needed' };
    return sent.length === 1
      ? route.fulfill({ status: 403, contentType: 'application/problem+json', json: problem })
      : route.fallback();
  });
  await page.goto(`${server.url}/p/bitnet/policies`);
  await page.getByRole('textbox', { name: 'Rules' }).fill('[[policy]]\nfloor = 1\n');
  await page.getByRole('button', { name: 'Save as version 3' }).click();
  await expect(page.getByRole('alert')).toContainText('admin is needed');
  await page.getByLabel('Token').fill('pt_admin');
  await page.getByRole('button', { name: 'Save token' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Rules' })).toHaveValue('[[policy]]\nfloor = 1\n');
  await page.getByRole('button', { name: 'Save as version 3' }).click();
  await expect.poll(() => sent).toEqual([undefined, 'Bearer pt_admin']);
});

test('a missing project, run and page', async ({ page, console_log }) => {
  console_log.expected.push(/Failed to load resource.*404/);
  await serve(calm_world(now_ms));
  await page.goto(`${server.url}/p/missing`);
  await expect(page.getByRole('alert')).toContainText('No such project');
  await page.goto(`${server.url}/p/llama-bench/runs/99999`);
  await expect(page.getByRole('alert')).toContainText('No such run');
  await page.goto(`${server.url}/settings/unknown`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Page not found');
  await page.getByRole('link', { name: 'All projects' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All OK');
});

test('selected series are compared', async ({ page }) => {
  await serve(nightly_world(now_ms));
  await page.goto(`${server.url}/p/bitnet`);
  await page.getByLabel('Metric').selectOption('tokenize_ms');
  await page.getByRole('combobox', { name: 'Branch' }).selectOption('main');
  await expect(page).toHaveURL(/metric=tokenize_ms&branch=main$/);
  const rows = page.getByRole('region', { name: 'Series' }).locator('tbody tr');
  await expect(rows).toHaveCount(3);
  await rows.nth(0).getByRole('checkbox').check();
  await rows.nth(2).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Show trends' }).click();
  await expect(page).toHaveURL(/\/trends\?series=\d+,\d+$/);
  await expect(page.locator('.panel')).toHaveCount(2);
});

test('the state of the trend page is its address', async ({ page }) => {
  await serve(nightly_world(now_ms));
  await page.goto(`${server.url}/p/bitnet/trends`);
  await expect(page.locator('.panel')).toHaveCount(6);
  await page.getByLabel('Metric').selectOption('prefill_ms');
  await expect(page.locator('.panel')).toHaveCount(3);
  await page.getByLabel('Case').fill('Prompt 2');
  await expect(page.locator('.panel')).toHaveCount(1);
  await page.getByRole('button', { name: 'runs', exact: true }).click();
  await page.getByRole('button', { name: 'from 0' }).click();
  await page.getByLabel('Show last').selectOption('30');
  await expect(page).toHaveURL(/metric=prefill_ms&case=Prompt%202.*last=30&x=runs&y=zero$/);
  await page.reload();
  await expect(page.locator('.panel')).toHaveCount(1);
  await expect(page.getByLabel('Case')).toHaveValue('Prompt 2');
  await expect(page.getByRole('button', { name: 'from 0' })).toHaveAttribute('aria-pressed', 'true');
  await page.goBack();
  await expect(page.getByLabel('Show last')).toHaveValue('90');
});

test('the zoom is the same on both X axes', async ({ page }) => {
  await serve(nightly_world(now_ms));
  await page.goto(`${server.url}/p/bitnet/trends?series=12`);
  const plot = page.locator('.u-over');
  const box = await plot.boundingBox();
  if (box === null) throw new Error('no plot');
  await page.mouse.move(box.x + box.width * 0.6, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=[^&]+Z&to=[^&]+Z$/);
  const zoomed = page.url();
  await page.getByRole('button', { name: 'runs', exact: true }).click();
  await expect(page).toHaveURL(/x=runs&from=/);
  await page.getByRole('button', { name: 'time', exact: true }).click();
  await expect(page).toHaveURL(zoomed);
  await page.locator('.u-over').dblclick();
  await expect(page).not.toHaveURL(/from=/);
  await expect(page).toHaveURL(/\/trends\?series=12$/); // the double click selected no point
});

test('the keyboard walks from point to point and explains one', async ({ page }) => {
  await serve(nightly_world(now_ms));
  await page.goto(`${server.url}/p/bitnet/trends?series=12`);
  await wait_for_page(page);
  const chart = page.getByRole('group', { name: /prefill_ms of batch_prefill/ });
  await chart.focus();
  await page.keyboard.press('End');
  await expect(page.locator('.point-card')).toContainText('#114');
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('.point-card')).toContainText('#113');
  await expect(page.locator('.point-card')).toContainText('regressed');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/point=12:113$/);
  const selected = page.getByRole('region', { name: 'Explanation of run 113' });
  await expect(selected.locator('.judgement')).toContainText('needed for a finding');
  await expect(selected.getByRole('link', { name: /^regression \d+$/ })).toHaveAttribute(
    'href',
    /\/regressions\/\d+$/,
  );
  await page.reload();
  await selected.getByRole('link', { name: '#113' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Run #113');
});

test('the table shows the points of the plot, and the CSV file is downloaded', async ({ page }) => {
  await serve(nightly_world(now_ms));
  await page.goto(`${server.url}/p/bitnet/trends?series=12`);
  await page.getByText('Points as a table').click();
  const first = page.locator('.table-view tbody tr').first();
  await expect(first).toContainText('#114');
  await expect(first).toContainText('regressed');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  expect((await download).suggestedFilename()).toBe('bitnet-trends.csv');
});

test('10,000 points are drawn and follow the cursor', async ({ page }) => {
  await serve(large_world(now_ms));
  await page.goto(`${server.url}/p/busy/trends?last=10000`);
  await expect(page.locator('.panel')).toHaveCount(2);
  const box = await page.locator('.u-over').first().boundingBox();
  if (box === null) throw new Error('no plot');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(page.locator('.point-card')).toContainText('baseline');
  await page.getByText('Points as a table').click();
  await expect(page.getByRole('button', { name: 'Show older points (9,950 more)' })).toBeVisible();
});

test('a narrow plot loads what it can show of a long trend, and all points when zoomed', async ({ page }) => {
  await serve(large_world(now_ms));
  const requested: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname.endsWith('/trends') && url.pathname.startsWith('/api/'))
      requested.push(url.searchParams.get('points_max') ?? 'all');
  });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/p/busy/trends?last=10000`);
  await wait_for_page(page);
  const chart = page.getByRole('group', { name: /^prefill_ms/ });
  await expect(chart).toHaveAttribute('aria-label', /, 10,000 points\./);
  await expect(page.locator('.axis-unit').last()).toContainText('4 points outside the Y axis');
  expect(requested).toEqual(['5120']);
  // Points are explained as usual.
  await chart.focus();
  await page.keyboard.press('End');
  await expect(page.locator('.point-card')).toContainText('#10000');
  await page.keyboard.press('Escape');
  // A zoom requests all points, once.
  const plot = page.locator('.u-over').last();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (box === null) throw new Error('no plot');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=[^&]+Z&to=[^&]+Z$/);
  await wait_for_page(page);
  expect(requested).toEqual(['5120', 'all']);
  await page.getByRole('button', { name: 'Reset zoom' }).click();
  await page.getByRole('button', { name: 'runs', exact: true }).click();
  await page.getByText('Points as a table').click();
  await expect(page.getByRole('button', { name: 'Show older points (9,950 more)' })).toBeVisible();
  expect(requested).toEqual(['5120', 'all']);
});

const is_whole = (url: string) => /\/api\/.*\/trends\?(?!.*points_max)/.test(url);

test('an omitted point is explained like any other', async ({ page }) => {
  await serve(large_world(now_ms));
  await page.setViewportSize({ width: 390, height: 844 });
  const answer = page.waitForResponse((each) => each.url().includes('points_max'));
  await page.goto(`${server.url}/p/busy/trends?last=10000`);
  const { trends } = (await (await answer).json()) as { trends: { points: { run: number[] } }[] };
  const shown = new Set(trends[1]?.points.run);
  const omitted = Array.from({ length: 10_000 }, (_, i) => i + 1).find((run) => !shown.has(run));
  const all = page.waitForResponse((answer) => is_whole(answer.url()));
  await page.goto(`${server.url}/p/busy/trends?last=10000&point=2:${omitted}`);
  await all;
  const selected = page.getByRole('region', { name: `Explanation of run ${omitted}` });
  await expect(selected.locator('.selected-point-facts').first()).toContainText(
    'median and MAD of 7 samples',
  );
});

test('a wider page loads more of a long trend; the axis of runs loads all points at once', async ({
  page,
}) => {
  await serve(large_world(now_ms));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/p/busy/trends?last=10000`);
  await wait_for_page(page);
  const wider = page.waitForResponse((answer) => is_whole(answer.url()));
  await page.setViewportSize({ width: 1280, height: 800 });
  await wider;
  await page.setViewportSize({ width: 390, height: 844 });
  const first = page.waitForResponse((answer) => /\/api\/.*\/trends\?/.test(answer.url()));
  await page.goto(`${server.url}/p/busy/trends?last=10000&x=runs`);
  expect(is_whole((await first).url())).toBe(true);
});

test('the CSV file of a long trend has every point, and a failed download is reported', async ({
  page,
  console_log,
}) => {
  console_log.expected.push(/Failed to load resource/);
  await serve(large_world(now_ms));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/p/busy/trends?last=10000`);
  await wait_for_page(page);
  await page.route('**/api/**/trends?*', (route) => route.abort('connectionrefused'));
  await page.getByRole('button', { name: 'Download CSV' }).click();
  await expect(page.getByRole('alert')).toContainText('The server is unreachable');
  await page.unroute('**/api/**/trends?*');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  expect(text.trimEnd().split('\r\n')).toHaveLength(1 + 2 * 10_000);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('the theme follows the system until the user selects one, which is saved', async ({ page }) => {
  await serve(calm_world(now_ms));
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(server.url);
  const light = await background();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(background).not.toBe(light);
  await page.getByRole('button', { name: 'Switch to the light theme' }).click();
  await expect.poll(background).toBe(light);
  await page.reload();
  await expect.poll(background).toBe(light);
});

const pages = [
  '/',
  '/p/bitnet',
  '/p/bitnet/trends',
  '/p/bitnet/trends?series=12',
  '/p/bitnet/trends?series=12&point=12:113',
  '/p/bitnet/policies',
  '/p/bitnet/runs',
  '/p/bitnet/runs/112',
  '/p/tokenizer-rs/runs/630',
  '/p/bitnet/regressions?state=all&direction=both',
  '/p/bitnet/regressions/12000',
  '/p/bitnet/quarantine',
  '/p/bitnet/accuracy',
  '/nowhere',
];

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`every page at ${width} px in ${theme}: no sideways scroll, every text readable, one h1`, async ({
      page,
    }) => {
      test.slow(); // a dozen pages in one test
      await serve(nightly_world(now_ms));
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 844 });
      for (const path of pages) {
        await page.goto(server.url + path);
        await wait_for_page(page);
        await expect_no_sideways_scroll(page);
        expect(await low_contrast_texts(page), path).toEqual([]);
        await expect(page.locator('h1'), path).toHaveCount(1);
      }
    });
  }
}
