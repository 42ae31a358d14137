import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type ConsoleUnderTest, visit } from './console-under-test.ts';
import { follow, press, signInByKeyboard, tabTo, write } from './keyboard.ts';

const NEWS = { timeout: 15_000 };
const STRICTER = 'contract: shop\nrepositories: ["shop/*"]\nstages: [{stage: lint}, {stage: scan}, {stage: review}]\n';

/**
 * Two administrators, each with a browser and no mouse: they turn dual control on, and then publish a contract and revoke a
 * key by it. One proposes; the other finds it in the inbox, sees what it changes, and agrees.
 */
export async function administratorsJourney(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const trust = shop.service.logVkey;
  const tokens = [await shop.grant('frida', 'admin', 'frida', ['*']), await shop.grant('gus', 'admin', 'gus', ['*'])];
  await using frida = await visit(under, '/console/changes', { mouse: false, trust });
  await using gus = await visit(under, '/console/', { mouse: false, trust });
  await signInByKeyboard(frida.page, tokens[0] ?? '');
  await signInByKeyboard(gus.page, tokens[1] ?? '');
  await turnsOn(frida.page, gus.page);
  assert.equal((await shop.ask('readSettings', { target: '/v1/settings' })).body.dualControl, true);
  await publishes(under, frida.page, gus.page);
  await revokes(under, frida.page, gus.page);
  for (const visitor of [frida, gus]) visitor.check();
}

async function turnsOn(first: Page, second: Page): Promise<void> {
  await first.waitForSelector('text=Nothing waits for a second person.');
  await press(first, /^Turn it on…/);
  await first.waitForSelector('dialog[open]');
  await press(first, /^Propose it/);
  await first.waitForSelector('text=You proposed it');
  assert.equal(await first.locator('button:has-text("Agree")').count(), 0, 'nobody agrees to their own');
  await agrees(second, /Turn dual control on\./);
  await second.waitForSelector('text=It is on:');
  await first.waitForSelector('text=It does not wait any more.', NEWS);
}

/** The second person: what awaits them, what it changes, and the dialog that says so once more. */
async function agrees(page: Page, effect: RegExp): Promise<void> {
  await press(page, /^For you$/);
  await page.waitForSelector('.rows >> text=A change to confirm', NEWS);
  await follow(page, /^A change to confirm/, 'A change by two people');
  await page.waitForSelector('.named');
  await press(page, /^Agree…/);
  await page.waitForSelector('dialog[open]');
  assert.match((await page.textContent('dialog .effect')) ?? '', effect);
  await press(page, /^Agree and make it/);
  await page.waitForSelector('dialog', { state: 'detached' });
}

async function publishes({ shop }: ConsoleUnderTest, first: Page, second: Page): Promise<void> {
  const version = async () => (await shop.ask('readContract', { target: '/v1/contracts/shop' })).body.version;
  const before = await version();
  await follow(first, /^Contracts$/, 'Contracts');
  await follow(first, /^Publish a contract/, 'Publish a contract');
  await write(first, /^Contract, in YAML or JSON/, STRICTER);
  await press(first, /^Show what it changes/);
  await first.waitForSelector('text=stage review');
  await press(first, /^Publish…/);
  await first.waitForSelector('dialog .effect >> text=Nothing yet.');
  await press(first, /^Propose it/);
  await first.waitForSelector('text=You proposed it');
  assert.equal(await version(), before, 'a proposal changes nothing');
  await agrees(second, /takes the place of version [0-9]+.*looked at .*would fail by it/s);
  await second.waitForSelector('h1:has-text("Contract shop")');
  assert.equal(await version(), before + 1);
}

async function revokes({ shop }: ConsoleUnderTest, first: Page, second: Page): Promise<void> {
  const { body } = await shop.ask('listSigners', { target: '/v1/signers' });
  const { signer, title } = body.items.find(({ use }: { use: string }) => use === 'service');
  const revokedFrom = async () => (await shop.ask('readSigner', { target: `/v1/signers/${signer}` })).body.revokedFrom;
  await follow(first, /^Signers$/, 'Signers');
  await follow(first, new RegExp(`^${title}`), title);
  await follow(first, /^Revoke it…/, 'Revoke a signer');
  await first.waitForSelector('#revoked-from');
  await write(first, /^From when on/, '01312026');
  await first.waitForSelector('.rows.body');
  await press(first, /^Revoke…/);
  await first.waitForSelector('dialog .effect >> text=Nothing yet.');
  await press(first, /^Propose it/);
  await first.waitForSelector('text=You proposed it');
  assert.equal(await revokedFrom(), undefined, 'a proposal changes nothing');
  await agrees(second, /from 2026-01-31T00:00:00\.000Z on does not count.*stops? counting/s);
  await second.waitForSelector('text=Revoked from');
  assert.equal(await revokedFrom(), '2026-01-31T00:00:00.000Z');
  // What did not wait is not made twice, and who comes late is told.
  await follow(first, /^Changes$/, 'Changes by two people');
  await first.waitForSelector('text=Nothing waits for a second person.');
  await tabTo(first, /^Turn it off…/);
}
