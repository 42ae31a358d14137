import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { formatSignerDocument, SIGNER_MEDIA_TYPE } from '../../src/core/trust/signer-document.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { attest, longLedger, openedLedger, register, sign } from '../custody/custody-under-test.ts';
import { OLDER } from '../custody/releases-under-test.ts';
import { approve, grantPerson, request } from '../custody/waivers-under-test.ts';
import type { BuiltPrograms } from './built-programs.ts';
import { openOffline, readBanner, withBrowser } from './offline-page.ts';
import { QUESTION, REASON, STORY_NOW, wholeStory } from './whole-story.ts';

const TIME = { timeout: 300_000 };
const story = wholeStory();
const NOW = { now: STORY_NOW };
const KEY = `#log-key=${encodeURIComponent(story.vkey)}`;

it(
  'a report tells one release from its failing scan to its retirement, and can be read by keyboard, on paper and anywhere',
  TIME,
  (t) => withBrowser(t, (browser, programs) => checkStory(t, browser, programs)),
);

async function checkStory(t: TestContext, browser: Browser, programs: BuiltPrograms): Promise<void> {
  const write = (name: string, evidence: Uint8Array) => {
    const file = path.join(programs.folder, `${name}.html`);
    writeFileSync(file, renderReport(evidence, programs.report));
    return file;
  };
  const file = write('story', story.evidenceBytes(QUESTION));

  await t.test('everything that happened is told, each with who did it and the entry that says so', async () => {
    await using report = await openOffline(browser, file, KEY, NOW);
    const { tone, codes } = await readBanner(report.page);
    assert.equal(tone, 'fail');
    assert.match(codes, /image\/retired/);
    assert.match((await report.page.textContent('.banner')) ?? '', /Can act: A release manager/);
    const told = (id: string) => report.page.locator(`#${id} .body`).textContent().then(String);
    const waiver = await told('waivers');
    for (const part of [REASON, 'nothing-critical', 'by anna (p-anna)', 'by ben (p-ben)', 'contract/rule', 'Until'])
      assert(waiver.includes(part), `${part}: ${waiver}`);
    const attempts = await told('attempts');
    assert.match(attempts, /1 succeeded, 2 did not/);
    for (const part of ['closed as failed', 'never closed: expired', 'closed as succeeded · a run of this image'])
      assert(attempts.includes(part), `${part}: ${attempts}`);
    const releases = await told('releases');
    for (const part of [
      'production',
      'on the verdict recorded at entry #8',
      OLDER,
      'Retired everywhere',
      'by ben (p-ben)',
    ])
      assert(releases.includes(part), `${part}: ${releases}`);
    const contracts = await told('contracts');
    assert.match(contracts, /scan · waived/);
    assert.match(contracts, /predicate\.critical == 0/);
    const people = await told('people');
    for (const part of ['p-robot', 'p-anna', 'p-ben', 'asked for a waiver', 'retired the image', 'in force'])
      assert(people.includes(part), `${part}: ${people}`);
    assert.match(await told('limits'), /What was waived: scan/);
    assert.match(await told('timeline'), /several|by/);
    report.check();
  });

  await t.test(
    'contents and references lead to their places, folded or not, and leave the key in the address',
    async () => {
      await using report = await openOffline(browser, file, KEY, NOW);
      await report.page.click('.contents a[href="#checks"]');
      assert.equal(await report.page.evaluate('document.activeElement.id'), 'checks-title');
      await report.page.locator('#waivers .ref').first().click();
      const opened = await report.page.evaluate('document.activeElement.parentElement.id');
      assert.match(String(opened), /^entry-[0-9]+$/);
      assert.equal(await report.page.getAttribute(`#${opened}`, 'open'), '');
      assert.equal(await report.page.evaluate('location.hash'), KEY);
      report.check();
    },
  );

  await t.test(
    'the keyboard alone brings the key, reads the contents, finds an entry and opens its document',
    async () => {
      await using report = await openOffline(browser, file, '', NOW);
      const { page } = report;
      const focused = () => page.evaluate('document.activeElement.id || document.activeElement.tagName');
      await tabTo(page, () => focused(), 'key-input');
      await page.keyboard.type(story.vkey);
      await page.keyboard.press('Enter');
      assert.equal((await readBanner(page)).tone, 'fail');
      assert.equal(await focused(), 'H1', 'the keyboard goes on from the new verdict');
      await tabTo(page, () => page.evaluate('document.activeElement.getAttribute("href")'), '#entries');
      await page.keyboard.press('Enter');
      assert.equal(await focused(), 'entries-title');
      await tabTo(page, focused, 'entry-filter');
      await page.keyboard.type('waiver.requested');
      assert.match((await page.textContent('.filter [role=status]')) ?? '', /^1 of [0-9]+ entries$/);
      await tabTo(page, () => page.evaluate('document.activeElement.parentElement.className'), 'entry');
      await page.keyboard.press('Enter');
      assert((await page.textContent('.entry[open] .raw'))?.includes(REASON));
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      assert.notEqual(outline, 'none', 'what has the focus can be seen');
      report.check();
    },
  );

  await t.test(
    'on paper every group is unfolded, controls are gone, and each sheet says which report it is of',
    async () => {
      await using report = await openOffline(browser, file, KEY, NOW);
      const { page } = report;
      const pdf = await page.pdf({ preferCSSPageSize: true });
      assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
      await page.emulateMedia({ media: 'print' });
      await page.evaluate('dispatchEvent(new Event("beforeprint"))');
      assert.equal(await page.locator('details:not(.entry):not([open])').count(), 0);
      assert.deepEqual(await page.locator('button:visible, input:visible, textarea:visible').all(), []);
      const margins = await page.evaluate(
        '[...document.adoptedStyleSheets[0].cssRules].map((rule) => rule.cssText).join()',
      );
      assert.match(String(margins), /@top-left \{ content: "shop\/api · sha256:[0-9a-f]{12}…"/);
      assert.match(String(margins), /counter\(page\).*counter\(pages\)/);
      report.check();
    },
  );

  await t.test('it reads the same in two locales and two time zones', async () => {
    const texts: string[] = [];
    for (const [locale, timezoneId] of [
      ['en-US', 'America/New_York'],
      ['ar-EG', 'Pacific/Kiritimati'],
    ] as const) {
      const context = await browser.newContext({ locale, timezoneId, viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      await page.clock.setFixedTime(STORY_NOW);
      await page.goto(`file://${file}${KEY}`);
      texts.push(((await page.textContent('#waybill')) ?? '').replace(/took [0-9]+ ms/, 'took'));
      await context.close();
    }
    assert.equal(texts[0], texts[1]);
  });

  await t.test(
    'a thousand entries are found by their words, folded in the picture, and unfolded where asked',
    async () => {
      const long = longLedger(1_000);
      await using report = await openOffline(
        browser,
        write('long', long.evidenceBytes(QUESTION)),
        `#log-key=${long.vkey}`,
      );
      const { page } = report;
      await page.waitForSelector('#entries');
      assert.equal((await readBanner(page)).tone, 'pass');
      assert((await page.locator('.timeline svg').count()) <= 12);
      assert.equal(await page.locator('.entries .group[open]').count(), 0);
      await page.fill('#entry-filter', 'stage-17');
      assert.match((await page.textContent('.filter [role=status]')) ?? '', /^2[0-9] of 1,0[0-9]{2} entries$/);
      await page.fill('#entry-filter', '');
      await page.click('.timeline button');
      assert((await page.locator('.timeline svg').count()) > 100);
      report.check();
    },
  );

  await t.test('names and reasons stay text in their place: markup, turned writing and words without end', async () => {
    const ledger = openedLedger();
    const attack = `</script><img src=x onerror="document.title='ran'">\u202Eevitcepsni\u202C\u200B ${'w'.repeat(900)}`;
    for (const name of ['anna', 'ben']) grantPerson(ledger, name, 'release-manager');
    const key = ledger.key('odd').publicKey;
    const bytes = formatSignerDocument({ key, repositories: ['*'], stages: ['*'], title: attack.slice(0, 200) });
    register(ledger, 'odd', { entry: { document: { mediaType: SIGNER_MEDIA_TYPE, bytes } } });
    sign(ledger);
    attest(ledger, { key: 'odd' });
    request(ledger, { reason: attack });
    approve(ledger);
    for (const width of [390, 1280]) {
      await using report = await openOffline(browser, write('odd', ledger.evidenceBytes(QUESTION)), '', { width });
      const { page } = report;
      assert.equal(await page.title(), 'Custody report');
      assert.equal(await page.locator('#waybill img').count(), 0);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
      const waivers = (await page.textContent('#waivers')) ?? '';
      assert(
        waivers.includes('\\u{202e}evitcepsni\\u{202c}\\u{200b}') && !/[\u202A-\u202E\u200B]/.test(waivers),
        waivers,
      );
      assert((await page.textContent('#people'))?.includes('onerror'));
      report.check();
    }
  });
}

/** Presses Tab until what has the focus says so; fails where it never does. */
async function tabTo(page: Page, read: () => Promise<unknown>, wanted: string): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed += 1) {
    if ((await read()) === wanted) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach ${wanted}`);
}
