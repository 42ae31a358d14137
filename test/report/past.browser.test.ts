import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { View } from '../../src/core/custody/as-of.ts';
import { type EvidenceParts, formatEvidence } from '../../src/core/custody/evidence.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { attest, revoke } from '../custody/custody-under-test.ts';
import type { BuiltPrograms } from './built-programs.ts';
import { imageScenario, QUESTION } from './image-scenario.ts';
import { BROWSER_TEST, openOffline, readBanner, withBrowser } from './offline-page.ts';

/** A release of the 22nd of November; ten days later its key turns out to have been stolen before, and a scan fails. */
const ledger = imageScenario();
const size = ledger.size;
const day = ledger.time.slice(0, 10);
revoke(ledger, 'pipeline', '2026-11-20T00:00:00.000Z');
const late = attest(ledger, { stage: 'dynamic-scan', key: 'stranger', entry: { time: '2026-12-02T08:00:00.000Z' } });
const KEY = `#log-key=${encodeURIComponent(ledger.vkey)}`;

const pastOf = (view: View) => ledger.evidence({ ...QUESTION, asOf: { size, view } });
const bytesOf = (parts: EvidenceParts) => encodeUtf8(formatEvidence(parts));

it(
  'a report about the past says which question it answers, and checks itself with the network cut',
  BROWSER_TEST,
  (t) => withBrowser(t, (browser, programs) => checkPast(t, browser, programs)),
);

async function checkPast(t: TestContext, browser: Browser, programs: BuiltPrograms): Promise<void> {
  const write = (name: string, parts: EvidenceParts) => {
    const file = path.join(programs.folder, `${name}.html`);
    writeFileSync(file, renderReport(bytesOf(parts), programs.report));
    return file;
  };
  const facts = async (page: Page) => (await page.locator('.facts > div').allTextContents()).join(' | ');

  await t.test('as known then: green with the key, with the past in its title, and what it leaves out', async () => {
    await using report = await openOffline(browser, write('then', pastOf('then')), KEY);
    const shown = await readBanner(report.page);
    assert.equal(shown.tone, 'pass');
    assert.match(shown.title, new RegExp(`^Custody is proved, as known at ${day} [0-9:]{8} UTC$`));
    assert.match(
      (await report.page.textContent('.banner p')) ?? '',
      /This is about the past: .*Whatever was recorded since/,
    );
    const found = await facts(report.page);
    assert.match(found, new RegExp(`as known at ${day}`));
    assert.match(found, /As of28 entries, .*Shown under31 entries, /);
    assert.match(found, /as at that time/);
    const later = await report.page.textContent(`#entry-${late} summary`);
    assert.match(later ?? '', /later than what is asked about, not looked at/);
    const groups = (await report.page.locator('details.group').allTextContents()).join(' ');
    assert.match(groups, /The past state was signed/);
    assert.match(groups, /The past state was published/);
    report.check();
  });

  await t.test('as known now about it: red, for the key that was revoked since (signer/revoked)', async () => {
    await using report = await openOffline(browser, write('now', pastOf('now')), KEY);
    const shown = await readBanner(report.page);
    assert.equal(shown.tone, 'fail');
    assert(shown.codes.includes('signer/in-force'), shown.codes);
    assert.match(await facts(report.page), new RegExp(`as known now about ${day}`));
    report.check();
  });

  await t.test('without a key it is amber, and says all the same that it is about the past', async () => {
    await using report = await openOffline(browser, write('then', pastOf('then')));
    const shown = await readBanner(report.page);
    assert.equal(shown.tone, 'warn');
    assert.match(shown.title, /^Internally consistent, origin not confirmed, as known at /);
    report.check();
  });

  await t.test('a past state of another history is red (asof/consistency)', async () => {
    const other = imageScenario({ without: ['sbom-spdx'] });
    attest(other, { stage: 'sbom', entry: { time: ledger.entry(size - 1).time } });
    assert.equal(other.size, size);
    const parts = { ...pastOf('then'), earlier: other.checkpoint(size) };
    await using report = await openOffline(browser, write('forged', parts), KEY);
    const shown = await readBanner(report.page);
    assert.equal(shown.tone, 'fail');
    assert(shown.codes.includes('asof/consistency'), shown.codes);
    report.check();
  });

  await t.test('the verifier says the same of evidence that is dropped on it', async () => {
    await using verifier = await openOffline(browser, programs.verifierPath, KEY);
    const buffer = Buffer.from(bytesOf(pastOf('then')));
    await verifier.page.setInputFiles('#file', { name: 'then.json', mimeType: 'application/octet-stream', buffer });
    await verifier.page.waitForSelector('#waybill .banner');
    const shown = await readBanner(verifier.page);
    assert.equal(shown.tone, 'pass');
    assert.match(shown.title, /as known at/);
    verifier.check();
  });
}
