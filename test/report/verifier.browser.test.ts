import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { trustFileJson } from '../../src/core/custody/trust-file.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { imageKey } from '../../src/core/entry/keys.ts';
import { formatReceipt } from '../../src/core/receipt/receipt.ts';
import { knownPrograms } from '../../src/report/known-programs.ts';
import { readReport } from '../../src/report/read-report.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { completenessBytes } from '../completeness/completeness-under-test.ts';
import { cosigned as cosignedBy, monitorKey } from '../custody/cosign.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import type { BuiltPrograms } from './built-programs.ts';
import { imageScenario, QUESTION } from './image-scenario.ts';
import { BROWSER_TEST, openOffline, readBanner, withBrowser } from './offline-page.ts';

const honest = imageScenario();
const EVIDENCE = honest.evidenceBytes(QUESTION);
const KEY = `#log-key=${encodeURIComponent(honest.vkey)}`;
const FORGED = imageScenario({ secret: 'forger' }).evidenceBytes(QUESTION);

const MONITOR = 'monitor.example';

/** A program that looks like the real one to whoever only looks, and never looks at the evidence. */
const ALWAYS_GREEN = `document.getElementById('waybill').innerHTML=
'<section class="banner pass"><h1>Custody is proved</h1></section>';`;

it('the verifier checks files in a real browser with the network cut', BROWSER_TEST, (t) =>
  withBrowser(t, (browser, programs) => checkFiles(t, browser, programs)),
);

async function checkFiles(
  t: TestContext,
  browser: Browser,
  { verifierPath, report, known }: BuiltPrograms,
): Promise<void> {
  await t.test('it finds a report, evidence and a receipt good with the right key, amber without', async () => {
    for (const [fragment, tone] of [
      ['', 'warn'],
      [KEY, 'pass'],
    ] as const) {
      for (const [name, content] of [
        ['custody.html', encodeUtf8(renderReport(EVIDENCE, report))],
        ['evidence.json', EVIDENCE],
        ['receipt.json', encodeUtf8(formatReceipt(honest.receipt(14)))],
      ] as const) {
        await using verifier = await openOffline(browser, verifierPath, fragment);
        await give(verifier.page, name, content);
        assert.equal((await readBanner(verifier.page)).tone, tone, name);
        verifier.check();
      }
    }
  });

  await t.test('it shows completeness as the log claims it, amber, and green where a monitor replayed it', async () => {
    const list = imageKey(QUESTION.subject);
    const cosigned = completenessBytes(honest, list, (parts) => ({
      ...parts,
      checkpoint: cosignedBy(honest, parts.checkpoint, MONITOR),
    }));
    const trust = JSON.stringify(trustFileJson(trustOf(honest, { monitorKeys: [monitorKey(honest, MONITOR)] })));
    const cut = completenessBytes(honest, list, (parts) => ({ ...parts, entries: parts.entries.slice(0, -1) }));
    for (const [content, given, tone, title] of [
      [cosigned, undefined, 'warn', 'Internally consistent, origin not confirmed'],
      [cosigned, honest.vkey, 'warn', 'Complete, as claimed by the log'],
      [cosigned, trust, 'pass', 'Proved to be complete'],
      [cut, honest.vkey, 'fail', 'This proof does not hold'],
    ] as const) {
      await using verifier = await openOffline(browser, verifierPath);
      await give(verifier.page, 'proof.json', content);
      if (given !== undefined) {
        await verifier.page.fill('#key-input', given);
        await verifier.page.click('text=Confirm the origin');
      }
      const shown = await readBanner(verifier.page);
      assert.deepEqual([shown.tone, shown.title], [tone, title]);
      verifier.check();
    }
  });

  await t.test('it refuses a report whose program always shows green (report/unknown-program)', async () => {
    const page = renderReport(FORGED, ALWAYS_GREEN);
    const hash = createHash('sha256').update(ALWAYS_GREEN).digest('hex');
    await using verifier = await openOffline(browser, verifierPath, KEY);
    await give(verifier.page, 'custody.html', encodeUtf8(page));
    const refusal = await readBanner(verifier.page);
    assert.equal(refusal.tone, 'fail');
    assert(refusal.codes.includes('report/unknown-program'), refusal.codes);
    assert(((await verifier.page.textContent('.banner')) ?? '').includes(hash));
    assert.equal((await readBanner(verifier.page, 1)).title, 'Not from the log that you trust');
    assert.equal(await verifier.page.locator('.banner.pass').count(), 0);
    verifier.check();
    const read = readReport(encodeUtf8(page), knownPrograms([known]));
    assert(read.ok);
    assert.deepEqual([read.value.programKnown, read.value.programSha256], [false, hash]);
  });

  await t.test('it never runs what a report brings along (report/unexpected-content)', async () => {
    const page = renderReport(EVIDENCE, report).replace(
      '<noscript>',
      '<img src=x onerror="document.title=1"><noscript>',
    );
    await using verifier = await openOffline(browser, verifierPath, KEY);
    await give(verifier.page, 'custody.html', encodeUtf8(page));
    const refusal = await readBanner(verifier.page);
    assert.equal(refusal.tone, 'fail');
    assert(refusal.codes.includes('report/unexpected-content'), refusal.codes);
    assert.equal(await verifier.page.title(), 'Waybill verifier');
    assert.equal((await readBanner(verifier.page, 1)).tone, 'pass');
    verifier.check();
  });

  await t.test('it says what is wrong with a file that is none of these', async () => {
    for (const [name, content, code] of [
      ['page.html', '<!doctype html><p>hello</p>', 'report/no-evidence'],
      ['other.json', '{"a":1}', 'custody/malformed-evidence'],
      ['nothing', '', 'custody/malformed-evidence'],
    ] as const) {
      await using verifier = await openOffline(browser, verifierPath);
      await give(verifier.page, name, encodeUtf8(content));
      const shown = await readBanner(verifier.page);
      assert.equal(shown.tone, 'fail');
      assert(shown.codes.includes(code), shown.codes);
      verifier.check();
    }
  });
}

async function give(page: Page, name: string, content: Uint8Array): Promise<void> {
  await page.setInputFiles('#file', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
  await page.waitForSelector('.banner');
}
