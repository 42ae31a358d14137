import { type EvidenceParts, formatEvidence, parseEvidence } from '../../core/custody/evidence.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { invariant } from '../../core/fault.ts';

/**
 * The evidence with the principal of its newest attestation changed, and everything that whoever holds the file can
 * make fit made to fit: canonical form, order, and the SHA-256 at its end.
 */
export function forgeEvidence(bytes: Uint8Array): Uint8Array {
  const evidence = parseEvidence(bytes);
  invariant(evidence.ok, 'the evidence of the demonstration reads');
  const { question, checkpoint, logKey, payloads, lists } = evidence.value;
  const target = evidence.value.entries.findLast(({ entry }) => entry.kind === 'attestation.recorded');
  invariant(target !== undefined, 'the demonstration attests');
  const entries: EvidenceParts['entries'] = evidence.value.entries.map(({ entry, path }) => ({
    entry: entry.seq === target.entry.seq ? { ...entry, principal: 'somebody-else' } : entry,
    path,
  }));
  return encodeUtf8(formatEvidence({ question, checkpoint, logKey, entries, payloads, lists }));
}
