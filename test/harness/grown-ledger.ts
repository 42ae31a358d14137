import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { type Receipt, readReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { type AuditOptions, type AuditResult, auditLedger } from '../../src/postgres/audit-ledger.ts';
import { openKysely, openPool } from '../../src/postgres/pool.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import type { Caller } from '../../src/service/caller.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import type { Anchor } from '../../src/service/ports.ts';
import { signImage } from '../../src/service/sign-image.ts';
import { submitAttestation } from '../../src/service/submit-attestation.ts';
import type { ServiceUnderTest } from './service-under-test.ts';

export const MANIFEST = encodeUtf8(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 },
    layers: [],
  }),
);

/** The image that `growLedger` signs. */
export const IMAGE = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
export const IMAGE_REPOSITORY = 'shop/api';

/** Records the result of one stage of the image, as the service's administrator; its receipt, verified. */
export async function attestStage(context: ServiceContext, caller: Caller, stage: string): Promise<Receipt> {
  const body = encodeUtf8(
    JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: stage } }, results: [] }] }),
  );
  const attested = await submitAttestation(context, caller, {
    body,
    subject: IMAGE,
    repository: IMAGE_REPOSITORY,
    stage,
  });
  assert(attested.ok, JSON.stringify(attested));
  return readVerified(context, attested.value.receipt);
}

/** Signs the image and attests `stages` of its stages, one batch each; gives the receipts in order. */
export async function growLedger(service: ServiceUnderTest, stages: number): Promise<readonly Receipt[]> {
  const { context, admin } = service;
  const signed = await signImage(context, admin, { manifest: MANIFEST, repository: IMAGE_REPOSITORY });
  assert(signed.ok, JSON.stringify(signed));
  const receipts = [readVerified(context, signed.value.receipt)];
  for (let stage = 1; stage <= stages; stage += 1) receipts.push(await attestStage(context, admin, `stage-${stage}`));
  return receipts;
}

function readVerified(context: ServiceContext, receipt: Parameters<typeof readReceipt>[0]): Receipt {
  const read = readReceipt(receipt);
  const key = parseVkey(context.logSigner.vkey);
  assert(read.ok && key.ok && verifyReceipt(read.value, [key.value]).ok, 'a receipt verifies when it is given');
  return read.value;
}

/** What somebody outside remembers of the log who keeps this receipt: its checkpoint, verified. */
export function rememberedBy(context: ServiceContext, receipt: Receipt): Anchor {
  const key = parseVkey(context.logSigner.vkey);
  assert(key.ok);
  const verified = verifyReceipt(receipt, [key.value]);
  assert(verified.ok);
  return verified.value.checkpoint;
}

/** Audits the database as a reader would, through a connection of its own. */
export async function audit(url: string, options: AuditOptions): Promise<AuditResult> {
  const database = openKysely<Tables>(openPool(url, { max: 1, applicationName: 'audit' }));
  try {
    return await auditLedger(database, options);
  } finally {
    await database.destroy();
  }
}

/** Distinct codes of the findings, sorted. */
export function codesOf(result: AuditResult): readonly string[] {
  return [...new Set(result.findings.map(({ code }) => code))].sort();
}
