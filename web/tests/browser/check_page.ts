// A test fails when its page logs an error or a warning, throws, or sends a request to another host.

import { test as base, expect, type Page } from '@playwright/test';

export interface ConsoleLog {
  /** messages that the test provokes, for example the browser's message about a failed request */
  readonly expected: RegExp[];
}

export const test = base.extend<{ console_log: ConsoleLog }>({
  console_log: [
    async ({ page, context }, use) => {
      const seen: string[] = [];
      const expected: RegExp[] = [];
      const own = () => new URL(page.url()).origin;
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
          seen.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => seen.push(`uncaught: ${error.message}`));
      context.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol === 'blob:' || request.isNavigationRequest()) return;
        if (url.origin !== own()) seen.push(`request to another host: ${request.url()}`);
      });
      await use({ expected });
      expect(seen.filter((line) => !expected.some((pattern) => pattern.test(line)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The page must not scroll sideways; tables scroll in their own boxes. */
export async function expect_no_sideways_scroll(page: Page): Promise<void> {
  const { page_width, window_width } = await page.evaluate(() => ({
    page_width: document.documentElement.scrollWidth,
    window_width: document.documentElement.clientWidth,
  }));
  expect(page_width, `width of ${page.url()}`).toBeLessThanOrEqual(window_width);
}

/** Visible texts whose contrast with a plain background is below 4.5 (WCAG 2.2 AA). */
export async function low_contrast_texts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (canvas === null) throw new Error('no canvas');
    /** The colour drawn over a background, as bytes. */
    const over = (background: string, colour: string): number[] => {
      canvas.fillStyle = background;
      canvas.fillRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return Array.from(canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
    };
    const luminance = (rgb: number[]) => {
      const [r = 0, g = 0, b = 0] = rgb.map((byte) => {
        const share = byte / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const background_of = (element: Element | null): string => {
      for (let at = element; at !== null; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if (!/^rgba\(.*, 0\)$/.test(backgroundColor)) return backgroundColor;
      }
      return 'white';
    };
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const element = node.parentElement;
      if (text === '' || !element?.checkVisibility({ opacityProperty: true })) continue;
      if (element.closest('.visually-hidden, .skip, option, :disabled') !== null) continue;
      const background = background_of(element);
      const a = luminance(over(background, getComputedStyle(element).color));
      const b = luminance(over(background, background));
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) found.push(`${ratio.toFixed(2)} "${text}" (${element.className})`);
    }
    return [...new Set(found)];
  });
}

export async function wait_for_page(page: Page): Promise<void> {
  await page.locator('main :is(h1, .notice)').first().waitFor({ state: 'attached' });
  await expect(page.locator('.loading, [aria-busy="true"]')).toHaveCount(0);
}
