import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openMachine, type Ran } from '../cli/run-cli.ts';
import { DIGEST } from '../http/edge-under-test.ts';
import { openOffline, readBanner } from '../report/offline-page.ts';
import { type ConsoleUnderTest, readVerdict, visit } from './console-under-test.ts';
import { follow, press, signInByKeyboard, write } from './keyboard.ts';

/** The program in reports of this checkout, as whoever installs it knows it. */
const PROGRAM = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../dist/web/program.json'), 'utf8'));

/**
 * An auditor with a browser and a laptop: looks at an image and the proofs of the ledger, takes away its report in both
 * forms and the proof of a period, and checks all three with the network off. No mouse is used.
 */
export async function auditorJourney(under: ConsoleUnderTest, digest: string): Promise<void> {
  const { shop } = under;
  const logKey = shop.service.logVkey;
  const token = await shop.grant('eve', 'auditor', 'eve', ['*']);
  await using visitor = await visit(under, '/console/images', { trust: logKey, mouse: false });
  const { page } = visitor;
  await signInByKeyboard(page, token);
  await write(page, /^Digest or repository/, digest);
  await page.keyboard.press('Enter');
  assert.equal((await readVerdict(page)).verdict, 'pass');
  const report = await takes(page, /^Custody report/);
  const signed = await takes(page, /^Signed report/);
  await provesLedger(page, digest);
  const period = await takesPeriod(page);
  visitor.check();

  const laptop = openMachine({}, PROGRAM.sha256);
  const verify = async (file: string, ...more: readonly string[]) => laptop.run('verify', file, '--json', ...more);
  assert.deepEqual(found(await verify(report, '--log-key', logKey)), { exit: 0, verdict: 'pass', subject: digest });
  assert.deepEqual(found(await verify(signed, '--log-key', logKey)), { exit: 0, verdict: 'pass', subject: digest });
  assert.equal((await verify(report)).exit, 12, 'without a key nothing is more than consistent');
  const proved = await verify(period, '--log-key', logKey);
  assert.equal(proved.exit, 11, `the day has not ended: ${proved.out}${proved.err}`);
  await checksOffline(under, report, logKey);
  await exportsPeriod(under, token);
}

/** Presses what downloads; answers where the file is. */
async function takes(page: Page, name: RegExp): Promise<string> {
  const waiting = page.waitForEvent('download');
  await press(page, name);
  const download = await waiting;
  const kept = path.join(openMachine().home, download.suggestedFilename());
  await download.saveAs(kept);
  return kept;
}

/** The list of an image is whole, an entry of it is in the log, and the log only grew. */
async function provesLedger(page: Page, digest: string): Promise<void> {
  await follow(page, /^Ledger$/, 'Ledger');
  await page.waitForSelector('[aria-label=Checkpoints] li');
  await press(page, /^Prove that it continues/);
  await page.waitForSelector('[aria-label=Checkpoints] .chip.pass');
  await write(page, /^List/, `image:${digest}`);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.proof-note.warn');
  assert.deepEqual(await page.locator(`[aria-label="Entries of image:${digest}"] .lead`).allTextContents(), [
    'image.signed',
    'attestation.recorded',
    'attestation.recorded',
    'image.released',
  ]);
  await press(page, /^image\.signed/);
  await page.waitForSelector('.proof-note.pass');
}

async function takesPeriod(page: Page): Promise<string> {
  await follow(page, /^Ledger$/, 'Ledger');
  await page.waitForSelector('#first-day');
  await write(page, /^First day/, '01012026');
  await write(page, /^Last day/, '12312037');
  return takes(page, /^Take the proof/);
}

/** The report alone, in a browser that has no network: amber, and green once the key is given. */
async function checksOffline({ browser }: ConsoleUnderTest, file: string, logKey: string): Promise<void> {
  await using offline = await openOffline(browser, file);
  assert.equal((await readBanner(offline.page)).tone, 'warn');
  await write(offline.page, /^Log key/, logKey);
  await press(offline.page, /^Confirm the origin/);
  await offline.page.waitForSelector('#waybill .banner.pass');
  offline.check();
}

/** The whole population by the command line, for a machine of the auditor's own. */
async function exportsPeriod(under: ConsoleUnderTest, token: string): Promise<void> {
  const logKey = under.shop.service.logVkey;
  const online = openMachine({ WAYBILL_URL: under.url, WAYBILL_TOKEN: token, WAYBILL_LOG_KEY: logKey }, PROGRAM.sha256);
  const { body } = await under.shop.ask('listCheckpoints', { target: '/log/checkpoints?limit=1', token });
  const folder = path.join(online.home, 'population');
  const period = ['--from', '0', '--to', String(body.items[0].size)];
  const taken = await online.run('export', ...period, '-o', folder, '--sample', '1', '--seed', 'a draw');
  assert.equal(taken.exit, 0, taken.out + taken.err);
  const verified = await openMachine({}, PROGRAM.sha256).run('verify', folder, '--log-key', logKey);
  assert.equal(verified.exit, 0, verified.out + verified.err);
  assert.match(readFileSync(path.join(folder, 'images.csv'), 'utf8'), new RegExp(DIGEST));
}

function found(ran: Ran) {
  const { verdict, subject } = JSON.parse(ran.out);
  return { exit: ran.exit, verdict, subject };
}
