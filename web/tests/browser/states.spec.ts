// States that are hard to get from a real server, over made-up worlds.

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
  await expect(page.getByRole('heading', { name: 'Nothing measured yet' })).toBeVisible();
  await expect(page.locator('pre').first()).toContainText(
    `curl --data-binary @junit.xml "${server.url}/api/v1/projects/`,
  );
});

test('a quiet night is all right', async ({ page }) => {
  await serve(calm_world(now_ms));
  await page.goto(server.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All right');
  await expect(page.locator('.headline')).toContainText('no open regressions');
  await expect(page).toHaveTitle('Overview · perftrend');
});

test('a failed case is no quiet night', async ({ page }) => {
  await serve(failing_world(now_ms));
  await page.goto(server.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('1 failed case');
  await page.getByRole('link', { name: '#12', exact: true }).click();
  await page.getByRole('button', { name: 'failed 1' }).click();
  await expect(page).toHaveURL(/status=failed$/);
  await expect(page.getByRole('region', { name: 'Cases' }).locator('tbody tr')).toHaveCount(1);
  await expect(page.getByText('expected 3 results, got 2')).toBeVisible();
});

test('missing nights and unfit machines are said', async ({ page }) => {
  await serve(nightly_world(now_ms));
  await page.goto(server.url);
  await expect(page.locator('.headline')).toContainText('1 missing night');
  await expect(page.locator('.headline')).toContainText('1 machine not fit to be judged');
  await expect(page.getByText('load 11.4 on 4 cores during the run; 6 others were running')).toBeVisible();
  await page.goto(`${server.url}/p/tokenizer-rs/runs/630`);
  await expect(page.getByText('The machine was not fit to be judged.')).toBeVisible();
});

test('a server that goes away is said, and coming back is one press', async ({ page, watch }) => {
  watch.expected.push(/Failed to load resource/);
  await serve(calm_world(now_ms));
  await page.goto(server.url);
  await wait_for_page(page);
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  await page.getByRole('link', { name: 'llama-bench' }).first().click();
  await expect(page.getByRole('alert')).toContainText('The server is away');
  await page.unroute('**/api/**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('llama-bench: All right');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('an answer that is not the server speaking is told from one that is', async ({ page, watch }) => {
  watch.expected.push(/Failed to load resource/);
  await serve(calm_world(now_ms));
  await page.route('**/api/**', (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
  );
  await page.goto(server.url);
  await expect(page.getByRole('alert')).toContainText('Unexpected answer (HTTP 502)');
});

test('a server that asks for a token gets one, and keeps getting it', async ({ page, watch }) => {
  watch.expected.push(/Failed to load resource.*401/);
  await serve(calm_world(now_ms), 'pt_right');
  await page.goto(server.url);
  await page.getByLabel('Token').fill('pt_wrong');
  await page.getByRole('button', { name: 'Use it' }).click();
  await expect(page.getByText('It did not take the token this browser holds.')).toBeVisible();
  await page.getByLabel('Token').fill('pt_right');
  await page.getByRole('button', { name: 'Use it' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All right');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All right');
});

test('a deed that this token may not do asks for one that may, and loses nothing', async ({
  page,
  watch,
}) => {
  watch.expected.push(/Failed to load resource.*403/);
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
  await page.getByLabel('Token').fill('pt_keeper');
  await page.getByRole('button', { name: 'Use it' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Rules' })).toHaveValue('[[policy]]\nfloor = 1\n');
  await page.getByRole('button', { name: 'Save as version 3' }).click();
  await expect.poll(() => sent).toEqual([undefined, 'Bearer pt_keeper']);
});

test('no project, no run, no page', async ({ page, watch }) => {
  watch.expected.push(/Failed to load resource.*404/);
  await serve(calm_world(now_ms));
  await page.goto(`${server.url}/p/nobody`);
  await expect(page.getByRole('alert')).toContainText('No such project');
  await page.goto(`${server.url}/p/llama-bench/runs/99999`);
  await expect(page.getByRole('alert')).toContainText('No such run');
  await page.goto(`${server.url}/settings/unknown`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page');
  await page.getByRole('link', { name: 'All projects' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All right');
});

test('series are chosen by ticking and compared', async ({ page }) => {
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
  await page.getByLabel('Newest').selectOption('30');
  await expect(page).toHaveURL(/metric=prefill_ms&case=Prompt%202.*last=30&x=runs&y=zero$/);
  await page.reload();
  await expect(page.locator('.panel')).toHaveCount(1);
  await expect(page.getByLabel('Case')).toHaveValue('Prompt 2');
  await expect(page.getByRole('button', { name: 'from 0' })).toHaveAttribute('aria-pressed', 'true');
  await page.goBack();
  await expect(page.getByLabel('Newest')).toHaveValue('90');
});

test('the same zoom holds by time and run by run', async ({ page }) => {
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
  await expect(page).toHaveURL(/\/trends\?series=12$/); // and the double click opened no run
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
  const chosen = page.getByRole('region', { name: 'The point of run 113' });
  await expect(chosen.locator('.judgement')).toContainText('needed for a flag');
  await expect(chosen.getByRole('link', { name: /^regression \d+$/ })).toHaveAttribute(
    'href',
    /\/regressions\/\d+$/,
  );
  await page.reload();
  await chosen.getByRole('link', { name: '#113' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Run #113');
});

test('the table says what the plot draws, and a file carries it away', async ({ page }) => {
  await serve(nightly_world(now_ms));
  await page.goto(`${server.url}/p/bitnet/trends?series=12`);
  await page.getByText('The same as a table').click();
  const first = page.locator('.table-view tbody tr').first();
  await expect(first).toContainText('#114');
  await expect(first).toContainText('regressed');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  expect((await download).suggestedFilename()).toBe('bitnet-trends.csv');
});

test('10,000 points are drawn and answer the cursor', async ({ page }) => {
  await serve(large_world(now_ms));
  await page.goto(`${server.url}/p/busy/trends?last=10000`);
  await expect(page.locator('.panel')).toHaveCount(2);
  const box = await page.locator('.u-over').first().boundingBox();
  if (box === null) throw new Error('no plot');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(page.locator('.point-card')).toContainText('baseline');
  await page.getByText('The same as a table').click();
  await expect(page.getByRole('button', { name: 'Older: 9,950 points' })).toBeVisible();
});

test('of a long trend a narrow plot asks for what it can show, and for all when looked at closer', async ({
  page,
}) => {
  await serve(large_world(now_ms));
  const asked: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname.endsWith('/trends') && url.pathname.startsWith('/api/'))
      asked.push(url.searchParams.get('points_max') ?? 'all');
  });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/p/busy/trends?last=10000`);
  await wait_for_page(page);
  const chart = page.getByRole('group', { name: /^prefill_ms/ });
  await expect(chart).toHaveAttribute('aria-label', /, 10,000 points\./);
  await expect(page.locator('.axis-unit').last()).toContainText('4 points beyond the scale');
  expect(asked).toEqual(['5120']);
  // Points are explained as ever.
  await chart.focus();
  await page.keyboard.press('End');
  await expect(page.locator('.point-card')).toContainText('#10000');
  await page.keyboard.press('Escape');
  // A zoom wants all of them, once.
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
  expect(asked).toEqual(['5120', 'all']);
  await page.getByRole('button', { name: 'Reset zoom' }).click();
  await page.getByRole('button', { name: 'runs', exact: true }).click();
  await page.getByText('The same as a table').click();
  await expect(page.getByRole('button', { name: 'Older: 9,950 points' })).toBeVisible();
  expect(asked).toEqual(['5120', 'all']);
});

const is_whole = (url: string) => /\/api\/.*\/trends\?(?!.*points_max)/.test(url);

test('a point that was left out is explained like any other', async ({ page }) => {
  await serve(large_world(now_ms));
  await page.setViewportSize({ width: 390, height: 844 });
  const answer = page.waitForResponse((each) => each.url().includes('points_max'));
  await page.goto(`${server.url}/p/busy/trends?last=10000`);
  const { trends } = (await (await answer).json()) as { trends: { points: { run: number[] } }[] };
  const shown = new Set(trends[1]?.points.run);
  const left_out = Array.from({ length: 10_000 }, (_, i) => i + 1).find((run) => !shown.has(run));
  const all = page.waitForResponse((answer) => is_whole(answer.url()));
  await page.goto(`${server.url}/p/busy/trends?last=10000&point=2:${left_out}`);
  await all;
  const chosen = page.getByRole('region', { name: `The point of run ${left_out}` });
  await expect(chosen.locator('.chosen-facts').first()).toContainText('MAD of 7 samples');
});

test('a page that becomes wider shows more of a long trend; runs beside each other are all there at once', async ({
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

test('the file of a long trend holds every point, and a failure to get them is said', async ({
  page,
  watch,
}) => {
  watch.expected.push(/Failed to load resource/);
  await serve(large_world(now_ms));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.url}/p/busy/trends?last=10000`);
  await wait_for_page(page);
  await page.route('**/api/**/trends?*', (route) => route.abort('connectionrefused'));
  await page.getByRole('button', { name: 'CSV' }).click();
  await expect(page.getByRole('alert')).toContainText('The server is away');
  await page.unroute('**/api/**/trends?*');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  expect(text.trimEnd().split('\r\n')).toHaveLength(1 + 2 * 10_000);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('colours follow the system until the reader chooses, and the choice stays', async ({ page }) => {
  await serve(calm_world(now_ms));
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(server.url);
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(ground).not.toBe(light);
  await page.getByRole('button', { name: 'Switch to light colours' }).click();
  await expect.poll(ground).toBe(light);
  await page.reload();
  await expect.poll(ground).toBe(light);
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
