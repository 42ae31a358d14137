import { sha256 } from '#sha256';
import { concatBytes, readU64be, u64be } from '../encoding/bytes.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { HASH_BYTES } from '../merkle/hash.ts';

/** The rule by which entries become keys and values, as `log.opened` names it. Frozen: another rule is another log. */
export const MAP_RULE = 'waybill/map/v1';

/** A key of the map: a SHA-256. */
export const MAP_KEY_BYTES = 32;
/** A value of the map: count, seq and hash. */
export const MAP_VALUE_BYTES = 48;

const DOMAIN = concatBytes(encodeUtf8(MAP_RULE), Uint8Array.of(0));

/**
 * The map's key of a list that entries are filed under: SHA-256("waybill/map/v1" ‖ 0x00 ‖ key).
 * Source: docs/spec/map.md section 1.
 */
export function mapKey(entryKey: string): Uint8Array {
  return sha256(concatBytes(DOMAIN, encodeUtf8(entryKey)));
}

/** What the map says of a list: it has n entries, the newest of which stands at `seq` and has this hash (32 bytes). */
export type MapValue = { readonly n: number; readonly seq: number; readonly hash: Uint8Array };

/** u64 n ‖ u64 seq ‖ hash, big-endian: 48 bytes. Source: docs/spec/map.md section 1. */
export function formatMapValue({ n, seq, hash }: MapValue): Uint8Array {
  invariant(n >= 1 && hash.length === HASH_BYTES, 'a list in the map has entries, and a hash 32 bytes');
  return concatBytes(u64be(n), u64be(seq), hash);
}

/** A value of the map from its bytes; `map/malformed-value`. */
export function parseMapValue(bytes: Uint8Array): Result<MapValue> {
  const n = readU64be(bytes, 0);
  const seq = readU64be(bytes, 8);
  if (bytes.length !== MAP_VALUE_BYTES || !n.ok || !seq.ok || n.value < 1)
    return fail(
      'map/malformed-value',
      'A value of the map has 48 bytes: how many entries, which is the newest, its hash.',
    );
  return ok({ n: n.value, seq: seq.value, hash: bytes.subarray(16) });
}
