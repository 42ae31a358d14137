import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAgainstReceipt, viewOfEvidence, viewOfReceipt } from '../../src/core/custody/contradiction.ts';
import { type EvidenceParts, parseEvidence } from '../../src/core/custody/evidence.ts';
import { parseTrustFile, trustFileJson } from '../../src/core/custody/trust-file.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { contractKey, coverageKey, imageKey, signerKey } from '../../src/core/entry/keys.ts';
import { LedgerReplay } from '../../src/core/entry/replay.ts';
import { cosigned, monitorKey } from './cosign.ts';
import {
  attest,
  CONTRACT,
  custodyLedger,
  IMAGE,
  MANIFEST,
  openedLedger,
  publish,
  QUESTION,
  revoke,
  sign,
} from './custody-under-test.ts';
import { claimWithout } from './edit-evidence.ts';
import { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, trustOf, verify } from './verify-under-test.ts';

const LIST = imageKey(IMAGE);
const MONITOR = 'monitor.example';

test('custody is complete where a monitor of the reader’s cosigned the checkpoint, and as claimed otherwise', () => {
  const ledger = custodyLedger();
  const trust = trustOf(ledger, { monitorKeys: [monitorKey(ledger, MONITOR)] });
  const by = (name: string, text?: string) => (parts: EvidenceParts) => ({
    ...parts,
    checkpoint: cosigned(ledger, parts.checkpoint, name, text),
  });
  const replayed = verify(ledger, { trust, edit: by(MONITOR) });
  assertPasses(replayed);
  assert.deepEqual([replayed.assurances.replayed, replayed.assurances.complete], [true, true]);
  for (const other of [
    verify(ledger, { trust }),
    verify(ledger, { trust, edit: by('stranger.example') }),
    verify(ledger, { edit: by(MONITOR) }),
    verify(ledger, { trust: 'none', edit: by(MONITOR) }),
  ]) {
    assert.equal(other.verdict, 'pass');
    assert.deepEqual([other.assurances.replayed, other.assurances.complete], [false, false]);
  }
  const forged = verify(ledger, { trust, edit: by(MONITOR, 'another text\n') });
  assertFound(forged, 'fail', 'checkpoint/signature', 'note/bad-signature');
});

test('a trust file names monitors by keys of their own kind, and reads back (custody/malformed-trust-file)', () => {
  const ledger = openedLedger();
  const trust = trustOf(ledger, { monitorKeys: [monitorKey(ledger, MONITOR)] });
  const json = trustFileJson(trust) as object;
  const read = parseTrustFile(encodeUtf8(JSON.stringify(json)));
  assert(read.ok);
  assert.deepEqual(read.value, trust);
  for (const monitorKeys of [[], [ledger.vkey], ['no key'], 'x']) {
    const bad = parseTrustFile(encodeUtf8(JSON.stringify({ ...json, monitorKeys })));
    assert(!bad.ok && bad.fault.code === 'custody/malformed-trust-file');
  }
});

test('a checkpoint that ends with something else proves no list (commit/not-last, custody/blocked)', () => {
  const ledger = new LedgerUnderTest(undefined, undefined, false);
  const body = { mapRule: 'waybill/map/v1', logKeys: [ledger.vkey], controlKeys: [], controlThreshold: 0 };
  ledger.append({ kind: 'log.opened', principal: 'service', body });
  sign(ledger, MANIFEST);
  const result = verify(ledger);
  assertFound(result, 'fail', 'commit/last', 'commit/not-last');
  const lists = result.checks.filter(({ code }) => code === 'list/complete');
  assert(lists.every(({ outcome, reason }) => outcome === 'not-run' && reason === 'custody/blocked'));
});

test('a hidden contract, a hidden revocation and a hidden scan are in the map, each at the end of its list (list/not-in-map)', () => {
  const ledger = custodyLedger();
  const strict = publish(ledger, { contract: 'strict', repositories: ['shop/*'], stages: [{ stage: 'audit' }] });
  const gone = revoke(ledger, 'pipeline', ledger.time);
  const scan = attest(ledger, { stage: 'scan', note: '9 findings' });
  for (const [seq, key] of [
    [strict, coverageKey('shop/*')],
    [gone, signerKey(ledger.key('pipeline').signer)],
    [scan, LIST],
  ] as const) {
    const without = (parts: EvidenceParts) => {
      const claimed = claimWithout([ledger.entry(seq)])(parts);
      return {
        ...claimed,
        lists: claimed.lists.filter(({ key: each }) => each !== contractKey('strict') || seq !== strict),
      };
    };
    const result = verify(ledger, { without: [seq], withoutPayloads: [seq], edit: without });
    assert.equal(assertFound(result, 'fail', 'list/complete', 'list/not-in-map').key, key);
  }
});

test('the proof of a list is none of another list, nor under another map (list/not-in-map)', () => {
  const ledger = custodyLedger();
  const before = ledger.mapProof(LIST);
  // What stands beside the list changes with any other list.
  publish(ledger, { contract: 'news', repositories: ['other/*'], stages: [] });
  for (const proof of [before, ledger.mapProof('trust')]) {
    const edit = (parts: EvidenceParts) => ({
      ...parts,
      lists: parts.lists.map((list) => (list.key === LIST ? { ...list, proof } : list)),
    });
    assert.equal(assertFound(verify(ledger, { edit }), 'fail', 'list/complete', 'list/not-in-map').key, LIST);
  }
});

/** A log that took a scan and signs a map which knows nothing of it; then its life goes on. */
function falseMap(): { readonly liar: LedgerUnderTest; readonly hidden: number } {
  const liar = custodyLedger();
  const hidden = attest(liar, { stage: 'scan', note: '9 findings', entry: { unmapped: true } });
  return { liar, hidden };
}

test('evidence under a false map passes, complete as claimed, and one receipt convicts the log (map/omission-proved)', () => {
  const { liar, hidden } = falseMap();
  const receipt = liar.receipt(hidden);
  publish(liar, { contract: 'news', repositories: ['other/*'], stages: [] });
  const options = { without: [hidden], edit: claimWithout([liar.entry(hidden)]) };
  const shown = verify(liar, options);
  assertPasses(shown);
  assert.equal(shown.assurances.complete, false);
  const evidence = parseEvidence(liar.evidenceBytes(QUESTION, options));
  const keys = trustOf(liar).logKeys.map(({ key }) => key);
  assert(evidence.ok);
  const [view, own] = [viewOfEvidence(evidence.value, keys), viewOfReceipt(receipt, keys)];
  assert(view.ok && own.ok);
  const told = checkAgainstReceipt(view.value, own.value);
  assert(!told.ok && told.fault.code === 'map/omission-proved');
});

test('whoever replays the log finds the false map (map/root-mismatch), and an honest one agrees with itself', () => {
  const found = (ledger: LedgerUnderTest) => {
    const replay = new LedgerReplay(ledger.origin);
    const { size } = ledger;
    return Array.from({ length: size }, (_, seq) => {
      const bytes = encodeUtf8(formatCanonicalJson(ledger.entry(seq) as unknown as Json));
      return replay.next(bytes).findings.map(({ code }) => code);
    }).flat();
  };
  assert.deepEqual(found(custodyLedger({ contracts: [CONTRACT] })), []);
  assert.deepEqual(found(falseMap().liar), ['map/root-mismatch']);
});
