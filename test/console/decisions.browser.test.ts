import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { DIGEST } from '../http/edge-under-test.ts';
import { BROWSER_TEST, type ConsoleUnderTest, readVerdict, visit, withConsole } from './console-under-test.ts';

const IMAGE = `/console/images/${DIGEST}?repository=shop%2Fapi`;

it('two people decide about an image, by keyboard alone, and each sees at once what the other did', BROWSER_TEST, (t) =>
  withConsole(t, async (under) => {
    await t.test('a waiver: asked for, approved by another, seen by both; then the release', () => decides(under));
    await t.test('who may not decide is offered nothing', () => isOfferedNothing(under));
  }),
);

/** Goes on with Tab to what has that name, as somebody without a mouse does. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => {
      const at = document.activeElement;
      const label = at?.id === undefined || at.id === '' ? null : document.querySelector(`label[for="${at.id}"]`);
      return `${at?.getAttribute('aria-label') ?? ''} ${label?.textContent ?? ''} ${at?.textContent ?? ''}`.trim();
    });
    if (name.test(found)) {
      const outline = await page.evaluate(() => {
        const at = document.activeElement;
        return at === null ? '' : getComputedStyle(at).outlineStyle;
      });
      assert.notEqual(outline, 'none', `${name} shows that it has the focus`);
      return;
    }
  }
  throw new Error(`no way to ${name} by Tab`);
}

async function press(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

async function decides(under: ConsoleUnderTest): Promise<void> {
  const trust = under.shop.service.logVkey;
  await using anna = await visit(under, IMAGE, { trust });
  await using ben = await visit(under, IMAGE, { trust, token: under.shop.tokens.ben });
  await anna.page.waitForSelector('#token');
  await anna.page.keyboard.type(under.shop.tokens.anna);
  await anna.page.keyboard.press('Enter');
  assert.equal((await readVerdict(anna.page)).verdict, 'fail');
  assert.equal((await readVerdict(ben.page)).verdict, 'fail');

  await press(anna.page, /^Ask for a waiver/);
  await anna.page.waitForSelector('dialog[open]');
  const effect = (await anna.page.textContent('dialog .effect')) ?? '';
  assert.match(effect, /It changes nothing yet\. Another release manager/);
  assert.match(effect, /nothing else stands against this image/);
  await tabTo(anna.page, /^Why/);
  await anna.page.keyboard.type('SHOP-113: no fix yet');
  await press(anna.page, /^Ask for it/);
  await anna.page.waitForSelector('dialog', { state: 'detached' });
  await anna.page.waitForSelector('text=waits for somebody other than you');
  assert.equal(await anna.page.locator('button:has-text("Approve")').count(), 0, 'nobody approves their own');

  // Ben does not load the page again.
  await ben.page.waitForSelector('text=waits for a second person', { timeout: 15_000 });
  await press(ben.page, /^Approve/);
  await ben.page.waitForSelector('dialog[open]');
  assert.match((await ben.page.textContent('dialog .effect')) ?? '', /SHOP-113/);
  await press(ben.page, /^Approve it/);
  for (const { page } of [ben, anna]) {
    await page.waitForSelector('.verdict[data-verdict=waived]', { timeout: 15_000 });
    assert.equal((await readVerdict(page)).word, 'Yes, with a waiver');
  }

  await press(anna.page, /^Release…/);
  await anna.page.waitForSelector('text=It is the first release to production.');
  await press(anna.page, /^Release to production/);
  await anna.page.waitForSelector('text=Released to production', { timeout: 15_000 });
  await press(anna.page, /^Retire…/);
  await anna.page.waitForSelector('dialog[open]');
  assert.match((await anna.page.textContent('dialog .effect')) ?? '', /It is never taken back/);
  await anna.page.keyboard.press('Escape');
  await anna.page.waitForSelector('dialog', { state: 'detached' });
  assert.equal((await readVerdict(anna.page)).verdict, 'waived', 'Escape changes nothing');
  for (const visitor of [anna, ben]) visitor.check();
}

async function isOfferedNothing(under: ConsoleUnderTest): Promise<void> {
  const token = await under.shop.grant('eve', 'auditor', 'eve', ['shop/*']);
  await using visitor = await visit(under, IMAGE, { token, trust: under.shop.service.logVkey });
  await readVerdict(visitor.page);
  for (const name of ['Ask for a waiver', 'Release…', 'Retire…', 'Approve', 'Revoke'])
    assert.equal(await visitor.page.locator(`button:has-text("${name}")`).count(), 0, name);
  visitor.check();
}
