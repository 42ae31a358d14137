import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { ROUTES } from '../../src/api/routes.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { launchChromium } from '../portable/chromium.ts';
import { stubService } from './stub-service.ts';

const BROWSER_TEST = { timeout: 120_000 };

/** The example of a route's article, its lines joined. */
async function curlOf(page: Page, operation: string): Promise<string> {
  const text = await page.locator(`#${operation} > pre`).last().textContent();
  return (text ?? '').replaceAll(' \\\n ', '');
}

test('/docs shows every route in words, with an example that curl can send', BROWSER_TEST, async (t) => {
  const browser = await launchChromium(t);
  if (browser === undefined) return;
  t.signal.addEventListener('abort', () => void browser.close());
  const server = createServer(createHttpApp(stubService()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/docs`);
    await page.locator('#signImage').waitFor();
    assert.equal(await page.locator('article').count(), Object.keys(ROUTES).length);
    assert.deepEqual(complaints, []);

    // The text of what is folded counts too.
    const text = (await page.locator('body').textContent()) ?? '';
    assert.doesNotMatch(text, /\[object|undefined|,,|NaN/);
    assert((await page.locator('#signImage > p').allTextContents()).includes('application/octet-stream'));

    assert.match(await curlOf(page, 'signImage'), /\/v1\/images\/sign\?repository=shop\/api" .*--data-binary @file$/);
    assert.match(await curlOf(page, 'readConsistency'), /\/v1\/consistency\?from=\d+&to=\d+"/);
    assert.match(await curlOf(page, 'withdrawContract'), /\/v1\/contracts\/shop\/withdraw" .* -X POST$/);
    for (const example of await page.locator('article > pre:last-child').allTextContents()) {
      assert.doesNotMatch(example, /[{}]/, example);
    }
    if (process.env.SCREENSHOT !== undefined) {
      await page.locator('#signImage').screenshot({ path: process.env.SCREENSHOT });
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});
