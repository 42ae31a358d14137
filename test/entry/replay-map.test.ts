import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatHex } from '../../src/core/encoding/hex.ts';
import type { Proposal } from '../../src/core/entry/entry.ts';
import { type LinkedEntry, type ListHead, linkEntries, proposalKeys } from '../../src/core/entry/link.ts';
import { LedgerReplay } from '../../src/core/entry/replay.ts';
import { LedgerMap } from '../../src/core/map/ledger-map.ts';
import { NaiveMap } from '../harness/naive-map.ts';
import { seededRandom } from '../hostile/seeded-random.ts';

const ORIGIN = 'waybill-00ff';
const TIME = '2026-03-01T12:00:00.000Z';

type Committed = { readonly keys: number; readonly root: string };

/** A ledger that grows by random batches; what each commitment says comes from the naive map, or from `lie`. */
class GrowingLedger {
  readonly leaves: Uint8Array[] = [];
  readonly #naive = new NaiveMap();
  readonly #lists = new Map<string, ListHead>();
  #last: LinkedEntry | undefined;

  append(proposal: Proposal): void {
    const { entry, hash } = this.#last ?? {};
    const last = entry === undefined ? {} : { last: { hash: formatHex(hash as Uint8Array), time: entry.time } };
    const [linked] = linkEntries({ log: ORIGIN, size: this.leaves.length, ...last }, this.#lists, TIME, [proposal]);
    assert(linked !== undefined);
    const seq = this.leaves.length;
    for (const { key, n } of linked.entry.keys) this.#lists.set(key, { n, seq, hash: formatHex(linked.hash) });
    this.#naive.take(linked.entry, seq, Buffer.from(linked.hash));
    this.leaves.push(linked.bytes);
    this.#last = linked;
  }

  commit(lie: (said: Committed) => Committed = (said) => said): void {
    const said = { keys: this.#naive.keys, root: this.#naive.root().toString('hex') };
    this.append({ kind: 'map.committed', principal: 'service', body: lie(said) });
  }

  /** Every bucket of the newest commitment, by the naive map. */
  pages() {
    return this.#naive.pages();
  }
}

const revocation = (number: number): Proposal => ({
  kind: 'signer.revoked',
  principal: 'admin',
  body: { signer: number.toString(16).padStart(64, '0'), effective: TIME },
});

function replay(
  leaves: readonly Uint8Array[],
  from?: LedgerReplay,
): { readonly replay: LedgerReplay; readonly codes: readonly string[] } {
  const replayed = new LedgerReplay(ORIGIN, from?.state);
  const codes = leaves.slice(replayed.size).flatMap((leaf) => replayed.next(leaf).findings.map(({ code }) => code));
  return { replay: replayed, codes };
}

test('over random histories every commitment is that of a map which is built otherwise, and so is every page', () => {
  const random = seededRandom(29);
  const below = (bound: number) => Math.floor(random() * bound);
  for (let history = 0; history < 12; history += 1) {
    const ledger = new GrowingLedger();
    const lists = 1 + below(60);
    for (let batch = 0; batch < 12; batch += 1) {
      for (let left = below(10); left > 0; left -= 1) ledger.append(revocation(below(lists)));
      ledger.commit();
    }
    const { replay: replayed, codes } = replay(ledger.leaves);
    assert.deepEqual(codes, []);
    for (const [bucket, { hash, body }] of ledger.pages()) {
      assert.deepEqual(Buffer.from(replayed.map.bucketHash(bucket) ?? []), hash);
      assert.deepEqual(Buffer.from(replayed.map.page(bucket) ?? []), body);
    }
    // One that goes on from a state finds the same.
    const cut = below(ledger.leaves.length);
    const half = replay(ledger.leaves.slice(0, cut)).replay;
    assert.deepEqual(replay(ledger.leaves, half).codes, []);
  }
});

test('a commitment to another map is found (map/root-mismatch), and one that counts otherwise (map/count-differs)', () => {
  const codesWith = (lie: (said: Committed) => Committed) => {
    const ledger = new GrowingLedger();
    ledger.append(revocation(1));
    ledger.append(revocation(2));
    ledger.commit(lie);
    ledger.append(revocation(1));
    ledger.commit();
    return replay(ledger.leaves).codes;
  };
  assert.deepEqual(
    codesWith((said) => ({ ...said, root: '0'.repeat(64) })),
    ['map/root-mismatch'],
  );
  assert.deepEqual(
    codesWith((said) => ({ ...said, keys: said.keys + 1 })),
    ['map/count-differs'],
  );
  assert.deepEqual(
    codesWith(({ keys }) => ({ keys: keys - 1, root: '0'.repeat(64) })),
    ['map/root-mismatch', 'map/count-differs'],
  );
});

test('a seal is followed by its commitment and by nothing else (entry/after-seal)', () => {
  const sealed = () => {
    const ledger = new GrowingLedger();
    ledger.commit();
    const body = { successor: 'waybill-ff00', logKeys: ['waybill-ff00+01020304+AQ=='] };
    ledger.append({ kind: 'log.sealed', principal: 'service', body });
    return ledger;
  };
  const ended = sealed();
  ended.commit();
  assert.deepEqual(replay(ended.leaves).codes, []);
  ended.commit();
  assert.deepEqual(replay(ended.leaves).codes, ['entry/after-seal']);
  const other = sealed();
  other.append(revocation(1));
  assert.deepEqual(replay(other.leaves).codes, ['entry/after-seal']);
});

test('a map with more pages than are kept parsed stays the map of its lists', () => {
  const map = new LedgerMap(2_000 * 80);
  const naive = new NaiveMap();
  for (let number = 0; number < 9_000; number += 1) {
    const [key = ''] = proposalKeys(revocation(number % 7_000));
    const hash = Buffer.alloc(32, number % 251);
    const leaf = { keys: [{ key, n: number < 7_000 ? 1 : 2 }] };
    map.take({ ...leaf, seq: number, hash: hash.toString('hex') });
    naive.take(leaf, number, hash);
    if (number % 1_000 === 0) map.commit();
  }
  const { keys, root } = map.commit();
  assert.deepEqual([keys, Buffer.from(root)], [naive.keys, naive.root()]);
  const stored = naive.pages();
  const pages = [...map.pages()];
  assert.equal(pages.length, stored.size);
  for (const { bucket, body } of pages) assert.deepEqual(Buffer.from(body), stored.get(bucket)?.body);
});
