import { type EvidenceParts, formatEvidence, parseEvidence } from '../core/custody/evidence.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { invariant } from '../core/fault.ts';

/**
 * Evidence with `change` made to it, and everything that whoever holds the file can make fit made to fit: canonical form,
 * order, and the SHA-256 at its end.
 */
export function editEvidence(bytes: Uint8Array, change: (parts: EvidenceParts) => EvidenceParts): Uint8Array {
  const evidence = parseEvidence(bytes);
  invariant(evidence.ok, 'evidence that is edited reads');
  const { sha256: _restored, ...parts } = evidence.value;
  const entries = parts.entries.map(({ entry, path }) => ({ entry, path }));
  return encodeUtf8(formatEvidence(change({ ...parts, entries })));
}

/** The evidence with another principal in its newest attestation. */
export function forgePrincipal(bytes: Uint8Array): Uint8Array {
  return editEvidence(bytes, (parts) => {
    const target = parts.entries.findLast(({ entry }) => entry.kind === 'attestation.recorded');
    invariant(target !== undefined, 'the evidence holds an attestation');
    return {
      ...parts,
      entries: parts.entries.map((shown) =>
        shown === target ? { ...shown, entry: { ...shown.entry, principal: 'somebody-else' } } : shown,
      ),
    };
  });
}
