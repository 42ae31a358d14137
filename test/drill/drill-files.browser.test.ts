import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { PACKAGE_FOLDER } from '../../src/main/demo/verify-offline.ts';
import { DRILLS } from '../../src/main/drill/all-drills.ts';
import type { IndexedFile } from '../../src/main/drill/write-files.ts';
import { launchChromium } from '../portable/chromium.ts';
import { openOffline, readBanner } from '../report/offline-page.ts';
import { readIndex, runWaybillDrill } from './run-waybill-drill.ts';
import { makeScratchFolder } from './scratch-folder.ts';

/** The page judges what a file is about, and cannot know what its reader had in mind: it says so instead. */
const ABOUT_ANOTHER = 'evidence-of-another-image';

/** Of the same build as the program in the reports that a drill makes. */
const VERIFIER = join(PACKAGE_FOLDER, 'dist', 'web', 'verifier.html');
const TIME = { timeout: 300_000 };

it(
  'the verifier refuses every file that carries an attack, in a real browser, under the code of its drill',
  TIME,
  async (t) => {
    const browser = await launchChromium(t);
    if (browser === undefined) return;
    t.signal.addEventListener('abort', () => void browser.close());
    const scratch = makeScratchFolder();
    try {
      const folder = join(scratch.path, 'files');
      const carrying = DRILLS.filter(({ carries }) => carries !== undefined).map(({ id }) => id);
      const run = await runWaybillDrill(scratch.path, ['--files', folder, '--only', carrying.join(',')]);
      assert.equal(run.exit, 0, run.output);
      const { logKey, files } = readIndex(folder);
      assert.equal(files.length, carrying.length + 2);
      for (const indexed of files) await t.test(nameOf(indexed), () => check(browser, logKey, folder, indexed));
    } finally {
      scratch.remove();
      await browser.close();
    }
  },
);

function nameOf({ drill, code, file }: IndexedFile): string {
  if (drill === undefined) return `${file} is found good`;
  return drill === ABOUT_ANOTHER ? `${drill} is shown as what it is` : `${drill} is refused (${code})`;
}

async function check(
  browser: Browser,
  logKey: string,
  folder: string,
  { drill, file, receipt, trust, at, code, subject }: IndexedFile,
): Promise<void> {
  await using verifier = await openOffline(browser, VERIFIER, `#log-key=${encodeURIComponent(logKey)}`);
  const { page } = verifier;
  if (at !== undefined) await page.clock.setFixedTime(at);
  const paths = [file, ...(receipt === undefined ? [] : [receipt])];
  await page.setInputFiles(
    '#file',
    paths.map((path) => ({
      name: basename(path),
      mimeType: 'application/octet-stream',
      buffer: readFileSync(join(folder, path)),
    })),
  );
  await page.waitForSelector('.banner');
  const own = readFileSync(join(folder, trust), 'utf8');
  // A trust file that says no more than a key is brought by the address of the page.
  const { pins, controlKeys } = JSON.parse(own);
  if (at !== undefined || pins.length > 0 || controlKeys !== undefined) await bringTrust(page, own);
  const first = await readBanner(page);
  if (code === undefined) assert.equal(first.tone, 'pass');
  else if (drill === ABOUT_ANOTHER) {
    const image = await page.locator('dl.facts').textContent();
    assert(image?.includes('sha256:') && !image.includes(subject), 'the page says which image the file is about');
  } else {
    assert.equal(first.tone, 'fail', drill);
    assert.equal(await page.locator('.banner.pass').count(), 0, 'nothing of a refused file is shown in green');
    const named = await page.locator('code').allTextContents();
    assert(
      named.some((each) => each.includes(code)),
      `expected ${code} among ${named.join(' | ')}`,
    );
  }
  verifier.check();
}

/** A trust file says more than a key does; the page takes either. */
async function bringTrust(page: Page, trust: string): Promise<void> {
  await page.getByRole('button', { name: 'Use another key' }).click();
  await page.fill('#key-input', trust);
  await page.getByRole('button', { name: 'Confirm the origin' }).click();
  await page.waitForSelector('.key .held');
}
