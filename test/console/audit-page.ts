import assert from 'node:assert/strict';
import path from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { headOverlaps, type Look } from './console-under-test.ts';

/** The rules of axe on what is shown, and the width of the page. With SCREENSHOTS=FOLDER what was audited is kept to be looked at. */
export async function auditPage(page: Page, what: string, look: Look): Promise<void> {
  const { SCREENSHOTS } = process.env;
  if (SCREENSHOTS !== undefined) {
    const name = `${what.replaceAll(/\W+/g, '-')}-${look.width}-${look.colorScheme}.png`;
    await page.screenshot({ path: path.join(SCREENSHOTS, name), fullPage: true });
  }
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeResults;
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
  assert.deepEqual(found, [], `${what}, ${look.width} px, ${look.colorScheme}`);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert(width <= (look.width ?? 0), `${what}: ${width} px wide at ${look.width}`);
  assert.deepEqual(await headOverlaps(page), [], `${what}, ${look.width} px`);
  const hidden = await page.evaluate(() => {
    const pages = document.querySelector('header.top nav');
    return pages === null ? 0 : pages.scrollWidth - pages.clientWidth;
  });
  assert(hidden <= 0, `${what}: ${hidden} px of the navigation are out of sight at ${look.width}`);
}
