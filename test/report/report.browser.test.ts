import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { type EvidenceParts, formatEvidence } from '../../src/core/custody/evidence.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { renderReport } from '../../src/report/render-report.ts';
import type { BuiltPrograms } from './built-programs.ts';
import { flipBit } from './flip-bit.ts';
import { imageScenario, QUESTION, type ScenarioOptions } from './image-scenario.ts';
import { BROWSER_TEST, openOffline, readBanner, withBrowser } from './offline-page.ts';

const honest = imageScenario();
const PARTS = honest.evidence(QUESTION);
const KEY = `#log-key=${encodeURIComponent(honest.vkey)}`;

const opened = (options: ScenarioOptions) => imageScenario(options).evidence(QUESTION);

it('a custody report checks itself in a real browser with the network cut', BROWSER_TEST, (t) =>
  withBrowser(t, (browser, programs) => checkReports(t, browser, programs)),
);

async function checkReports(t: TestContext, browser: Browser, programs: BuiltPrograms): Promise<void> {
  const write = (name: string, evidence: Uint8Array) => {
    const file = path.join(programs.folder, `${name}.html`);
    writeFileSync(file, renderReport(evidence, programs.report));
    return file;
  };
  const file = write('custody', bytesOf(PARTS));

  await t.test('20 entries verify within a second, and the result is amber without a key', async () => {
    await using report = await openOffline(browser, file);
    const shown = await readBanner(report.page);
    assert.deepEqual([shown.tone, shown.title], ['warn', 'Internally consistent, origin not confirmed']);
    const milliseconds = Number(await report.page.getAttribute('#waybill', 'data-milliseconds'));
    assert(milliseconds > 0 && milliseconds <= 1000, `${milliseconds} ms`);
    t.diagnostic(`20-entry image: ${milliseconds} ms`);
    assert.equal(await report.page.locator('.timeline svg title').count(), 6);
    assert.equal(await report.page.locator('.entry').count(), 28);
    report.check();
  });

  await t.test('the right key pasted, or in the address, makes it green; nothing is remembered', async () => {
    await using pasted = await openOffline(browser, file);
    await pasted.page.fill('#key-input', `  ${honest.vkey}\n`);
    await pasted.page.click('text=Confirm the origin');
    assert.equal((await readBanner(pasted.page)).tone, 'pass');
    assert.deepEqual(await pasted.page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]'), [
      '',
      0,
      0,
    ]);
    await pasted.page.reload();
    assert.equal((await readBanner(pasted.page)).tone, 'warn');
    pasted.check();
    await using addressed = await openOffline(browser, file, KEY);
    assert.equal((await readBanner(addressed.page)).tone, 'pass');
    addressed.check();
  });

  await t.test('a trust file works as a key does, and what is neither is named', async () => {
    await using report = await openOffline(browser, file);
    await report.page.fill('#key-input', 'not a key');
    await report.page.keyboard.press('Enter');
    assert.match((await report.page.textContent('#key-complaint')) ?? '', /note\/malformed-key/);
    const origin = honest.vkey.split('+')[0];
    await report.page.fill(
      '#key-input',
      JSON.stringify({ type: 'waybill/trust/v0', origin, logKeys: [{ vkey: honest.vkey }] }),
    );
    await report.page.click('text=Confirm the origin');
    assert.equal((await readBanner(report.page)).tone, 'pass');
    report.check();
  });

  for (const [name, parts, code] of [
    ['an entry', editEntry(PARTS), 'entry/inclusion'],
    ['a payload', editPayload(PARTS), 'payload/commitment'],
    ['a signature', opened({ falselySigned: 'sbom' }), 'signature/envelope'],
    ['the checkpoint', { ...PARTS, checkpoint: PARTS.checkpoint.replace('\n28\n', '\n29\n') }, 'checkpoint/signature'],
    ['a length of a list', editList(PARTS), 'list/complete'],
  ] as const) {
    await t.test(`a change of ${name} is red with or without the key (${code})`, async () => {
      for (const fragment of ['', KEY]) {
        await using report = await openOffline(browser, write('changed', bytesOf(parts)), fragment);
        const shown = await readBanner(report.page);
        assert.equal(shown.tone, 'fail');
        assert(shown.codes.includes(code), shown.codes);
        report.check();
      }
    });
  }

  await t.test('a flipped bit of the evidence is red, and says what is wrong with it', async () => {
    const bytes = bytesOf(PARTS);
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      await using report = await openOffline(browser, write('flipped', withoutMarkup(bytes, share)), KEY);
      const shown = await readBanner(report.page);
      assert.equal(shown.tone, 'fail');
      assert.match(shown.codes, /^[a-z]+\/[a-z-]+/);
      report.check();
    }
  });

  await t.test(
    'a report made again under other keys is never green with the right key (note/no-known-signature)',
    async () => {
      const forged = opened({ secret: 'forger' });
      await using amber = await openOffline(browser, write('forged', bytesOf(forged)));
      assert.equal((await readBanner(amber.page)).tone, 'warn');
      await using report = await openOffline(browser, write('forged', bytesOf(forged)), KEY);
      const shown = await readBanner(report.page);
      assert.deepEqual([shown.tone, shown.title], ['fail', 'Not from the log that you trust']);
      assert(shown.codes.includes('note/no-known-signature'), shown.codes);
      report.check();
    },
  );

  await t.test('a stage that the contract asks for and nobody attested is red (contract/stage-missing)', async () => {
    const parts = opened({ without: ['unit-test'] });
    await using report = await openOffline(browser, write('missing', bytesOf(parts)), KEY);
    const shown = await readBanner(report.page);
    assert.equal(shown.tone, 'fail');
    assert(shown.codes.includes('contract/stage-missing'), shown.codes);
    assert.match((await report.page.textContent('.contract')) ?? '', /unit-test · not met/);
    const asked = report.page.locator('.part', { has: report.page.locator('.contract') });
    assert.match((await asked.textContent()) ?? '', /A stage without a rule counts .* whatever that says inside/);
    report.check();
  });

  await t.test(
    'a withdrawn contract is said to be withdrawn, however narrow the screen and long its name',
    async () => {
      for (const name of ['team', 'x'.repeat(60)]) {
        const contract = { contract: name, repositories: ['shop/*'], stages: [{ stage: 'never-attested' }] };
        const withdrawn = write('withdrawn', bytesOf(opened({ withdrawn: contract })));
        for (const width of [360, 1280]) {
          await using report = await openOffline(browser, withdrawn, KEY, { width });
          assert.equal((await readBanner(report.page)).tone, 'pass');
          const steps = await report.page.locator('.timeline svg > g:has(text.strong)').all();
          const titles = await Promise.all(
            steps.map(async (step) => (await step.locator('text.strong').allTextContents()).join(' ')),
          );
          assert.equal(titles[0], 'Contract shop-release, version 1 published');
          assert.match(titles[1] ?? '', /^Contract (team,|x+[,…]) version 1 published$/);
          assert.match(titles[2] ?? '', /^Contract (team,|x+[,…]) version 2 published$/);
          assert.match(titles[3] ?? '', /^Contract (team|x+…?) withdrawn \(version 2\)$/);
          assert.equal(new Set(titles).size, titles.length);
          assert.equal(await report.page.locator('.timeline .struck').count(), 2, 'one step, one line of the legend');
          assert.equal(await report.page.evaluate('document.documentElement.scrollWidth'), width);
          report.check();
        }
      }
    },
  );

  await t.test('an image without a contract is neither green nor red', async () => {
    const parts = opened({ contract: 'none' });
    await using report = await openOffline(browser, write('unjudged', bytesOf(parts)), KEY);
    assert.equal((await readBanner(report.page)).tone, 'neutral');
    report.check();
  });

  await t.test('the policy of the page stops scripts, handlers and requests that are put into it', async () => {
    await using report = await openOffline(browser, file);
    const ran = await report.page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = "script"';
      document.body.append(script);
      const text = document.createElement('p');
      text.setAttribute('onclick', 'window.ran = "handler"');
      document.body.append(text);
      text.click();
      const answer = await fetch('https://example.com/').then(
        () => 'answered',
        () => 'refused',
      );
      return [Reflect.get(window, 'ran'), answer];
    });
    assert.deepEqual(ran, [undefined, 'refused']);
  });

  await t.test('it can be read on a phone and used with the keyboard alone', async () => {
    await using report = await openOffline(browser, file, '', { width: 390 });
    assert.equal(await report.page.evaluate('document.documentElement.scrollWidth'), 390);
    await report.page.keyboard.press('Tab');
    assert.equal(await report.page.evaluate('document.activeElement.id'), 'key-input');
    await report.page.keyboard.type(honest.vkey);
    await report.page.keyboard.press('Enter');
    assert.equal((await readBanner(report.page)).tone, 'pass');
    const summary = report.page.locator('.group > summary').nth(1);
    await summary.focus();
    await report.page.keyboard.press('Enter');
    assert.equal(await report.page.locator('.group').nth(1).getAttribute('open'), '');
    report.check();
  });
}

const bytesOf = (parts: EvidenceParts) => encodeUtf8(formatEvidence(parts));

function editEntry(parts: EvidenceParts): EvidenceParts {
  const entries = parts.entries.map((proved) =>
    proved.entry.stage === 'sbom' ? { ...proved, entry: { ...proved.entry, principal: 'shop-cj' } } : proved,
  );
  return { ...parts, entries };
}

function editPayload(parts: EvidenceParts): EvidenceParts {
  const payloads = parts.payloads.map((payload) =>
    payload.seq === 14 ? { ...payload, bytes: flipBit(payload.bytes, 20) } : payload,
  );
  return { ...parts, payloads };
}

function editList(parts: EvidenceParts): EvidenceParts {
  return {
    ...parts,
    lists: parts.lists.map((list) => ({ ...list, n: list.key.startsWith('image:') ? list.n + 1 : list.n })),
  };
}

/** The evidence with one bit changed somewhere after that share of it, and still without a "<". */
function withoutMarkup(bytes: Uint8Array, share: number): Uint8Array {
  for (let offset = Math.floor(bytes.length * share); ; offset += 1) {
    const changed = flipBit(bytes, offset);
    if (!changed.includes(0x3c)) return changed;
  }
}
