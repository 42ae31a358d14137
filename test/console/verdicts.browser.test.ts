import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NOTE_ED25519 } from '../../src/core/checkpoint/note-key.ts';
import { formatVkey } from '../../src/core/checkpoint/signed-note.ts';
import { editEvidence, forgePrincipal } from '../../src/tamper/edit-evidence.ts';
import { DIGEST } from '../http/edge-under-test.ts';
import {
  BROWSER_TEST,
  type ConsoleUnderTest,
  readVerdict,
  type Visitor,
  visit,
  withConsole,
} from './console-under-test.ts';

/** The base point of Ed25519 as a public key: one that signed nothing here. */
const ED25519_BASE = Buffer.from(`58${'66'.repeat(31)}`, 'hex');

const IMAGE = `/console/images/${DIGEST}?repository=shop%2Fapi`;

it('an image is judged in the browser, and the answer is what core found there', BROWSER_TEST, (t) =>
  withConsole(t, async (under) => {
    const trust = under.shop.service.logVkey;
    const open = (more = {}) => visit(under, IMAGE, { token: under.shop.tokens.anna, trust, ...more });

    await t.test('without a pinned key the best answer is amber; pinning it here makes it count', () =>
      isAmberUntilPinned(under),
    );
    await t.test('fail: a large no, the reason, and who can do something about it', async () => {
      await using visitor = await open();
      const { tone, word, verdict, text } = await readVerdict(visitor.page);
      assert.deepEqual([tone, word, verdict], ['fail', 'No', 'fail']);
      assert.match(text, /Stage scan: /);
      assert.match(text, /The pipeline:/);
      assert.match(text, /contract\/stage-missing/);
      assert.match(
        (await visitor.page.textContent('.proof summary')) ?? '',
        /Computed in your browser by Waybill core 0\./,
      );
      visitor.check();
    });
    await t.test('waived: a yes that says so', async () => {
      const waiver = await under.shop.waived();
      await using visitor = await open();
      const { word, verdict, text } = await readVerdict(visitor.page);
      assert.deepEqual([word, verdict], ['Yes, with a waiver', 'waived']);
      assert.match(text, /waived by two people/);
      await visitor.page.click('text=Release…');
      await visitor.page.waitForSelector('dialog .effect li >> text=it rests on a waiver of contract/');
      const effect = (await visitor.page.textContent('dialog .effect')) ?? '';
      assert.match(effect, /\(contract shop, stage scan\) until .* UTC, asked for by anna, approved by ben: “.+”/);
      visitor.check();
      assert.equal((await under.shop.revoke(waiver)).status, 200);
    });
    await t.test('glass that was broken alone: the release says so, and until when', async () => {
      const broken = await under.shop.request(under.shop.tokens.anna, { stage: 'scan', breakGlass: true });
      assert.equal(broken.status, 201, broken.text);
      await using visitor = await open();
      assert.equal((await readVerdict(visitor.page)).verdict, 'waived');
      await visitor.page.click('text=Release…');
      await visitor.page.waitForSelector('dialog .effect b >> text=by glass that anna broke and nobody approved');
      assert.equal(
        await visitor.page.getAttribute('dialog .effect time', 'datetime'),
        broken.body.approveBefore,
        'the day in which a second person must approve it',
      );
      visitor.check();
      assert.equal((await under.shop.revoke(broken.body.waiver)).status, 200);
    });
    await t.test('pass: a plain yes', async () => {
      assert.equal((await under.shop.attest('scan', under.shop.tokens.ci)).status, 201);
      await using visitor = await open();
      const { tone, word, verdict } = await readVerdict(visitor.page);
      assert.deepEqual([tone, word, verdict], ['pass', 'Yes', 'pass']);
      assert((await visitor.page.locator('.timeline svg').count()) > 0);
      visitor.check();
    });
    await t.test('evidence that was changed is red by the browser’s own checks, though the service says yes', () =>
      isRedWhereChanged(under, open),
    );
    await t.test(
      'a log that does not continue what this browser was shown is red (checkpoint/rolled-back, …/forked)',
      () => isRedWhereContradicted(under, open),
    );
    await t.test('another key pinned: not from the log that is trusted (note/no-known-signature)', async () => {
      const other = formatVkey(under.shop.service.origin, NOTE_ED25519, ED25519_BASE);
      await using visitor = await open({ trust: other });
      const { tone, word, text } = await readVerdict(visitor.page);
      assert.deepEqual([tone, word], ['fail', 'No']);
      assert.match(text, /Not from the log that you trust.*note\/no-known-signature/s);
      visitor.check();
    });
    await t.test('unjudged: nobody can say, since nothing was required', async () => {
      const bank = await under.shop.grant('bank-ci', 'pipeline', 'robot', ['bank/*']);
      assert.equal((await under.shop.sign(bank, 'bank/api')).status, 201);
      await using visitor = await visit(under, `/console/images/${DIGEST}?repository=bank%2Fapi`, {
        token: under.shop.tokens.dora,
        trust,
      });
      const { word, verdict, tone } = await readVerdict(visitor.page);
      assert.deepEqual([tone, word, verdict], ['neutral', 'Nobody can say', 'unjudged']);
      visitor.check();
    });
    await t.test('a digest in two repositories asks which one is meant', async () => {
      await using visitor = await visit(under, `/console/images/${DIGEST}`, { token: under.shop.admin, trust });
      await visitor.page.waitForSelector('h1:has-text("Which repository?")');
      visitor.expect(/422/);
      await visitor.page.click('[aria-label=Repositories] >> text=shop/api');
      assert.equal((await readVerdict(visitor.page)).verdict, 'pass');
      visitor.check();
    });
  }),
);

async function isAmberUntilPinned(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, IMAGE, { token: under.shop.tokens.anna });
  const { page } = visitor;
  await under.shop.waived({ stage: 'scan', reason: 'for a while' }).then((waiver) => under.shop.revoke(waiver));
  // The page may have been drawn while the waiver was in force, and follows.
  await page.waitForSelector('.verdict[data-verdict=fail]');
  await page.fill('#pin-key', 'no key at all');
  await page.click('form >> text=Pin this key');
  await page.waitForSelector('.pin [role=alert]');
  assert.match((await page.textContent('.pin [role=alert]')) ?? '', /note\/malformed-key/);
  await page.fill('#pin-key', ` ${under.shop.service.logVkey}\n`);
  await page.click('form >> text=Pin this key');
  await page.waitForSelector('.pin-here', { state: 'detached' });
  await page.reload();
  await readVerdict(page);
  assert.equal(await page.locator('.pin-here').count(), 0, 'it stays pinned in this browser');
  visitor.check();
}

async function isRedWhereChanged(under: ConsoleUnderTest, open: () => Promise<Visitor>): Promise<void> {
  const changes: readonly (readonly [what: string, change: (bytes: Uint8Array) => Uint8Array, code: RegExp])[] = [
    ['another principal in an entry', forgePrincipal, /entry\/inclusion/],
    [
      'an attestation left out',
      (bytes) => editEvidence(bytes, (parts) => ({ ...parts, entries: parts.entries.slice(0, -1) })),
      /list\/|commit\//,
    ],
    ['a byte', (bytes) => bytes.map((byte, at) => (at === 400 ? byte ^ 1 : byte)), /encoding\/|custody\//],
    [
      'evidence of another repository',
      (bytes) =>
        editEvidence(bytes, (parts) => ({ ...parts, question: { ...parts.question, repository: 'shop/other' } })),
      /custody\/wrong-question/,
    ],
  ];
  assert.equal((await under.shop.verify()).body.verdict, 'pass');
  for (const [what, change, code] of changes) {
    await using visitor = await open();
    const { page, context } = visitor;
    await readVerdict(page);
    await context.route('**/evidence?**', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: Buffer.from(change(new Uint8Array(await response.body()))) });
    });
    await page.reload();
    const { tone, word, text } = await readVerdict(page);
    assert.deepEqual([tone, word], ['fail', 'No'], what);
    const shown = `${text} ${await page.locator('main').textContent()}`;
    assert.match(shown, code, what);
    visitor.check();
  }
}

/** What this browser was shown before, as a service would like it to be forgotten. */
async function isRedWhereContradicted(under: ConsoleUnderTest, open: () => Promise<Visitor>): Promise<void> {
  await using visitor = await open();
  const { page, context } = visitor;
  assert.equal((await readVerdict(page)).verdict, 'pass');
  const seen = JSON.parse(await page.evaluate(() => localStorage.getItem('waybill.seen') ?? ''));
  const remember = (state: object) =>
    page.evaluate((text) => localStorage.setItem('waybill.seen', text), JSON.stringify({ ...seen, ...state }));
  await remember({ size: seen.size + 1 });
  await page.reload();
  assert.match((await readVerdict(page)).text, /The log was rolled back.*checkpoint\/rolled-back/s);
  await remember({ root: '00'.repeat(32) });
  await page.reload();
  assert.match((await readVerdict(page)).text, /The log has two histories.*checkpoint\/forked/s);

  // It grew honestly, and then with a path that leads elsewhere.
  await remember({});
  assert.equal((await under.shop.attest('other', under.shop.tokens.ci)).status, 201);
  await page.reload();
  assert.equal((await readVerdict(page)).verdict, 'pass');
  const grown = JSON.parse(await page.evaluate(() => localStorage.getItem('waybill.seen') ?? ''));
  assert(grown.size > seen.size, 'the newer state is remembered');
  await remember({});
  await context.route('**/v1/consistency?**', async (route) => {
    const response = await route.fetch();
    const { path, ...rest } = (await response.json()) as { readonly path: readonly string[] };
    await route.fulfill({ response, json: { ...rest, path: path.map(() => Buffer.alloc(32).toString('base64')) } });
  });
  await page.reload();
  assert.match((await readVerdict(page)).text, /checkpoint\/forked/);
  visitor.check();
}
