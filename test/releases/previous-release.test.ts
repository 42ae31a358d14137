import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { trustLogKey } from '../../src/core/custody/trust-file.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { assertRefused, DIGEST } from '../waivers/waivers-over-http.ts';
import { OLDER, openCompared } from './previous-over-http.ts';

type Reasons = { readonly body: { readonly reasons: readonly { readonly reason: string }[] } };

function reasonsOf({ body }: Reasons): readonly string[] {
  return body.reasons.map(({ reason }) => reason);
}

test('an image is held to what was released before, at the gate, in verdicts and releases (contract/rule-violated)', async () => {
  await using shop = await openCompared();
  await shop.bill(OLDER, 2);
  assert.equal((await shop.gateFor(DIGEST, 'production')).status, 200, 'nothing was released there');
  assert.equal((await shop.release(OLDER)).status, 201);
  const gate = await shop.gateFor(DIGEST, 'production');
  assert.deepEqual([gate.status, reasonsOf(gate)], [412, ['contract/rule-violated']]);
  const verified = await shop.verifyIn(DIGEST, { environment: 'production' });
  assert.equal(verified.body.verdict, 'fail');
  assertRefused(await shop.release(DIGEST), 422, 'release/verdict-not-passed');
  assert.equal((await shop.gateFor(DIGEST, 'staging')).status, 200, 'and nothing in staging');
  assert.equal((await shop.gateFor(OLDER, 'production')).status, 200);
});

test('a gate that is asked for no environment says so (contract/no-environment)', async () => {
  await using shop = await openCompared();
  const gate = await shop.gateFor(DIGEST);
  assert.deepEqual([gate.status, reasonsOf(gate)], [412, ['contract/no-environment']]);
  assert.equal((await shop.verifyIn(DIGEST)).body.verdict, 'fail');
});

test('a release rests on a verdict for its environment, and the next one on another', async () => {
  await using shop = await openCompared();
  await shop.bill(OLDER, 4);
  const first = await shop.release(OLDER);
  assert.equal(first.status, 201, first.text);
  const released = await shop.release(DIGEST);
  assert.equal(released.status, 201, released.text);
  const { body } = await shop.ask('readEntry', {
    target: `/v1/entries/${released.body.verdict}`,
    token: shop.tokens.anna,
  });
  assert.deepEqual([body.entry.body.verdict, body.entry.body.environment], ['pass', 'production']);
  // What it took the place of does not come back: it is larger.
  assertRefused(await shop.release(OLDER), 422, 'release/verdict-not-passed');
});

test('a kept yes of the gate ends when something is attested of the image before, or something else is released', async () => {
  await using shop = await openCompared();
  const bill = await shop.bill(OLDER, 4);
  assert.equal((await shop.release(OLDER)).status, 201);
  for (const _ of [1, 2]) assert.equal((await shop.gateFor(DIGEST, 'production')).status, 200);
  const target = `/v1/entries/${bill}`;
  assert.equal((await shop.ask('readEntry', { target, token: shop.tokens.anna })).status, 200);
  assert.equal((await shop.release(DIGEST)).status, 201);
  assert.equal((await shop.gateFor(DIGEST, 'production')).status, 200);
  const over = await shop.gateFor(OLDER, 'production');
  assert.deepEqual([over.status, reasonsOf(over)], [412, ['contract/rule-violated']]);
});

test('evidence for an environment proves the end of its list and shows the image before with its documents', async () => {
  await using shop = await openCompared();
  const bill = await shop.bill(OLDER, 4);
  assert.equal((await shop.release(OLDER)).status, 201);
  const read = async (query: string) => {
    const evidence = parseEvidence(Buffer.from((await shop.evidence(DIGEST, query)).text));
    assert(evidence.ok, JSON.stringify(evidence));
    return evidence.value;
  };
  const compared = await read('&environment=production');
  assert.deepEqual(compared.question, { subject: DIGEST, repository: 'shop/api', environment: 'production' });
  assert(compared.payloads.some(({ seq }) => seq === bill));
  assert.equal(compared.lists.find(({ key }) => key.startsWith('release:'))?.n, 1);
  const plain = await read('');
  assert(!plain.payloads.some(({ seq }) => seq === bill));
  assert(!plain.lists.some(({ key }) => key.startsWith('release:')));
  assert.equal((await shop.evidence(DIGEST, '&environment=No%20Name')).status, 400);
});

test('what a release would change is told by what both images state, beforehand and in the verdict', async () => {
  await using shop = await openCompared();
  await shop.bill(OLDER, 5);
  assert.equal((await shop.release(OLDER)).status, 201);
  const target = `/v1/images/${DIGEST}/changes?repository=shop/api&environment=production`;
  const told = await shop.ask('readChanges', { target, token: shop.tokens.anna });
  assert.equal(told.status, 200, told.text);
  const { components } = told.body.comparison.facts;
  assert.deepEqual([components.before, components.after, components.removedCount], [5, 3, 2]);
  assert.equal(told.body.comparison.previous.digest, OLDER);
  const verified = await shop.verifyIn(DIGEST, { environment: 'production' });
  assert.deepEqual(verified.body.comparison, told.body.comparison);
  assert.equal((await shop.verifyIn(DIGEST)).body.comparison, undefined);
});

test('the end of a long list is shown from the release of another image on, however far back that is', async () => {
  await using shop = await openCompared();
  await shop.bill(OLDER, 4);
  await shop.comparesNothing();
  for (const digest of [DIGEST, OLDER]) assert.equal((await shop.release(digest)).status, 201);
  // Read 32 at a time.
  for (let turn = 0; turn < 17; turn += 1) {
    const released = await shop.release(DIGEST);
    assert.equal(released.status, 201, released.text);
    assert.equal((await shop.retire(DIGEST)).status, 200);
  }
  assert.equal((await shop.release(DIGEST)).status, 201);
  const evidence = parseEvidence(Buffer.from((await shop.evidence(DIGEST, '&environment=production')).text));
  assert(evidence.ok, JSON.stringify(evidence));
  const { question, logKey, lists, entries } = evidence.value;
  const list = lists.find(({ key }) => key.startsWith('release:'));
  const ends = entries.filter(({ entry }) => entry.keys.some(({ key, n }) => key === list?.key && n > 1));
  assert.deepEqual([list?.n, ends.length], [37, 36]);
  const trust = trustLogKey(logKey);
  assert(trust.ok);
  const evaluatedAt = new Date().toISOString();
  const result = verifyCustody({ evidence: evidence.value, question, trust: trust.value, evaluatedAt });
  assert.equal(result.verdict, 'pass', JSON.stringify(result.checks.filter(({ outcome }) => outcome !== 'pass')));
});

test('contracts that compare nothing rest on no release, also where the gate is asked for an environment', async () => {
  await using shop = await openCompared();
  await shop.comparesNothing();
  await shop.bill(OLDER, 2);
  assert.equal((await shop.release(OLDER)).status, 201);
  assert.equal((await shop.gateFor(DIGEST, 'production')).status, 200);
  assert.equal((await shop.release(DIGEST)).status, 201);
});
