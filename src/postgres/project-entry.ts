import type { Entry } from '../core/entry/entry.ts';
import type { AttestationRecorded } from '../core/entry/kinds/attestation-recorded.ts';
import type { ChangeProposed } from '../core/entry/kinds/change-proposed.ts';
import type { ContractPublished } from '../core/entry/kinds/contract-published.ts';
import type { ImageRetired } from '../core/entry/kinds/image-retired.ts';
import type { ImageSigned } from '../core/entry/kinds/image-signed.ts';
import type { PrincipalGranted } from '../core/entry/kinds/principal-granted.ts';
import type { RunClosed } from '../core/entry/kinds/run-closed.ts';
import type { RunOpened } from '../core/entry/kinds/run-opened.ts';
import type { SignerRegistered } from '../core/entry/kinds/signer-registered.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import type { VerdictRecorded } from '../core/entry/kinds/verdict-recorded.ts';
import type { WaiverApproved } from '../core/entry/kinds/waiver-approved.ts';
import type { WaiverRequested } from '../core/entry/kinds/waiver-requested.ts';
import type { SignedTags } from './signed-tags.ts';
import type { Tables } from './tables.ts';

type Row<T extends keyof Tables> = T extends
  | 'signed_image'
  | 'image_child'
  | 'recorded_subject'
  | 'known_name'
  | 'recorded_verdict'
  | 'recorded_waiver'
  | 'recorded_release'
  | 'image_tag'
  | 'payload_reference'
  | 'list_entry'
  | 'opened_run'
  | 'ended_run'
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
  readonly recorded_waiver: Row<'recorded_waiver'>[];
  readonly opened_run: Row<'opened_run'>[];
  readonly ended_run: Row<'ended_run'>[];
  readonly recorded_release: Row<'recorded_release'>[];
  readonly image_tag: Row<'image_tag'>[];
};

/**
 * What the projections say of these entries. The append and `waybill rebuild` both call this and nothing else, so that
 * a rebuilt projection equals one that grew. `tags` are what signatures among them name, which stands in their documents.
 */
export function projectEntries(entries: readonly Entry[], tags: SignedTags = new Map()): ProjectedRows {
  const rows: ProjectedRows = {
    payload_reference: [],
    list_entry: [],
    signed_image: [],
    image_child: [],
    recorded_subject: [],
    known_name: [],
    recorded_verdict: [],
    recorded_waiver: [],
    opened_run: [],
    ended_run: [],
    recorded_release: [],
    image_tag: [],
  };
  for (const entry of entries) projectEntry(entry, rows);
  for (const entry of entries) projectTag(entry, tags.get(entry.seq), rows);
  for (const [name, seq] of firstOfRepositories(entries)) rows.known_name.push({ area: 'repository', name, seq });
  return rows;
}

function projectTag({ seq, repository = '', body }: Entry, tag: string | undefined, rows: ProjectedRows): void {
  if (tag === undefined) return;
  rows.image_tag.push({ tag, repository, digest: (body as ImageSigned).digest, seq: String(seq) });
}

/** Each repository once, by the first of these entries that names it. */
function firstOfRepositories(entries: readonly Entry[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const { repository, seq } of entries)
    if (repository !== undefined && !first.has(repository)) first.set(repository, String(seq));
  return first;
}

function projectEntry(entry: Entry, rows: ProjectedRows): void {
  const seq = String(entry.seq);
  const repository = entry.repository ?? '';
  const signer = entry.signer === undefined ? null : signerNumber(entry.signer);
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
      rows.recorded_subject.push({ subject: image.digest, repository, seq, stage: null, signer });
      for (const child of new Set(image.children))
        rows.image_child.push({ child, parent: image.digest, repository, seq });
      return;
    }
    case 'attestation.recorded':
      for (const subject of (entry.body as AttestationRecorded).subjects) {
        rows.recorded_subject.push({ subject, repository, seq, stage: entry.stage ?? null, signer });
      }
      return;
    case 'signer.registered':
      rows.known_name.push({ area: 'signer', name: (entry.body as SignerRegistered).signer, seq });
      return;
    case 'signer.rotated':
      rows.known_name.push({ area: 'signer', name: (entry.body as SignerRotated).successor, seq });
      return;
    case 'contract.published':
      rows.known_name.push({ area: 'contract', name: (entry.body as ContractPublished).contract, seq });
      return;
    case 'principal.granted':
      rows.known_name.push({ area: 'principal', name: (entry.body as PrincipalGranted).principal, seq });
      return;
    case 'change.proposed':
      rows.known_name.push({ area: 'change', name: (entry.body as ChangeProposed).key, seq });
      return;
    case 'verdict.recorded': {
      const verdict = entry.body as VerdictRecorded;
      // What held of a past state says nothing of the image as it is now.
      if (verdict.view !== undefined) return;
      const { digest, cut } = verdict;
      rows.recorded_verdict.push({ digest, repository, seq, verdict: verdict.verdict, cut: String(cut) });
      return;
    }
    case 'image.released':
    case 'image.retired': {
      const { digest, environment } = entry.body as ImageRetired;
      rows.recorded_release.push({ seq, kind: entry.kind, repository, digest, environment: environment ?? null });
      rows.recorded_subject.push({ subject: digest, repository, seq, stage: null, signer: null });
      return;
    }
    case 'waiver.requested':
    case 'waiver.approved':
    case 'waiver.revoked':
      rows.recorded_waiver.push(projectWaiver(entry, entry.body as WaiverApproved));
      rows.recorded_subject.push({
        subject: (entry.body as WaiverApproved).digest,
        repository,
        seq,
        stage: null,
        signer: null,
      });
      return;
    case 'run.opened':
    case 'run.closed':
    case 'run.expired':
      projectRun(entry, rows);
      return;
    default:
      return;
  }
}

/** The first 8 bytes of a signer's id as a signed number: enough to find its entries, which say whose they are. */
export function signerNumber(signer: string): string {
  return BigInt.asIntN(64, BigInt(`0x${signer.slice(0, 16)}`)).toString();
}

function projectWaiver(entry: Entry, { waiver, digest }: WaiverApproved): Row<'recorded_waiver'> {
  const asked = entry.kind === 'waiver.requested' ? (entry.body as WaiverRequested) : undefined;
  return {
    waiver,
    seq: String(entry.seq),
    kind: entry.kind,
    repository: entry.repository ?? '',
    digest,
    recorded_at: entry.time,
    expires: asked?.expires ?? null,
    break_glass: asked?.breakGlass ?? null,
  };
}

function projectRun(entry: Entry, rows: ProjectedRows): void {
  const { kind, repository = '', run = '' } = entry;
  const seq = String(entry.seq);
  if (kind === 'run.opened') {
    const { commit, expires } = entry.body as RunOpened;
    rows.opened_run.push({ seq, run, repository, commit, expires_at: expires });
  } else {
    const outcome = kind === 'run.closed' ? (entry.body as RunClosed).outcome : 'expired';
    rows.ended_run.push({ seq, run, outcome });
  }
}
