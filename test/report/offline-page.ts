import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';

export type Look = { readonly width?: number; readonly colorScheme?: 'light' | 'dark'; readonly scale?: number };

/** A page of a file, with the network cut. `check` fails the test on any request, console error or exception. */
export type OfflinePage = AsyncDisposable & { readonly page: Page; readonly check: () => void };

/** Opens a file from disk as a reader does. Every request but those for the file itself is refused and remembered. */
export async function openOffline(
  browser: Browser,
  file: string,
  fragment = '',
  look: Look = {},
): Promise<OfflinePage> {
  const { width = 1280, colorScheme = 'light', scale = 1 } = look;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    deviceScaleFactor: scale,
    offline: true,
  });
  const address = pathToFileURL(file).href;
  const complaints: string[] = [];
  await context.route('**/*', (route) => {
    const wanted = route.request().url().split('#')[0];
    if (wanted === address) return route.continue();
    complaints.push(`asked for ${wanted}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`threw ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  await page.goto(`${address}${fragment}`);
  return {
    page,
    check: () => assert.deepEqual(complaints, []),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** What the banner of a page says: its tone by class, its words, and the codes that it names. */
export async function readBanner(page: Page, index = 0): Promise<{ tone: string; title: string; codes: string }> {
  const banner = page.locator('#waybill .banner').nth(index);
  const [className, title, codes] = await Promise.all([
    banner.getAttribute('class'),
    banner.locator('h1').textContent(),
    banner.locator('code').allTextContents(),
  ]);
  return { tone: className?.replace('banner ', '') ?? '', title: title ?? '', codes: codes.join('\n') };
}
