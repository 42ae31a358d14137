/**
 * Takes the pictures of the guides anew: `npx node scripts/take-screenshots.ts [NAME…]`. Each is of a real report, whose
 * ledger, keys and clock are always the same, shown by an installed Chromium; so that the same source on the same machine
 * gives the same bytes. What is shown, and how much of it: test/report/pictures.ts.
 */
import { join } from 'node:path';
import { launchChromium } from '../test/portable/chromium.ts';
import { buildPrograms } from '../test/report/built-programs.ts';
import { PICTURES, takePictures } from '../test/report/pictures.ts';

const FOLDER = join(import.meta.dirname, '../docs/images');

const wanted = process.argv.slice(2);
const pictures = wanted.length === 0 ? PICTURES : PICTURES.filter(({ name }) => wanted.includes(name));
const browser = await launchChromium({ skip: (message) => console.error(message) });
if (browser === undefined || pictures.length === 0) process.exitCode = 1;
else {
  using programs = buildPrograms();
  try {
    for (const taken of await takePictures(browser, programs, FOLDER, pictures)) console.log(taken);
  } finally {
    await browser.close();
  }
}
