import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { forJson, type Measured } from './bars.ts';
import { type Bench, runAll, type Stand } from './stand.ts';
import { summarise } from './statistics.ts';
import { digestOf, envelopeOf, manifestOf, repositoryOf, STAGES_OF_AN_IMAGE } from './workload.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const ENTRIES = 20;
/** An image that no other measurement knows. */
const IMAGE = 900_000;

/**
 * Milliseconds from opening the report of an image with 20 entries, with the log's key, until the page shows its verdict,
 * in a real browser that has no network. The page checks everything by itself. Fails where it does not say pass.
 */
export async function measureReport(bench: Bench, stand: Stand): Promise<Measured> {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) return { value: null, why: 'no Chromium on this machine' };
  const playwright = await import('playwright-core').catch(() => undefined);
  if (playwright === undefined) return { value: null, why: 'playwright-core is not installed' };
  const times = bench.quick ? 5 : 21;
  bench.log(`report: opened ${times} times`);
  const file = join(bench.folder, 'custody.html');
  writeFileSync(file, await makeReport(bench, stand));
  const browser = await playwright.chromium.launch({ executablePath, args: ARGUMENTS });
  try {
    await openReport(browser, file, stand.service.logKey);
    const milliseconds: number[] = [];
    for (let time = 0; time < times; time += 1)
      milliseconds.push(await openReport(browser, file, stand.service.logKey));
    const summary = summarise(milliseconds);
    return {
      value: summary.p50,
      details: forJson({ samples: times, maxMs: summary.max, entries: ENTRIES, browser: browser.version() }),
    };
  } finally {
    await browser.close();
    rmSync(file);
  }
}

async function makeReport(bench: Bench, stand: Stand): Promise<Uint8Array> {
  await stand.client.signImage({
    manifest: manifestOf(IMAGE),
    mediaType: undefined,
    repository: repositoryOf(IMAGE),
    annotations: {},
  });
  const requests = Array.from({ length: ENTRIES - 1 }, (_, n) => ({
    method: 'POST' as const,
    path: '/v1/attestations',
    token: stand.tokens[0] ?? '',
    contentType: 'application/json',
    body: envelopeOf(stand.workload, {
      image: IMAGE,
      stage: n % STAGES_OF_AN_IMAGE,
      round: Math.floor(n / STAGES_OF_AN_IMAGE),
    }),
  }));
  const pace = { kind: 'closed', connections: 1 } as const;
  await runAll(bench, { target: stand.service.target, requests, pace, keepEvery: 1 }, 201);
  return stand.client.report({ digest: digestOf(IMAGE) }, 'html');
}

/** Opens the file in a browser context of its own; the page's clock runs from the start of the navigation. */
async function openReport(browser: Browser, file: string, logKey: string): Promise<number> {
  const context = await browser.newContext({ offline: true });
  try {
    const page = await context.newPage();
    await page.goto(`${pathToFileURL(file).href}#log-key=${encodeURIComponent(logKey)}`, { waitUntil: 'commit' });
    const shown = await page.waitForFunction(SHOWN);
    const { milliseconds, tone } = (await shown.jsonValue()) as {
      readonly milliseconds: number;
      readonly tone: string;
    };
    if (tone !== 'banner pass') throw new Error(`the report shows "${tone}" instead of a pass`);
    return milliseconds;
  } finally {
    await context.close();
  }
}

/** Asked on every frame, inside the page. */
const SHOWN = `(() => {
  const banner = document.querySelector('#waybill .banner');
  return banner === null ? undefined : { milliseconds: performance.now(), tone: banner.className };
})()`;
