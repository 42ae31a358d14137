import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { formatEntry } from '../../src/core/entry/entry.ts';
import { LedgerReplay } from '../../src/core/entry/replay.ts';
import { formatReplayState, parseReplayState } from '../../src/core/entry/replay-state.ts';
import { judgeLogKey } from '../../src/core/monitor/judge-checkpoint.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { announced, rotated, rotateLogKey } from '../custody/log-key-under-test.ts';

/** Everything that a replay of the ledger finds, and the replay. */
function replay(ledger: LedgerUnderTest) {
  const replayed = new LedgerReplay(ledger.origin);
  const size = ledger.size;
  const leaves = Array.from({ length: size }, (_, seq) => formatEntry(ledger.entry(seq)));
  return { codes: leaves.flatMap((leaf) => replayed.next(leaf).findings.map(({ code }) => code)), replayed };
}

/** The state with its only retired key named a second time, length and hash restored. */
function retiredTwice(state: Uint8Array): Uint8Array {
  const bytes = Buffer.from(state);
  const end = 8 + Number(bytes.readBigUInt64BE(0));
  const header = bytes.toString('utf8', 8, end).replace(/"retired":\[(.*?)\]/, '"retired":[$1,$1]');
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(Buffer.byteLength(header)));
  const body = Buffer.concat([length, Buffer.from(header), bytes.subarray(end, -32)]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

test('a replay follows rotations, keeps what it followed in its state, and names those that do not hold', () => {
  const { ledger, retired } = rotated();
  const { codes, replayed } = replay(ledger);
  assert.deepEqual(codes, []);
  const expected = {
    inForce: [ledger.vkeyOf('next')],
    retired: new Map([[ledger.vkey, retired]]),
    control: 'none' as const,
  };
  assert.deepEqual(replayed.state.logKeys, expected);
  const read = parseReplayState(concatBytes(...formatReplayState(replayed.state, {})), ledger.origin);
  assert(read.ok);
  assert.deepEqual(read.value.state.logKeys, expected);
  const twice = retiredTwice(concatBytes(...formatReplayState(replayed.state, {})));
  const refused = parseReplayState(twice, ledger.origin);
  assert.equal(refused.ok ? 'read' : refused.fault.code, 'monitor/malformed-state');
  assert.deepEqual(replay(announced({ signedBy: ['stranger', 'next'] })).codes, ['rotation/not-signed']);
  rotateLogKey(ledger, ['log', 'next'], ['log']);
  assert.deepEqual(replay(ledger).codes, ['rotation/not-in-force']);
});

test('a monitor takes no retired key alone for the log (checkpoint/log-key-retired)', () => {
  const { ledger, overlap } = rotated();
  const { logKeys } = replay(ledger).replayed.state;
  const known = ['log', 'next', 'stranger'].flatMap((name) => {
    const key = parseVkey(ledger.vkeyOf(name));
    return key.ok ? [key.value] : [];
  });
  const judged = (size: number, ...signedBy: string[]) => {
    const result = judgeLogKey(encodeUtf8(ledger.checkpoint(size, signedBy)), known, logKeys);
    return result.ok ? 'ok' : `${result.alarm.code} ${result.alarm.cause}`;
  };
  assert.equal(judged(ledger.size, 'log'), 'monitor/other-key checkpoint/log-key-retired');
  assert.equal(judged(overlap, 'log'), 'ok');
  assert.equal(judged(ledger.size, 'log', 'next'), 'ok');
  // Whoever gave a key that the log does not name has their reasons.
  assert.equal(judged(ledger.size, 'stranger'), 'ok');
});
