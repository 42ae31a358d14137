import { base64Bytes } from '../../../core/encoding/decode.ts';
import { parseHex } from '../../../core/encoding/hex.ts';
import { fail, ok, type Result } from '../../../core/fault.ts';
import { verifyConsistency } from '../../../core/merkle/consistency.ts';

/** A state of the log: its size, and its root in hex. */
export type LogState = { readonly size: number; readonly root: string };

/**
 * Whether the second state continues the first, by a path that the service gave (base64, lowest first).
 * Faults: those of {@link verifyConsistency}; `merkle/hash-length` for what is no hash.
 */
export function continuesLog(first: LogState, second: LogState, path: readonly string[]): Result<true> {
  const hash = base64Bytes({ min: 32, max: 32 });
  const hashes = path.map((text) => hash(text, ''));
  const roots = [parseHex(first.root, 32), parseHex(second.root, 32)];
  const [firstRoot, secondRoot] = roots.flatMap((root) => (root.ok ? [root.value] : []));
  const read = hashes.flatMap((each) => (each.ok ? [each.value] : []));
  if (firstRoot === undefined || secondRoot === undefined || read.length < hashes.length)
    return fail('merkle/hash-length', 'A hash has 32 bytes.');
  const held = verifyConsistency({ first: first.size, second: second.size, firstRoot, secondRoot, path: read });
  return held.ok ? ok(true) : held;
}
