import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { renderReport } from '../../src/report/render-report.ts';
import { IMAGE, MANIFEST, openedLedger, publish, REPOSITORY, sign } from '../custody/custody-under-test.ts';
import { billOf, IN_PRODUCTION, SMALLER } from '../custody/previous-under-test.ts';
import { OLDER, OLDER_MANIFEST, release } from '../custody/releases-under-test.ts';
import { grantPerson } from '../custody/waivers-under-test.ts';
import { BROWSER_TEST, openOffline, readBanner, withBrowser } from './offline-page.ts';

const THERE = { repository: 'shop/staging' };

it('a page says what was promoted from where, and what changes since the image before', BROWSER_TEST, async (t) => {
  await withBrowser(t, async (browser, programs) => {
    const ledger = openedLedger();
    grantPerson(ledger, 'anna', 'release-manager');
    publish(ledger, { ...SMALLER, repositories: [REPOSITORY], from: [THERE.repository] });
    for (const [manifest, digest, count] of [
      [OLDER_MANIFEST, OLDER, 9],
      [MANIFEST, IMAGE, 7],
    ] as const) {
      sign(ledger, manifest, THERE);
      billOf(ledger, digest, count);
      release(ledger, { digest });
    }
    const file = path.join(programs.folder, 'compared.html');
    writeFileSync(file, renderReport(ledger.evidenceBytes(IN_PRODUCTION), programs.report));
    await using report = await openOffline(browser, file);
    await report.page.fill('#key-input', ledger.vkey);
    await report.page.keyboard.press('Enter');
    assert.equal((await readBanner(report.page)).title, 'Custody is proved');
    const words = (await report.page.locator('#waybill').textContent()) ?? '';
    assert.match(words, /promoted from shop\/staging/);
    assert.match(words, /takes images from shop\/staging/);
    assert.match(words, /What changes in production/);
    assert.match(words, new RegExp(`In production, since ${OLDER}, released there at entry #[0-9]+:`));
    assert.match(words, /Components: 9 before, 7 now; 2 removed \(part-7, part-8\)\./);
    await report.page.setViewportSize({ width: 390, height: 900 });
    const width = await report.page.evaluate(() => document.documentElement.scrollWidth);
    assert(width <= 390, `${width} px wide on a phone`);
    report.check();
  });
});
