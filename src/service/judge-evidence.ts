import type { EvidenceParts } from '../core/custody/evidence.ts';
import {
  factsOfEvidence,
  formatEvidenceBytes,
  judgeEvidenceBytes,
  tableOfEvidence,
} from '../core/custody/evidence-job.ts';
import { type TrustFile, trustLogKey } from '../core/custody/trust-file.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import { fail, invariant, type Result } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';

/**
 * Up to this size evidence is formatted and judged on the spot: of 64 KiB that takes 5 ms, and to hand it to another thread
 * cost 3 more. An image of ten stages has 57 KB among ten thousand entries and 68 KB among a million, so that it does not become
 * slower by this step as its ledger grows.
 */
const ON_THE_SPOT_BYTES_MAX = 96 * 1024;

/** The trust that the service itself judges by: its own log key, and the log's control keys. Readers bring theirs. */
export function ownTrust({ logSigner, control }: Pick<ServiceContext, 'logSigner' | 'control'>): TrustFile {
  const trust = trustLogKey(logSigner.vkey);
  invariant(trust.ok, 'the log key of the service is one');
  return { ...trust.value, ...(control === undefined ? {} : { control }) };
}

/** Canonical bytes of evidence that will have about `bytesExpected`. */
export async function formatParts(
  { evidenceWorkers }: ServiceContext,
  parts: EvidenceParts,
  bytesExpected: number,
): Promise<Uint8Array> {
  return bytesExpected <= ON_THE_SPOT_BYTES_MAX ? formatEvidenceBytes(parts) : evidenceWorkers.format(parts);
}

/** What evidence of this service shows, judged by its own log key, now or, as known then, at that time. Fault: `head/not-ours` where it does not read. */
export async function judgeEvidence(
  context: ServiceContext,
  bytes: Uint8Array,
  trust: TrustFile = ownTrust(context),
  environment?: string,
): Promise<Result<CustodyResult>> {
  const now = context.now().toISOString();
  const judged =
    bytes.length <= ON_THE_SPOT_BYTES_MAX
      ? judgeEvidenceBytes(bytes, trust, now, environment)
      : await context.evidenceWorkers.judge(bytes, trust, now, environment);
  return ours(judged);
}

/** What the attestations in evidence of this service state, by its own log key. Fault: `head/not-ours`. */
export async function factsIn(context: ServiceContext, bytes: Uint8Array): Promise<Result<Uint8Array>> {
  const [trust, now] = [ownTrust(context), context.now().toISOString()];
  const small = bytes.length <= ON_THE_SPOT_BYTES_MAX;
  return ours(small ? factsOfEvidence(bytes, trust, now) : await context.evidenceWorkers.facts(bytes, trust, now));
}

/** What evidence of this service shows as a table, CSV in UTF-8, judged as {@link judgeEvidence} does. Fault: `head/not-ours`. */
export async function tableOf(context: ServiceContext, bytes: Uint8Array): Promise<Result<Uint8Array>> {
  const [trust, now] = [ownTrust(context), context.now().toISOString()];
  const small = bytes.length <= ON_THE_SPOT_BYTES_MAX;
  return ours(small ? tableOfEvidence(bytes, trust, now) : await context.evidenceWorkers.table(bytes, trust, now));
}

/** A stored entry that does not read is the database's fault, not the caller's. */
function ours<T>(read: Result<T>): Result<T> {
  if (read.ok) return read;
  return fail('head/not-ours', 'The evidence in the database does not read.', read.fault.at, read.fault);
}
