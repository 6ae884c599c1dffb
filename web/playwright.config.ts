import { defineConfig } from '@playwright/test';

const as_root = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'tests/browser',
  // Screenshots are for people; they test nothing.
  testIgnore: process.env['PERFTREND_PICTURES'] === undefined ? ['**/pictures.spec.ts'] : [],
  outputDir: 'test-results/browser',
  // One browser at a time, because the machine may be measuring something else.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [
    ['line'],
    ['json', { outputFile: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ?? 'test-results/browser.json' }],
  ],
  use: {
    viewport: { width: 1280, height: 800 },
    timezoneId: 'Europe/Helsinki', // pages show UTC in every time zone
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env['PERFTREND_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        ...(as_root ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
