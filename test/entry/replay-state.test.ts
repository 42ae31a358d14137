import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { formatHex } from '../../src/core/encoding/hex.ts';
import { entryHash } from '../../src/core/entry/entry.ts';
import { LedgerReplay } from '../../src/core/entry/replay.ts';
import { formatReplayState, parseReplayState } from '../../src/core/entry/replay-state.ts';
import { LedgerMap } from '../../src/core/map/ledger-map.ts';
import { type Changeable, canonical, DIGEST, sample } from './sample-entries.ts';

const LOG = 'waybill-00ff';

/** A ledger of attestations of one image. */
function leaves(count: number): readonly Uint8Array[] {
  const all = [canonical(sample('log.opened'))];
  for (let seq = 1; seq < count; seq += 1) {
    const prev = formatHex(entryHash(all[seq - 1] ?? new Uint8Array()));
    const first = { key: `image:${DIGEST}`, n: 1 };
    const link = seq === 1 ? first : { ...first, n: seq, prev, prevSeq: seq - 1 };
    all.push(canonical({ ...sample('attestation.recorded'), seq, prev, keys: [link] }));
  }
  return all;
}

function replayed(some: readonly Uint8Array[], from = new LedgerReplay(LOG)): LedgerReplay {
  for (const leaf of some) assert.deepEqual(from.next(leaf).findings, []);
  return from;
}

const saved = (replay: LedgerReplay) => concatBytes(...formatReplayState(replay.state, { note: 'kept' }));

test('a replay goes on from its saved state as if it had never stopped', () => {
  const all = leaves(21);
  for (const cut of [0, 1, 7, 20]) {
    const read = parseReplayState(saved(replayed(all.slice(0, cut))), LOG);
    assert(read.ok);
    assert.deepEqual(read.value.beside, { note: 'kept' });
    const resumed = replayed(all.slice(cut), new LedgerReplay(LOG, read.value.state));
    assert.deepEqual(saved(resumed), saved(replayed(all)));
    assert.deepEqual(resumed.root, replayed(all).root);
  }
});

test('what does not follow a saved state is found as before (entry/link-broken, list/link-broken)', () => {
  const all = leaves(5);
  const read = parseReplayState(saved(replayed(all.slice(0, 3))), LOG);
  assert(read.ok);
  const codes = new LedgerReplay(LOG, read.value.state)
    .next(all[4] ?? new Uint8Array())
    .findings.map(({ code }) => code);
  assert.deepEqual([...new Set(codes)], ['entry/link-broken', 'list/link-broken']);
});

test('a state with any bit flipped, cut short, or of another log is refused (monitor/malformed-state)', () => {
  const bytes = saved(replayed(leaves(6)));
  for (let at = 0; at < bytes.length; at += 1) {
    const damaged = Uint8Array.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    const read = parseReplayState(damaged, LOG);
    assert(!read.ok && read.fault.code === 'monitor/malformed-state', String(at));
    const cut = parseReplayState(bytes.slice(0, at), LOG);
    assert(!cut.ok && cut.fault.code === 'monitor/malformed-state', String(at));
  }
  const other = parseReplayState(bytes, 'waybill-ff00');
  assert(!other.ok && other.fault.code === 'monitor/malformed-state');
});

test('a list that stands there twice, hash restored, is refused (monitor/malformed-state)', () => {
  const honest = Buffer.from(saved(replayed(leaves(6))));
  const body = honest.subarray(0, -32);
  const list = body.subarray(body.indexOf(`image:${DIGEST}`) - 1);
  const withHash = (...parts: readonly Uint8Array[]) =>
    Buffer.concat([...parts, createHash('sha256').update(Buffer.concat(parts)).digest()]);
  assert(parseReplayState(withHash(body), LOG).ok);
  const read = parseReplayState(withHash(body, list), LOG);
  assert.equal(read.ok ? 'read' : read.fault.code, 'monitor/malformed-state');
});

/** The first entries of a log that is sealed at once, each batch with its commitment. */
function sealedLeaves(): readonly Uint8Array[] {
  const drafts: Changeable[] = [
    sample('log.opened'),
    { kind: 'map.committed' },
    sample('log.sealed'),
    { kind: 'map.committed' },
  ];
  const map = new LedgerMap();
  const all: Uint8Array[] = [];
  let trust: { readonly n: number; readonly hash: string; readonly seq: number } | undefined;
  for (const [seq, draft] of drafts.entries()) {
    const before = all[seq - 1];
    const prev = before === undefined ? {} : { prev: formatHex(entryHash(before)) };
    const { keys, root } = map.commit();
    const link =
      trust === undefined
        ? { key: 'trust', n: 1 }
        : { key: 'trust', n: trust.n + 1, prev: trust.hash, prevSeq: trust.seq };
    const own =
      draft.kind === 'map.committed'
        ? { ...sample('map.committed'), keys: [], body: { keys, root: formatHex(root) } }
        : { ...draft, keys: [link] };
    const leaf = canonical({ ...own, time: '2026-03-01T12:00:00.000Z', seq, ...prev });
    all.push(leaf);
    if (draft.kind === 'map.committed') continue;
    trust = { n: link.n, hash: formatHex(entryHash(leaf)), seq };
    map.take({ keys: [link], seq, hash: trust.hash });
  }
  return all;
}

test('a replay that is saved between a seal and its commitment goes on without a finding, and refuses what follows (entry/after-seal)', () => {
  const all = sealedLeaves();
  for (let cut = 0; cut <= all.length; cut += 1) {
    const read = parseReplayState(saved(replayed(all.slice(0, cut))), LOG);
    assert(read.ok);
    const resumed = new LedgerReplay(LOG, read.value.state);
    assert.deepEqual(resumed.committedMap, replayed(all.slice(0, cut)).committedMap);
    replayed(all.slice(cut), resumed);
    const codes = resumed.next(all.at(-1) ?? new Uint8Array()).findings.map(({ code }) => code);
    assert(codes.includes('entry/after-seal'), String(cut));
  }
});
