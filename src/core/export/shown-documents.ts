import { payloadCommitment } from '../entry/commitment.ts';
import type { Kind } from '../entry/kinds.ts';
import { fail, ok, type Result } from '../fault.ts';
import type { ExportRow } from './export-lines.ts';

/**
 * Kinds whose documents an export brings along: what people wrote and what trust rests on. What stages attested, signed
 * images and signed verdicts stay out; they are in the evidence of each image.
 */
export const SHOWN_DOCUMENTS: readonly Kind[] = [
  'change.proposed',
  'contract.published',
  'principal.granted',
  'signer.registered',
  'signer.rotated',
  'waiver.requested',
];

/** Whether the document of the entry belongs into an export. */
export function showsDocument(kind: string): boolean {
  return (SHOWN_DOCUMENTS as readonly string[]).includes(kind);
}

/**
 * Whether the document is what its entry commits to; `absent` where there should be one: it was erased, or it is withheld.
 * Faults: `export/document-not-needed`, `payload/size-wrong`, `payload/commitment-wrong`.
 */
export function verifyDocument({ entry, document }: ExportRow): Result<'shown' | 'absent' | 'none'> {
  const { payload } = entry;
  if (!showsDocument(entry.kind) || payload === undefined) {
    if (document === undefined) return ok('none');
    return fail('export/document-not-needed', `Entry ${entry.seq} shows no document.`, '/document');
  }
  if (document === undefined) return ok('absent');
  if (document.bytes.length !== payload.size)
    return fail('payload/size-wrong', `The document of entry ${entry.seq} has another size.`, '/document/bytes');
  if (payloadCommitment(document.salt, document.bytes) === payload.commitment) return ok('shown');
  return fail('payload/commitment-wrong', `Entry ${entry.seq} commits to another document.`, '/document');
}
