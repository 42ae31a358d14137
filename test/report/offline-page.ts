import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../portable/chromium.ts';
import { type BuiltPrograms, buildPrograms } from './built-programs.ts';

/** Options of a test that drives a browser: one that no longer answers fails the test instead of holding up the run. */
export const BROWSER_TEST = { timeout: 180_000 };

/** Runs with a browser and freshly built programs; both are gone afterwards, also when the test ran out of time. */
export async function withBrowser(
  t: TestContext,
  run: (browser: Browser, programs: BuiltPrograms) => Promise<void>,
): Promise<void> {
  const browser = await launchChromium(t);
  if (browser === undefined) return;
  t.signal.addEventListener('abort', () => void browser.close());
  using programs = buildPrograms();
  try {
    await run(browser, programs);
  } finally {
    await browser.close();
  }
}

export type Look = {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly scale?: number;
  /** What the clock of the browser says, for good; RFC 3339. */
  readonly now?: string;
};

/** A page of a file, with the network cut. `check` fails the test on any request, console error or exception. */
export type OfflinePage = AsyncDisposable & { readonly page: Page; readonly check: () => void };

/** Opens a file from disk as a reader does. Every request but those for the file itself is refused and remembered. */
export async function openOffline(
  browser: Browser,
  file: string,
  fragment = '',
  look: Look = {},
): Promise<OfflinePage> {
  const { width = 1280, colorScheme = 'light', scale = 1, now } = look;
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
  if (now !== undefined) await page.clock.setFixedTime(now);
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
