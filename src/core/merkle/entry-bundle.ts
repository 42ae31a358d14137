import { fail, invariant, ok, type Result } from '../fault.ts';
import { ENTRY_BYTES_MAX } from '../limits.ts';
import { TILE_WIDTH } from './tile-path.ts';

/**
 * Bytes of an entry bundle: for each entry its length (u16 BE) ‖ the entry. 1 to 256 entries of at most 65,535 bytes
 * (invariants). Source: C2SP tlog-tiles.
 */
export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  invariant(entries.length >= 1 && entries.length <= TILE_WIDTH, 'a bundle holds 1 to 256 entries');
  const bytes = new Uint8Array(entries.reduce((length, entry) => length + 2 + entry.length, 0));
  let offset = 0;
  for (const entry of entries) {
    invariant(entry.length <= ENTRY_BYTES_MAX, 'an entry has at most 65,535 bytes');
    bytes[offset] = Math.floor(entry.length / 256);
    bytes[offset + 1] = entry.length % 256;
    bytes.set(entry, offset + 2);
    offset += 2 + entry.length;
  }
  return bytes;
}

/** The entries of a bundle that must hold exactly `width` (1 to 256) of them; merkle/malformed-bundle otherwise. */
export function parseBundle(bytes: Uint8Array, width: number): Result<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const high = bytes[offset];
    const low = bytes[offset + 1];
    if (high === undefined || low === undefined) return malformed('A length takes two bytes.', offset);
    const end = offset + 2 + high * 256 + low;
    if (end > bytes.length) return malformed('An entry ends after the bundle does.', offset);
    if (entries.length === width) return malformed('There are more entries than the bundle is wide.', offset);
    entries.push(bytes.slice(offset + 2, end));
    offset = end;
  }
  return entries.length === width ? ok(entries) : malformed('There are fewer entries than the bundle is wide.', offset);
}

function malformed(message: string, offset: number): Result<never> {
  return fail('merkle/malformed-bundle', message, String(offset));
}
