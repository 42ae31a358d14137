import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCompleteness } from '../../src/core/completeness/completeness.ts';
import { verifyCompleteness } from '../../src/core/completeness/verify-completeness.ts';
import { checkAgainstReceipt, viewOfCompleteness, viewOfReceipt } from '../../src/core/custody/contradiction.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { coverageKey, imageKey, TRUST_KEY } from '../../src/core/entry/keys.ts';
import { cosigned, monitorKey } from '../custody/cosign.ts';
import { attest, custodyLedger, IMAGE, openedLedger, publish, revoke, sign } from '../custody/custody-under-test.ts';
import { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { findings, trustOf } from '../custody/verify-under-test.ts';
import { assertRefused, completenessBytes, completenessParts, prove } from './completeness-under-test.ts';

const LIST = imageKey(IMAGE);
const NOBODY = imageKey(`sha256:${'0'.repeat(64)}`);

test('the entries of a list are proved to be all, and that a list has none is proved, too', () => {
  const ledger = custodyLedger();
  for (const [key, n] of [
    [LIST, 3],
    [TRUST_KEY, 1],
    [coverageKey('shop/*'), 1],
    [NOBODY, 0],
    [coverageKey('*'), 0],
  ] as const) {
    const result = prove(ledger, key);
    assert.deepEqual(findings(result), [], key);
    assert.equal(result.holds, true);
    assert.deepEqual([result.key, result.n], [key, n]);
    assert.deepEqual(result.assurances, { pinned: true, replayed: false, complete: false });
  }
});

test('without a log key the proof holds and is not confirmed (origin/not-confirmed)', () => {
  const result = prove(custodyLedger(), LIST, { trust: 'none' });
  assert.deepEqual(findings(result), ['not-run origin origin/not-confirmed']);
  assert.deepEqual([result.holds, result.assurances.pinned], [true, false]);
});

test('the cosignature of a monitor that the reader trusts makes it complete, that of another one does not', () => {
  const ledger = custodyLedger();
  const trust = trustOf(ledger, { monitorKeys: [monitorKey(ledger, 'monitor.example')] });
  const by = (name: string) => (parts: ReturnType<typeof completenessParts>) => ({
    ...parts,
    checkpoint: cosigned(ledger, parts.checkpoint, name),
  });
  const own = prove(ledger, LIST, { trust, edit: by('monitor.example') });
  assert.deepEqual(own.assurances, { pinned: true, replayed: true, complete: true });
  for (const result of [
    prove(ledger, LIST, { trust, edit: by('stranger.example') }),
    prove(ledger, LIST, { edit: by('monitor.example') }),
    prove(ledger, LIST, { trust }),
  ]) {
    assert.equal(result.holds, true);
    assert.deepEqual(result.assurances, { pinned: true, replayed: false, complete: false });
  }
});

test('a cosignature in the name of a trusted monitor that is false refuses the proof (note/bad-signature)', () => {
  const ledger = custodyLedger();
  const trust = trustOf(ledger, { monitorKeys: [monitorKey(ledger, 'monitor.example')] });
  const forged = prove(ledger, LIST, {
    trust,
    edit: (parts) => ({ ...parts, checkpoint: cosigned(ledger, parts.checkpoint, 'monitor.example', 'another\n') }),
  });
  assertRefused(forged, 'checkpoint/signature', 'note/bad-signature');
});

test('an entry dropped at the end is in the map (list/not-in-map), one dropped elsewhere leaves a gap (list/gap)', () => {
  const ledger = custodyLedger();
  for (const [at, reason] of [
    [2, 'list/not-in-map'],
    [1, 'list/gap'],
    [0, 'list/gap'],
  ] as const) {
    const edit = (parts: ReturnType<typeof completenessParts>) => ({
      ...parts,
      entries: parts.entries.filter((_, index) => index !== at),
    });
    assertRefused(prove(ledger, LIST, { edit }), 'list/complete', reason);
  }
});

test('an absence that is none cannot be forged (map/absence-not-shown, list/not-in-map, map/malformed-proof)', () => {
  const ledger = custodyLedger();
  const other = completenessParts(ledger, NOBODY).proof;
  const forge = (proof: Uint8Array) => prove(ledger, LIST, { edit: (parts) => ({ ...parts, entries: [], proof }) });
  const reasons = [forge(other), forge(new Uint8Array()), forge(completenessParts(ledger, LIST).proof)].map(
    (result) => {
      assert.equal(result.holds, false);
      return result.checks.find(({ code }) => code === 'list/complete')?.reason;
    },
  );
  assert(reasons.every((reason) => reason !== undefined && /^(?:map|list)\//.test(reason)));
  assert.equal(reasons[1], 'list/not-in-map');
});

test('a commitment that is not the last entry, or none, proves nothing (commit/missing, commit/not-last)', () => {
  const ledger = custodyLedger();
  const stale = ledger.receipt(ledger.size - 1);
  attest(ledger, { stage: 'lint' });
  // The commitment of an earlier checkpoint is in the tree, and not at its end.
  const withStale = prove(ledger, LIST, {
    edit: (parts) => ({
      ...parts,
      entries: parts.entries.filter(({ seq }) => seq < stale.index),
      commit: { entry: stale.entry, path: ledger.receipt(stale.index).path },
    }),
  });
  assertRefused(withStale, 'commit/last', 'commit/missing');
  const uncommitted = new LedgerUnderTest(undefined, undefined, false);
  uncommitted.append({
    kind: 'log.opened',
    principal: 'service',
    body: { mapRule: 'waybill/map/v1', logKeys: [uncommitted.vkey], controlKeys: [], controlThreshold: 0 },
  });
  sign(uncommitted);
  assertRefused(
    prove(uncommitted, LIST, { edit: (parts) => ({ ...parts, entries: [] }) }),
    'commit/last',
    'commit/not-last',
  );
});

test('a checkpoint replayed over newer entries does not include the commitment (merkle/index-out-of-range)', () => {
  const ledger = custodyLedger();
  const old = ledger.checkpoint();
  attest(ledger, { stage: 'lint' });
  const result = prove(ledger, LIST, { edit: (parts) => ({ ...parts, checkpoint: old }) });
  assertRefused(result, 'entry/inclusion', 'merkle/index-out-of-range');
});

test('an old checkpoint is too old for who sets a limit, and for who pins a newer one (checkpoint/too-old)', () => {
  const ledger = custodyLedger();
  const old = completenessBytes(ledger, LIST);
  const then = ledger.time;
  revoke(ledger, 'pipeline', then);
  const parsed = parseCompleteness(old);
  assert(parsed.ok);
  const late = new Date(Date.parse(then) + 3_600_000).toISOString();
  const limited = verifyCompleteness(parsed.value, trustOf(ledger, { checkpointAgeMaxSeconds: 600 }), late);
  assertRefused(limited, 'checkpoint/age', 'checkpoint/too-old');
  const pins = [{ size: ledger.size, root: ledger.root() }];
  assertRefused(
    verifyCompleteness(parsed.value, trustOf(ledger, { pins }), then),
    'checkpoint/pins',
    'checkpoint/too-old',
  );
});

test('an entry changed, taken of another log, or linked past another one does not hold', () => {
  const ledger = custodyLedger();
  const change = (at: number, change: object) => (parts: ReturnType<typeof completenessParts>) => ({
    ...parts,
    entries: parts.entries.map((entry, index) => (index === at ? { ...entry, ...change } : entry)),
  });
  assertRefused(prove(ledger, LIST, { edit: change(2, { principal: 'other' }) }), 'list/complete', 'list/not-in-map');
  assertRefused(prove(ledger, LIST, { edit: change(0, { principal: 'other' }) }), 'list/complete', 'list/link-broken');
  assertRefused(
    prove(ledger, LIST, { edit: change(1, { log: 'waybill-other' }) }),
    'entry/inclusion',
    'entry/wrong-log',
  );
  const other = trustOf(ledger, { origin: 'waybill-other' });
  assertRefused(prove(ledger, LIST, { trust: other }), 'origin', 'origin/wrong-log');
});

test('a proof is read strictly (completeness/malformed, completeness/hash-wrong, entry/…)', () => {
  const ledger = custodyLedger();
  const good = Buffer.from(completenessBytes(ledger, LIST)).toString('utf8');
  const code = (text: string) => {
    const read = parseCompleteness(encodeUtf8(text));
    return read.ok ? 'ok' : read.fault.code;
  };
  assert.equal(code(good), 'ok');
  assert.equal(code(`${good}\n`), 'completeness/malformed');
  assert.equal(code(good.replace('"n":3', '"n":4')), 'completeness/hash-wrong');
  assert.equal(code(good.replace('"key":"image', '"more":1,"key":"image')), 'completeness/malformed');
  const swapped = completenessBytes(ledger, LIST, (parts) => ({ ...parts, entries: parts.entries.toReversed() }));
  assert.equal(code(Buffer.from(swapped).toString()), 'completeness/malformed');
  const entry = completenessBytes(ledger, LIST, (parts) => ({
    ...parts,
    entries: parts.entries.map((one) => ({ ...one, keys: [] })),
  }));
  assert.equal(code(Buffer.from(entry).toString()), 'entry/keys-wrong');
});

test('every byte counts: whichever is changed, with hash and form restored, the proof is refused or shows the same', () => {
  const ledger = custodyLedger();
  const parts = completenessParts(ledger, LIST);
  const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
  for (let at = 0; at < parts.proof.length; at += 7)
    assert.equal(prove(ledger, LIST, { edit: () => ({ ...parts, proof: flip(parts.proof, at) }) }).holds, false);
  for (const [index, hash] of parts.commit.path.entries()) {
    const path = parts.commit.path.with(index, flip(hash, index % 32));
    const result = prove(ledger, LIST, { edit: () => ({ ...parts, commit: { ...parts.commit, path } }) });
    assertRefused(result, 'entry/inclusion', 'merkle/root-mismatch');
  }
  for (const commit of [{ keys: 1 }, { root: 'ab'.repeat(32) }]) {
    const entry = { ...parts.commit.entry, body: { ...(parts.commit.entry.body as object), ...commit } };
    const result = prove(ledger, LIST, { edit: () => ({ ...parts, commit: { ...parts.commit, entry } }) });
    assertRefused(result, 'commit/last', 'commit/missing');
  }
});

test('a receipt convicts a log whose signed map leaves the entry out (map/omission-proved)', () => {
  // The scan is in the tree, and its writer has a receipt; the map knows nothing of it.
  const liar = custodyLedger({ stages: ['test'] });
  const hidden = attest(liar, { stage: 'scan', entry: { unmapped: true } });
  const receipt = liar.receipt(hidden);
  publish(liar, { contract: 'news', repositories: ['other/*'], stages: [] });
  const proof = completenessBytes(liar, LIST, (parts) => ({ ...parts, entries: parts.entries.slice(0, -1) }));
  const parsed = parseCompleteness(proof);
  assert(parsed.ok);
  const trust = trustOf(liar);
  assert.equal(verifyCompleteness(parsed.value, trust, liar.time).holds, true, 'nothing in the file tells');
  const keys = trust.logKeys.map(({ key }) => key);
  const own = viewOfReceipt(receipt, keys);
  const shown = viewOfCompleteness(parsed.value, keys);
  assert(own.ok && shown.ok);
  const result = checkAgainstReceipt(shown.value, own.value);
  assert(!result.ok && result.fault.code === 'map/omission-proved');
});

test('a proof whose list does not hold is the file’s fault, not the log’s (list/omission-proved)', () => {
  const ledger = custodyLedger();
  const seq = ledger.size - 2;
  const keys = [trustOf(ledger).logKeys[0]?.key ?? assert.fail()];
  const parsed = parseCompleteness(
    completenessBytes(ledger, LIST, (parts) => ({ ...parts, entries: parts.entries.slice(0, -1) })),
  );
  assert(parsed.ok);
  const own = viewOfReceipt(ledger.receipt(seq), keys);
  const shown = viewOfCompleteness(parsed.value, keys);
  assert(own.ok && shown.ok);
  const result = checkAgainstReceipt(shown.value, own.value);
  assert(!result.ok && result.fault.code === 'list/omission-proved');
});

test('a hidden contract and a hidden revocation are as visible as a hidden scan (list/not-in-map)', () => {
  const ledger = openedLedger();
  publish(ledger, { contract: 'all', repositories: ['*'], stages: [] });
  const signer = `signer:${ledger.key('pipeline').signer}`;
  revoke(ledger, 'pipeline', ledger.time);
  for (const key of [coverageKey('*'), 'contract:all', signer]) {
    const edit = (parts: ReturnType<typeof completenessParts>) => ({ ...parts, entries: parts.entries.slice(0, -1) });
    assert.equal(prove(ledger, key, { edit }).holds, false, key);
    assert.equal(prove(ledger, key).holds, true, key);
  }
});
