// Every correction by mouse, against the built server: what the dialog says before, what the page says after, undo,
// errors of the server, and the token that is required.

import type { Page } from '@playwright/test';
import { report_xml, slowdown_factor, start_real_server, upload, type RealServer } from './real_server';
import { broken_accessibility_rules } from './check_axe';
import { expect, test, wait_for_page } from './check_page';

const day_ms = 86_400_000;
let server: RealServer;

test.beforeAll(async () => {
  server = await start_real_server();
});
test.afterAll(() => server.stop());

interface Filled {
  readonly project: string;
  readonly runs: readonly number[];
}

/** A project of its own for each test: `count` nightly runs of main, two of a branch. */
async function fill(project: string, count = 10): Promise<Filled> {
  const runs: number[] = [];
  for (let run = 0; run < count; run++) {
    const uploaded = await upload(
      server,
      project,
      report_xml({
        branch: 'main',
        testbed: 'box-1',
        commit: `c${run}`,
        at: new Date(Date.now() - (count - run) * day_ms),
        factor: slowdown_factor(1, ((run * 7) % 11) / 5.5 - 1),
      }),
    );
    runs.push(uploaded.id);
  }
  for (const commit of ['f1', 'f2']) {
    const at = new Date(Date.now() - (commit === 'f1' ? 2 : 1) * 3_600_000);
    await upload(
      server,
      project,
      report_xml({ branch: 'feature/x', testbed: 'box-1', commit, at, factor: () => 1 }),
    );
  }
  return { project, runs };
}

/** Opens the dialog of a button, checks what it says, and confirms it. */
async function confirm(
  page: Page,
  button: string,
  says: RegExp,
  with_button: string,
  type = '',
): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: button, exact: true });
  await expect(dialog).toContainText(says);
  expect(await broken_accessibility_rules(page), button).toEqual([]);
  if (type !== '') {
    await expect(dialog.getByRole('button', { name: with_button })).toBeDisabled();
    await dialog.getByRole('textbox').fill(type);
  }
  await dialog.getByRole('button', { name: with_button, exact: true }).click();
  await expect(dialog).toBeHidden();
}

const done = (page: Page) => page.locator('.correction-done');

async function open_run(page: Page, { project, runs }: Filled, index: number): Promise<number> {
  const run = runs[index] ?? 0;
  await page.goto(`${server.url}/p/${project}/runs/${run}`);
  await wait_for_page(page);
  await page.getByText('Correct this run').click();
  return run;
}

async function open_series(page: Page, project: string, metric = 'prefill_ms'): Promise<number> {
  const path = `series?metric=${metric}&branch=main&case=Prompt 0`;
  const answer = await fetch(`${server.url}/api/v1/projects/${project}/${path}`);
  const { series } = (await answer.json()) as { series: { id: number }[] };
  const id = series[0]?.id ?? 0;
  await page.goto(`${server.url}/p/${project}/trends?series=${id}`);
  await wait_for_page(page);
  await page.getByText('Correct this series').click();
  return id;
}

test('a run is excluded and included again', async ({ page }) => {
  const filled = await fill('exclude');
  const run = await open_run(page, filled, 4);
  await expect(page.getByRole('button', { name: 'Exclude' })).toBeDisabled();
  await expect(page.getByText('A reason is required')).toBeVisible();
  await page.getByLabel('Reason').fill('wrong unit');
  await confirm(page, 'Exclude', /out of all trends.*can be included again/, 'Exclude the run');
  await expect(done(page)).toContainText(`Run #${run} is excluded`);
  await expect(page.locator('.banner')).toContainText('Reason: wrong unit');
  await done(page).getByRole('button', { name: 'Undo' }).click();
  await expect(done(page)).toContainText('taken back');
  await expect(page.locator('.banner')).toHaveCount(0);
  await page.getByLabel('Reason').fill('wrong unit');
  await confirm(page, 'Exclude', /taken out/, 'Exclude the run');
  await confirm(page, 'Include again', /in trends and baselines again/, 'Include the run');
  await expect(done(page)).toContainText('in its trends again');
});

test('a run is marked suspect, and that is taken back', async ({ page }) => {
  const filled = await fill('suspect');
  const run = await open_run(page, filled, 4);
  await page.getByLabel('Reason').fill('a build ran');
  await confirm(page, 'Mark suspect', /not judged/, 'Mark the run suspect');
  await expect(done(page)).toContainText(`Run #${run} is suspect`);
  await expect(page.locator('.banner')).toContainText('a build ran');
  await confirm(page, 'As reported', /only if its report says so/, 'Do as the report says');
  await expect(page.locator('.banner')).toHaveCount(0);
});

test('a run is redacted, then deleted', async ({ page }) => {
  const filled = await fill('redact');
  const run = await open_run(page, filled, 4);
  await confirm(page, 'Redact', /cannot be undone/, 'Redact documents and messages');
  await expect(done(page)).toContainText('1 document and');
  await confirm(page, 'Delete', /cannot be undone; excluding the run can/, 'Delete the run');
  await expect(page).toHaveURL(/\/p\/redact\/runs$/);
  await expect(done(page)).toContainText(`Run #${run} was deleted`);
  await expect(page.getByRole('link', { name: `#${run}`, exact: true })).toHaveCount(0);
});

test('baselines restart at a run; the settings take the restart back', async ({ page }) => {
  const filled = await fill('restart');
  const run = await open_run(page, filled, 5);
  await confirm(page, 'Restart baselines here', /compared only with each other/, 'Restart the baselines');
  await expect(done(page)).toContainText(`begins again at run #${run}`);
  await page.goto(`${server.url}/p/restart/settings`);
  const restarts = page.getByRole('region', { name: 'Restarted baselines' });
  await expect(restarts).toContainText(`#${run}`);
  await confirm(page, 'Take back', /compared with earlier ones again/, 'Take the restart back');
  await expect(done(page)).toContainText('taken back');
  await expect(restarts).toContainText('No baseline was restarted');
});

test('one series restarts at the selected point', async ({ page }) => {
  const { runs } = await fill('restart-one');
  const id = await open_series(page, 'restart-one');
  await expect(page.getByText('first click the point in the plot')).toBeVisible();
  await page.goto(`${server.url}/p/restart-one/trends?series=${id}&point=${id}:${runs[6]}`);
  await page.getByText('Correct this series').click();
  const button = `Restart the baseline at run #${runs[6]}`;
  await confirm(page, button, /judged against each other alone/, 'Restart the baseline');
  await expect(done(page)).toContainText(`begins again at run #${runs[6]}`);
  await done(page).getByRole('button', { name: 'Undo' }).click();
  await expect(done(page)).toContainText('taken back');
});

test('a unit and a direction are set and undone; a wrong unit is refused', async ({ page, console_log }) => {
  console_log.expected.push(/status of 4\d\d/);
  await fill('units');
  await open_series(page, 'units');
  await page.getByRole('textbox', { name: 'Unit' }).fill('s');
  await page.getByRole('combobox', { name: 'Direction' }).selectOption('higher');
  await confirm(page, 'Change unit or direction', /converted.*to s\..*Higher values are better/, 'Change');
  await expect(done(page)).toContainText('1 series changed, 10 points converted');
  await expect(page.locator('.metric-group > h2')).toContainText('higher is better');
  await done(page).getByRole('button', { name: 'Undo' }).click();
  await expect(done(page)).toContainText('taken back');
  await expect(page.locator('.metric-group > h2')).toContainText('ms, lower is better');
  await page.getByRole('textbox', { name: 'Unit' }).fill('bytes');
  await confirm(page, 'Change unit or direction', /converted/, 'Change');
  await expect(page.getByRole('alert')).toContainText('bytes');
});

test('a case is renamed with its history and renamed back', async ({ page }) => {
  await fill('case-name');
  await open_series(page, 'case-name');
  await page.getByLabel('New name').fill('consistency[Prompt 0]');
  await confirm(page, 'Rename the case', /go on under the name/, 'Rename');
  await expect(done(page)).toContainText('renamed');
  await expect(page.locator('.panel-head')).toContainText('consistency');
  await done(page).getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.panel-head')).toContainText('performance_consistency');
});

test('a series is deleted', async ({ page }) => {
  await fill('series-gone');
  await open_series(page, 'series-gone');
  await confirm(page, 'Delete series', /cannot be undone/, 'Delete the series');
  await expect(page).toHaveURL(/\/p\/series-gone$/);
  await expect(done(page)).toContainText('was deleted with 10 points');
});

test('a testbed is renamed and renamed back; two branches are joined', async ({ page, console_log }) => {
  console_log.expected.push(/status of 404/);
  await fill('names');
  await page.goto(`${server.url}/p/names/settings`);
  await page.getByLabel('Old name').fill('box-1');
  await page.getByLabel('New name').fill('box-2');
  await confirm(page, 'Rename', /renamed back/, 'Rename');
  await expect(done(page)).toContainText('12 series renamed, 0 of them joined');
  const names = page.getByRole('region', { name: 'Names' });
  await expect(names).toContainText('testbed box-2 was box-1');
  await confirm(page, 'Rename back', /is called box-1 again/, 'Rename back');
  await expect(done(page)).toContainText('12 series renamed');
  await page.getByLabel('Rename a').selectOption('branch');
  await page.getByLabel('Old name').fill('feature/x');
  await page.getByLabel('New name').fill('main');
  await confirm(page, 'Rename', /main has a history of its own: both are joined/, 'Rename');
  await expect(done(page)).toContainText('6 series renamed, 6 of them joined');
  await expect(done(page).getByRole('button', { name: 'Undo' })).toHaveCount(0);
  await page.getByLabel('Old name').fill('not/there');
  await confirm(page, 'Rename', /not\/there/, 'Rename');
  await expect(page.getByRole('alert')).toContainText('not/there');
});

test('a branch is ended and expected again, then deleted', async ({ page }) => {
  await fill('lanes');
  await page.goto(`${server.url}/p/lanes/settings`);
  const lanes = page.getByRole('region', { name: 'Testbeds and branches', exact: true }).last();
  await confirm(page, 'End', /No more runs of box-1 \/ main are expected/, 'End box-1 / main');
  await expect(done(page)).toContainText('has ended');
  await expect(lanes).toContainText('ended by');
  await done(page).getByRole('button', { name: 'Undo' }).click();
  await expect(done(page)).toContainText('taken back');
  await page.getByRole('searchbox', { name: 'Branch' }).fill('feature');
  await expect(lanes.locator('tbody tr')).toHaveCount(1);
  await confirm(page, 'Delete runs', /feature\/x.*cannot be undone/, 'Delete the runs', 'feature/x');
  await expect(done(page)).toContainText('2 uploads and 6 series');
  await expect(page.getByText('No branches match.')).toBeVisible();
});

test('a testbed is deleted', async ({ page }) => {
  await fill('testbed');
  await page.goto(`${server.url}/p/testbed/settings`);
  await page.getByRole('combobox', { name: 'Testbed' }).selectOption('box-1');
  await confirm(
    page,
    'Delete a branch or a testbed',
    /all branches on testbed box-1/,
    'Delete the runs',
    'box-1',
  );
  await expect(done(page)).toContainText('12 uploads, 12 series');
});

test('a project is given another default branch, renamed and deleted', async ({ page }) => {
  await fill('old-name');
  await page.goto(`${server.url}/p/old-name/settings`);
  await page.getByRole('combobox', { name: 'Default branch' }).selectOption('feature/x');
  await confirm(page, 'Change the default branch', /headline of the project/, 'Change');
  await expect(done(page)).toContainText('The default branch is feature/x');
  await done(page).getByRole('button', { name: 'Undo' }).click();
  await expect(done(page)).toContainText('taken back');
  await page.getByRole('textbox', { name: 'Name of the project' }).fill('new-name');
  await confirm(page, 'Rename project', /an upload to old-name makes a new project/, 'Rename');
  await expect(page).toHaveURL(/\/p\/new-name\/settings$/);
  await expect(done(page)).toContainText('is called new-name now');
  await confirm(page, 'Delete project', /12 runs, 12 series/, 'Delete new-name', 'new-name');
  await expect(page).toHaveURL(`${server.url}/`);
  await expect(done(page)).toContainText('was deleted with 12 runs');
  await expect(page.getByRole('link', { name: 'new-name' })).toHaveCount(0);
});

test('without scope admin the page says which token is required, and nothing changes', async ({
  page,
  console_log,
}) => {
  console_log.expected.push(/status of 403/);
  const filled = await fill('scope');
  await page.route('**/api/v1/session', (route) =>
    route.fulfill({ json: { authentication: 'token', scopes: ['read', 'upload'], version: '0' } }),
  );
  const sent: (string | undefined)[] = [];
  await page.route('**/runs/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.fallback();
    sent.push(route.request().headers()['authorization']);
    const problem = {
      type: 'forbidden',
      title: 'Forbidden',
      status: 403,
      detail: 'the token lacks scope admin',
    };
    return sent.length === 1
      ? route.fulfill({ status: 403, contentType: 'application/problem+json', json: problem })
      : route.fallback();
  });
  await open_run(page, filled, 2);
  await expect(page.getByText('Corrections require a token with scope admin.')).toContainText(
    'The saved token has read and upload alone.',
  );
  await page.getByLabel('Reason').fill('wrong unit');
  await confirm(page, 'Exclude', /taken out/, 'Exclude the run');
  await expect(page.getByRole('alert')).toContainText('the token lacks scope admin');
  await expect(page.locator('.banner')).toHaveCount(0);
  await page.getByLabel('Token').fill('pt_admin');
  await page.getByRole('button', { name: 'Save token' }).click();
  await expect(page.getByLabel('Reason')).toHaveValue('wrong unit');
  await confirm(page, 'Exclude', /taken out/, 'Exclude the run');
  await expect.poll(() => sent).toEqual([undefined, 'Bearer pt_admin']);
});
