import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { formatEvidence } from '../../src/core/custody/evidence.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { formatReceipt } from '../../src/core/receipt/receipt.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { longLedger } from '../custody/custody-under-test.ts';
import { axeFindings } from './axe-findings.ts';
import type { BuiltPrograms } from './built-programs.ts';
import { imageScenario } from './image-scenario.ts';
import { openOffline, withBrowser } from './offline-page.ts';
import { QUESTION, STORY_NOW, wholeStory } from './whole-story.ts';

const TIME = { timeout: 600_000 };
const MODES = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [390, 1280].map((width) => ({ colorScheme, width })),
);

type Scene = {
  readonly evidence: Uint8Array;
  readonly vkey?: string;
  readonly now?: string;
  /** Its groups are looked at as they stand. */
  readonly folded?: true;
};

function scenes(): Readonly<Record<string, () => Scene>> {
  const of = (ledger: ReturnType<typeof imageScenario>, more: Partial<Scene> = {}): Scene => ({
    evidence: ledger.evidenceBytes(QUESTION),
    vkey: ledger.vkey,
    ...more,
  });
  return {
    'a whole story, waived and retired': () => of(wholeStory(), { now: STORY_NOW }),
    'one that passes': () => of(imageScenario()),
    'one whose origin nobody confirmed': () => ({ evidence: imageScenario().evidenceBytes(QUESTION) }),
    'one that fails': () => of(imageScenario({ without: ['unit-test'] })),
    'one that was tampered with': () => of(imageScenario({ falselySigned: 'sbom' })),
    'one that no contract covers': () => of(imageScenario({ contract: 'none' })),
    'one that cannot be read': () => ({ evidence: encodeUtf8('{"type":"waybill/evidence/v1"}') }),
    'one of a thousand entries': () => of(longLedger(1_000), { folded: true }),
  };
}

it('axe finds nothing on a report, in any state, by day and night, on a phone and a desktop', TIME, (t) =>
  withBrowser(t, (browser, programs) => checkReports(t, browser, programs)),
);

async function checkReports(t: TestContext, browser: Browser, programs: BuiltPrograms): Promise<void> {
  for (const [name, make] of Object.entries(scenes())) {
    await t.test(name, async () => {
      const { evidence, vkey, now, folded } = make();
      const file = path.join(programs.folder, 'custody.html');
      writeFileSync(file, renderReport(evidence, programs.report));
      const fragment = vkey === undefined ? '' : `#log-key=${vkey}`;
      await using report = await openOffline(browser, file, fragment, now === undefined ? {} : { now });
      await report.page.waitForSelector('#waybill[data-milliseconds]');
      // What is folded is looked at as well, where that is not thousands of lines that are all alike.
      if (!folded) await report.page.evaluate(UNFOLD);
      await inEachMode(report.page, name);
      report.check();
    });
  }
}

const UNFOLD = 'for (const one of document.querySelectorAll("details.group")) one.open = true';

/** Nothing is found, and nothing stands out to the side, by day and night, on a phone and a desktop. */
async function inEachMode(page: Page, name: string): Promise<void> {
  for (const { colorScheme, width } of MODES) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await axeFindings(page), [], `${name}, ${colorScheme}, ${width}`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, name);
  }
}

it('axe finds nothing on the verifier: empty, with a report, a receipt, and what it refuses', TIME, (t) =>
  withBrowser(t, async (browser, programs) => {
    const honest = imageScenario();
    const evidence = honest.evidenceBytes(QUESTION);
    const files = [
      undefined,
      ['custody.html', renderReport(evidence, programs.report)],
      ['always-green.html', renderReport(evidence, 'document.title = "proved"')],
      ['receipt.json', formatReceipt(honest.receipt(14))],
      ['evidence.json', formatEvidence(honest.evidence(QUESTION))],
      ['other.json', '{"a":1}'],
    ] as const;
    for (const file of files) {
      await using verifier = await openOffline(browser, programs.verifierPath, `#log-key=${honest.vkey}`);
      if (file !== undefined) {
        const [name, content] = file;
        const buffer = Buffer.from(content);
        await verifier.page.setInputFiles('#file', { name, mimeType: 'application/octet-stream', buffer });
        await verifier.page.waitForSelector('.banner');
      }
      await inEachMode(verifier.page, file?.[0] ?? 'nothing');
      verifier.check();
    }
  }),
);
