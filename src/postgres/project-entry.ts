import type { Entry } from '../core/entry/entry.ts';
import type { AttestationRecorded } from '../core/entry/kinds/attestation-recorded.ts';
import type { ContractPublished } from '../core/entry/kinds/contract-published.ts';
import type { ImageSigned } from '../core/entry/kinds/image-signed.ts';
import type { PrincipalGranted } from '../core/entry/kinds/principal-granted.ts';
import type { SignerRegistered } from '../core/entry/kinds/signer-registered.ts';
import type { VerdictRecorded } from '../core/entry/kinds/verdict-recorded.ts';
import type { Tables } from './tables.ts';

type Row<T extends keyof Tables> = T extends
  | 'signed_image'
  | 'image_child'
  | 'recorded_subject'
  | 'known_name'
  | 'recorded_verdict'
  | 'payload_reference'
  | 'list_entry'
  ? Tables[T]
  : never;

/** Rows that entries add to the projections, table by table. */
export type ProjectedRows = {
  readonly payload_reference: Row<'payload_reference'>[];
  readonly list_entry: Row<'list_entry'>[];
  readonly signed_image: Row<'signed_image'>[];
  readonly image_child: Row<'image_child'>[];
  readonly recorded_subject: Row<'recorded_subject'>[];
  readonly known_name: Row<'known_name'>[];
  readonly recorded_verdict: Row<'recorded_verdict'>[];
};

/**
 * What the projections say of these entries. The append and `waybill rebuild` both call this and nothing else, so that
 * a rebuilt projection equals one that grew.
 */
export function projectEntries(entries: readonly Entry[]): ProjectedRows {
  const rows: ProjectedRows = {
    payload_reference: [],
    list_entry: [],
    signed_image: [],
    image_child: [],
    recorded_subject: [],
    known_name: [],
    recorded_verdict: [],
  };
  for (const entry of entries) projectEntry(entry, rows);
  return rows;
}

function projectEntry(entry: Entry, rows: ProjectedRows): void {
  const seq = String(entry.seq);
  const repository = entry.repository ?? '';
  if (entry.payload !== undefined) {
    rows.payload_reference.push({ commitment: Buffer.from(entry.payload.commitment, 'hex'), seq });
  }
  for (const link of entry.keys) rows.list_entry.push({ key: link.key, n: String(link.n), seq });
  switch (entry.kind) {
    case 'image.signed': {
      const image = entry.body as ImageSigned;
      rows.signed_image.push({
        digest: image.digest,
        repository,
        seq,
        media_type: image.mediaType,
        shape: image.shape,
        signed_at: entry.time,
      });
      rows.recorded_subject.push({ subject: image.digest, repository, seq, stage: null });
      for (const child of new Set(image.children))
        rows.image_child.push({ child, parent: image.digest, repository, seq });
      return;
    }
    case 'attestation.recorded':
      for (const subject of (entry.body as AttestationRecorded).subjects) {
        rows.recorded_subject.push({ subject, repository, seq, stage: entry.stage ?? null });
      }
      return;
    case 'signer.registered':
      rows.known_name.push({ area: 'signer', name: (entry.body as SignerRegistered).signer, seq });
      return;
    case 'contract.published':
      rows.known_name.push({ area: 'contract', name: (entry.body as ContractPublished).contract, seq });
      return;
    case 'principal.granted':
      rows.known_name.push({ area: 'principal', name: (entry.body as PrincipalGranted).principal, seq });
      return;
    case 'verdict.recorded': {
      const verdict = entry.body as VerdictRecorded;
      rows.recorded_verdict.push({ digest: verdict.digest, repository, seq, verdict: verdict.verdict });
      return;
    }
    default:
      return;
  }
}
