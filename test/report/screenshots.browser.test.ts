import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { renderReport } from '../../src/report/render-report.ts';
import { launchChromium } from '../portable/chromium.ts';
import { buildPrograms } from './built-programs.ts';
import { imageScenario, QUESTION } from './image-scenario.ts';
import { openOffline } from './offline-page.ts';
import { evidenceBytes } from './scenario-ledger.ts';

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

it('the pictures of the guides are taken from a real report', async (t) => {
  if (process.env.UPDATE_SCREENSHOTS !== '1') {
    t.skip('not asked for: UPDATE_SCREENSHOTS=1 takes new ones');
    return;
  }
  const browser = await launchChromium(t);
  if (browser === undefined) return;
  using programs = buildPrograms();
  mkdirSync(FOLDER, { recursive: true });
  const honest = imageScenario();
  try {
    for (const { name, width, height, colorScheme, key, scale } of PICTURES) {
      const ledger = name === 'report-changed' ? imageScenario({ falselySigned: 'sbom' }) : honest;
      const file = path.join(programs.folder, 'custody.html');
      writeFileSync(file, renderReport(evidenceBytes(ledger.evidence(QUESTION)), programs.report));
      await using report = await openOffline(browser, file, '', { width, colorScheme, scale });
      if (key) {
        await report.page.fill('#key-input', ledger.vkey);
        await report.page.keyboard.press('Enter');
      }
      await report.page.waitForTimeout(200);
      const target = path.join(FOLDER, `${name}.png`);
      await report.page.screenshot({ path: target, fullPage: true, clip: { x: 0, y: 0, width, height } });
      assert(statSync(target).size < BYTES_MAX, `${name}: ${statSync(target).size} bytes`);
      report.check();
    }
  } finally {
    await browser.close();
  }
});
