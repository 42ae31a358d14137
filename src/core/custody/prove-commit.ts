import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { parseHex } from '../encoding/hex.ts';
import type { MapCommitted } from '../entry/kinds/map-committed.ts';
import { invariant, type Result } from '../fault.ts';
import { formatMapValue, mapKey } from '../map/map-key.ts';
import { verifyMapClaim } from '../map/map-proof.ts';
import type { CheckList } from './check.ts';
import type { ListClaim } from './evidence.ts';
import type { ProvedEntry } from './material.ts';

/**
 * Root of the map that the last entry under the checkpoint commits to, over all entries before it; undefined where that
 * entry is not shown and proved to be there, or is of another kind. Every list is held to that root under the newest
 * checkpoint, and to no other; under an earlier one (`asof/commit`) it shows that the log published that state.
 */
export function checkCommit(
  checkpoint: Checkpoint | undefined,
  entries: ReadonlyMap<number, ProvedEntry>,
  checks: CheckList,
  code: 'commit/last' | 'asof/commit' = 'commit/last',
): Uint8Array | undefined {
  if (checkpoint === undefined) {
    checks.notRun(code, 'custody/blocked');
    return undefined;
  }
  const seq = checkpoint.size - 1;
  const last = entries.get(seq)?.entry;
  if (last === undefined) {
    checks.fail(code, 'commit/missing');
    return undefined;
  }
  const { root } = last.body as MapCommitted;
  const bytes = last.kind === 'map.committed' ? parseHex(root, 32) : undefined;
  if (bytes?.ok !== true) {
    checks.fail(code, 'commit/not-last', { seq, detail: last.kind });
    return undefined;
  }
  checks.pass(code, { seq });
  return bytes.value;
}

/**
 * Whether the map with this root says of a list what is shown of it: that its newest entry is the n-th, at that seq and
 * with that hash, or that there is none. `list/not-in-map`, and the faults of a proof that is none.
 */
export function verifyListClaim(
  root: Uint8Array,
  { key, n, proof }: ListClaim,
  newest: ProvedEntry | undefined,
): Result<void> {
  const value = newest === undefined ? undefined : listValue(n, newest);
  const verified = verifyMapClaim({ root, key: mapKey(key), value, proof });
  if (verified.ok || verified.fault.code !== 'map/root-mismatch') return verified;
  const message = 'The map does not say of the list what is shown of it.';
  return { ok: false, fault: { ...verified.fault, code: 'list/not-in-map', message } };
}

function listValue(n: number, { entry, hash }: ProvedEntry): Uint8Array {
  const bytes = parseHex(hash, 32);
  invariant(bytes.ok, 'a hash that was computed is one');
  return formatMapValue({ n, seq: entry.seq, hash: bytes.value });
}
