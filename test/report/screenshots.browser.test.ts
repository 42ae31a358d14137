import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import type { Browser } from 'playwright-core';
import { renderReport } from '../../src/report/render-report.ts';
import type { BuiltPrograms } from './built-programs.ts';
import { imageScenario, QUESTION } from './image-scenario.ts';
import { BROWSER_TEST, openOffline, withBrowser } from './offline-page.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/images');
const BYTES_MAX = 300_000;

/** Pictures of the guides: what is open, on what screen, with or without the log key, and how much of the page. */
const PICTURES = [
  { name: 'report-desktop', width: 1280, height: 1420, colorScheme: 'light', key: true, scale: 1 },
  { name: 'report-without-key', width: 1280, height: 800, colorScheme: 'light', key: false, scale: 1 },
  { name: 'report-dark', width: 1280, height: 1420, colorScheme: 'dark', key: true, scale: 1 },
  { name: 'report-phone', width: 390, height: 1500, colorScheme: 'light', key: true, scale: 2 },
  { name: 'report-changed', width: 1280, height: 800, colorScheme: 'light', key: true, scale: 1 },
] as const;

it(
  'the pictures of the guides can be taken from a real report, and are small (UPDATE_SCREENSHOTS=1 replaces them)',
  BROWSER_TEST,
  async (t) => {
    await withBrowser(t, async (browser, programs) => {
      const folder = process.env.UPDATE_SCREENSHOTS === '1' ? FOLDER : programs.folder;
      mkdirSync(folder, { recursive: true });
      for (const picture of PICTURES) {
        const taken = await take(browser, programs, folder, picture);
        assert(statSync(taken).size < BYTES_MAX, `${taken}: ${statSync(taken).size} bytes`);
        assert(statSync(path.join(FOLDER, path.basename(taken))).size < BYTES_MAX);
      }
    });
  },
);

async function take(
  browser: Browser,
  programs: BuiltPrograms,
  folder: string,
  picture: (typeof PICTURES)[number],
): Promise<string> {
  const { name, width, height, colorScheme, key, scale } = picture;
  const ledger = imageScenario(name === 'report-changed' ? { falselySigned: 'sbom' } : {});
  const file = path.join(programs.folder, 'custody.html');
  writeFileSync(file, renderReport(ledger.evidenceBytes(QUESTION), programs.report));
  await using report = await openOffline(browser, file, '', { width, colorScheme, scale });
  if (key) {
    await report.page.fill('#key-input', ledger.vkey);
    await report.page.keyboard.press('Enter');
  }
  await report.page.waitForTimeout(200);
  const target = path.join(folder, `${name}.png`);
  await report.page.screenshot({ path: target, fullPage: true, clip: { x: 0, y: 0, width, height } });
  report.check();
  return target;
}
