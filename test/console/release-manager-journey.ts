import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { shortDigest } from '../../src/web/view/short-digest.ts';
import { DIGEST, MANIFEST } from '../http/edge-under-test.ts';
import { type ConsoleUnderTest, readVerdict, visit } from './console-under-test.ts';
import { follow, press, signInByKeyboard, tabTo, write } from './keyboard.ts';

/** How long news may take to get to a page that nobody loads again. */
const NEWS = { timeout: 15_000 };

/** Of the next build: an image with other bytes, and a linter that had something to say. */
const NEXT = Buffer.from(MANIFEST.toString().replace('1'.repeat(64), '2'.repeat(64)));
const WITH_FINDING = JSON.stringify({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'lint' } }, results: [{ level: 'warning', message: { text: 'a shadowed name' } }] }],
});
const CLEAN = JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'scan' } }, results: [] }] });

/**
 * Two people, each with a browser and no mouse: from an image that may not ship to its release, and to the next one that
 * takes its place. Answers the digest of the image that is released at the end, and passes.
 */
export async function releaseManagerJourney(under: ConsoleUnderTest): Promise<string> {
  const { shop } = under;
  await using anna = await visit(under, '/console/', { mouse: false });
  await using ben = await visit(under, '/console/', { mouse: false, trust: shop.service.logVkey });
  await signInByKeyboard(ben.page, shop.tokens.ben);
  await ben.page.waitForSelector('text=Nothing awaits you.');
  await signInByKeyboard(anna.page, shop.tokens.anna);
  await pins(anna.page, shop.service.logVkey);
  await findsWhyNot(anna.page);
  await asks(anna.page);
  await approves(ben.page);
  for (const { page } of [ben, anna]) {
    await page.waitForSelector('.verdict[data-verdict=waived]', NEWS);
    assert.equal((await readVerdict(page)).word, 'Yes, with a waiver');
  }
  assert.equal(await anna.page.evaluate(() => document.documentElement.dataset.loaded), 'once');
  await releases(anna.page);
  const next = await buildsNext(under);
  await releasesNext(anna.page, next);
  await retires(anna.page);
  const asked = await shop.ask('askGate', {
    target: `/v1/gate/${DIGEST}?repository=shop/api&environment=production`,
    token: shop.tokens.anna,
  });
  assert.equal(asked.status, 412, 'the gate says so, too');
  for (const visitor of [anna, ben]) visitor.check();
  return next;
}

async function pins(page: Page, logKey: string): Promise<void> {
  await press(page, /^anna/);
  await follow(page, /^Whose log is this/, 'Whose log is this?');
  await write(page, /^Log key or trust file/, logKey);
  await press(page, /^Pin this key/);
  await page.waitForSelector('h2:has-text("Pinned:")');
}

/** From the first characters of its digest to the page of the image, which says why not and who can act. */
async function findsWhyNot(page: Page): Promise<void> {
  await press(page, /^Search$/);
  await page.waitForSelector('#search-text:focus');
  await page.keyboard.type(DIGEST.slice(0, 'sha256:'.length + 8));
  await page.keyboard.press('Enter');
  await page.waitForSelector(`.rows >> text=${DIGEST}`);
  await press(page, new RegExp(`^${DIGEST}`));
  const { tone, verdict } = await readVerdict(page);
  assert.deepEqual([tone, verdict], ['fail', 'fail']);
  assert.deepEqual(await page.locator('.obstacles code').allTextContents(), [
    'contract/stage · contract/stage-missing',
  ]);
  assert.deepEqual(await page.locator('.obstacles .remedy b').allTextContents(), ['The pipeline:']);
  await page.evaluate(() => {
    document.documentElement.dataset.loaded = 'once';
  });
}

async function asks(page: Page): Promise<void> {
  await press(page, /^Ask for a waiver/);
  await page.waitForSelector('dialog[open]');
  const effect = (await page.textContent('dialog .effect')) ?? '';
  assert.match(effect, /It changes nothing yet\. Another release manager/);
  assert.match(effect, /nothing else stands against this image/);
  await write(page, /^Why/, 'SHOP-113: no fix yet');
  await press(page, /^Ask for it/);
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.waitForSelector('text=waits for somebody other than you');
  assert.equal(await page.locator('button:has-text("Approve")').count(), 0, 'nobody approves their own');
  assert.equal((await readVerdict(page)).verdict, 'fail');
}

/** It comes into the inbox of the second person, who looks at the image and at what it changes. */
async function approves(page: Page): Promise<void> {
  await page.waitForSelector('.rows >> text=A waiver to approve', NEWS);
  await follow(page, /^A waiver to approve/, 'Waiver');
  await page.waitForSelector('.named >> text=SHOP-113: no fix yet');
  await press(page, new RegExp(`^${shortDigest(DIGEST)}`));
  assert.equal((await readVerdict(page)).verdict, 'fail');
  await press(page, /^Approve$/);
  await page.waitForSelector('dialog[open]');
  assert.match((await page.textContent('dialog .effect')) ?? '', /exempted for this image at once/);
  await press(page, /^Approve it/);
}

async function releases(page: Page): Promise<void> {
  await press(page, /^Release…/);
  await page.waitForSelector('dialog .effect >> text=It is the first release to production.');
  assert.match((await page.textContent('dialog .effect')) ?? '', /it rests on a waiver/);
  await press(page, /^Release to production/);
  await page.waitForSelector('h2:text-is("Releases")', NEWS);
}

/** The pipeline builds on, and scans this time. */
async function buildsNext({ shop }: ConsoleUnderTest): Promise<string> {
  const target = '/v1/images/sign?repository=shop/api&annotation=build%3D8';
  const signed = await shop.ask('signImage', {
    target,
    token: shop.tokens.ci,
    body: NEXT,
    type: 'application/octet-stream',
  });
  assert.equal(signed.status, 201, signed.text);
  const { digest } = signed.body;
  for (const [stage, body] of [
    ['lint', WITH_FINDING],
    ['scan', CLEAN],
  ] as const) {
    const address = `/v1/attestations?repository=shop/api&stage=${stage}&subject=${digest}`;
    const attested = await shop.ask('submitAttestation', {
      target: address,
      token: shop.tokens.ci,
      body,
      type: 'text/plain',
    });
    assert.equal(attested.status, 201, attested.text);
  }
  return digest;
}

async function releasesNext(page: Page, digest: string): Promise<void> {
  await follow(page, /^Images$/, 'Images');
  await page.waitForSelector(`.rows >> text=${shortDigest(digest)}`);
  await press(page, /^shop\/api/);
  await page.waitForURL(`**/console/images/${digest}**`);
  assert.equal((await readVerdict(page)).verdict, 'pass');
  await press(page, /^Release…/);
  await page.waitForSelector(`dialog .effect >> text=In production it takes the place of ${shortDigest(DIGEST)}`);
  assert.match((await page.textContent('dialog .effect')) ?? '', /[Ff]indings/);
  await press(page, /^Release to production/);
  await page.waitForSelector('h2:text-is("Releases")', NEWS);
  assert.match((await page.textContent('main')) ?? '', /[Ff]indings/);
}

/** What was replaced is retired: looked at first, and left; then done. */
async function retires(page: Page): Promise<void> {
  await press(page, /^Search$/);
  await page.waitForSelector('#search-text:focus');
  await page.keyboard.type(DIGEST);
  await page.keyboard.press('Enter');
  await page.waitForSelector(`.rows >> text=${DIGEST}`);
  await press(page, new RegExp(`^${DIGEST}`));
  assert.equal((await readVerdict(page)).verdict, 'waived');
  await press(page, /^Retire…/);
  await page.waitForSelector('dialog[open]');
  assert.match((await page.textContent('dialog .effect')) ?? '', /It is never taken back/);
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.equal((await readVerdict(page)).verdict, 'waived', 'Escape changes nothing');
  await press(page, /^Retire…/);
  await page.waitForSelector('dialog[open]');
  await tabTo(page, /^Where/);
  const places = await page.locator('#retire-in option').allTextContents();
  assert.deepEqual(places, ['everywhere, for good'], 'in production another image took its place');
  await press(page, /^Retire it everywhere/);
  await page.waitForSelector('.verdict[data-verdict=fail] .obstacles code:has-text("image/retired")', NEWS);
}
