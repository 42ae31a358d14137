import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createHttpApp } from '../../src/http/app.ts';
import { openConsoleFiles } from '../../src/http/console-files.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import type { Service } from '../../src/service/service.ts';
import { launchChromium } from '../portable/chromium.ts';
import { type BuiltPrograms, buildPrograms } from '../report/built-programs.ts';
import { openShop } from '../waivers/waivers-over-http.ts';

/** Options of a test that drives a browser: one that no longer answers fails the test instead of holding up the run. */
export const BROWSER_TEST = { timeout: 420_000 };

export type Shop = Awaited<ReturnType<typeof openShop>>;

/** What a test of the console works with: a browser, a shop with an image, and the console that serves it. */
export type ConsoleUnderTest = {
  readonly browser: Browser;
  readonly shop: Shop;
  readonly url: string;
  /** Folder of the console as it was built. */
  readonly folder: string;
};

/** Runs with a browser, and the console freshly built over a real service. Everything is gone afterwards. */
export async function withConsole(t: TestContext, run: (under: ConsoleUnderTest) => Promise<void>): Promise<void> {
  const browser = await launchChromium(t);
  if (browser === undefined) return;
  t.signal.addEventListener('abort', () => void browser.close());
  using programs = buildPrograms();
  const shop = await openShop();
  try {
    await using served = await serveConsole(shop.service, programs);
    await run({ browser, shop, url: served.url, folder: served.folder });
  } finally {
    await browser.close();
    await shop[Symbol.asyncDispose]();
  }
}

async function serveConsole(service: Service, programs: BuiltPrograms) {
  const folder = path.join(programs.folder, 'dist/web/console');
  const server = createHttpServer(createHttpApp(service, { version: '1.2.3', console: openConsoleFiles(folder) }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    folder,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type Look = { readonly width?: number; readonly colorScheme?: 'light' | 'dark' };

/** A browser of one person. `check` fails the test on a request elsewhere, an error, a warning or a refused load. */
export type Visitor = AsyncDisposable & {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly check: () => void;
  /** Forgets what was complained of so far, which the test meant to happen. */
  readonly expect: (pattern: RegExp) => void;
};

export type Visit = {
  readonly token?: string;
  readonly look?: Look;
  /** The log key that is pinned in this browser. */
  readonly trust?: string;
  /** False: whatever is done with a pointer is complained of. */
  readonly mouse?: boolean;
};

/** Opens a page of the console; signed in where a token is given. */
export async function visit(
  { browser, url }: Pick<ConsoleUnderTest, 'browser' | 'url'>,
  address: string,
  { token, look = {}, trust, mouse = true }: Visit = {},
): Promise<Visitor> {
  const { width = 1280, colorScheme = 'light' } = look;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
  // Neighbours on the machine make a page slow; one that hangs fails all the same.
  context.setDefaultTimeout(90_000);
  const complaints: string[] = [];
  await context.route('**/*', (route) => {
    if (new URL(route.request().url()).origin === url) return route.continue();
    complaints.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`threw ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`refused by ${violatedDirective}: ${blockedURI}`),
    );
  });
  if (!mouse) {
    await page.addInitScript(() => {
      for (const kind of ['pointerdown', 'mousedown', 'touchstart'])
        addEventListener(kind, () => console.error(`used a pointer: ${kind}`), { capture: true });
    });
  }
  if (trust !== undefined) {
    await page.addInitScript((key) => {
      if (localStorage.getItem('waybill.trust') === null) localStorage.setItem('waybill.trust', key);
    }, trust);
  }
  await page.goto(url + address);
  if (token !== undefined) await signIn(page, token);
  return {
    page,
    context,
    check: () => assert.deepEqual(complaints, []),
    expect: (pattern) => {
      const others = complaints.filter((complaint) => !pattern.test(complaint));
      complaints.splice(0, complaints.length, ...others);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Signs in at whatever page is open. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.fill('#token', token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('header.top');
}

/** What the verdict of the page says: its tone by class, the large word, and the verdict that core found. */
export async function readVerdict(page: Page): Promise<{ tone: string; word: string; verdict: string; text: string }> {
  const card = page.locator('.verdict');
  await card.waitFor();
  const [className, word, verdict, text] = await Promise.all([
    card.getAttribute('class'),
    card.locator('.answer').textContent(),
    card.getAttribute('data-verdict'),
    card.textContent(),
  ]);
  return {
    tone: className?.replace(/^banner verdict /, '') ?? '',
    word: word ?? '',
    verdict: verdict ?? '',
    text: text ?? '',
  };
}

/** Parts of the head that lie upon each other or out of sight, by their places; none where it fits. */
export async function headOverlaps(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const parts = ['.top .home', '.top .unfold', '.top nav', '.account > summary'].flatMap((name) => {
      const box = document.querySelector(name)?.getBoundingClientRect();
      return box === undefined || box.width === 0 ? [] : [{ name, left: box.left, right: box.right }];
    });
    const outside = parts
      .filter(({ left, right }) => left < 0 || right > innerWidth)
      .map(({ name }) => `${name} outside`);
    // The unfolded pages lie below the head, over its whole width.
    const beside = parts.filter(({ name }) => name !== '.top nav' || document.querySelector('.top nav.open') === null);
    const upon = beside
      .slice(1)
      .flatMap(({ name, left }, index) =>
        (beside[index]?.right ?? 0) > left + 0.5 ? [`${beside[index]?.name} ${name}`] : [],
      );
    return [...outside, ...upon];
  });
}
