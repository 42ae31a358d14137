import type { Completeness } from '../completeness/completeness.ts';
import { type CompletenessResult, verifyCompleteness } from '../completeness/verify-completeness.ts';
import type { Entry } from '../entry/entry.ts';
import { signerKey } from '../entry/keys.ts';
import type { SignerRegistered } from '../entry/kinds/signer-registered.ts';
import type { SignerRevoked } from '../entry/kinds/signer-revoked.ts';
import type { SignerRotated } from '../entry/kinds/signer-rotated.ts';
import { type FaultCode, fail, ok, type Result } from '../fault.ts';
import { SERVICE_PRINCIPAL } from '../trust/grant-document.ts';
import { reportSignerId, type SignedReport } from './signed-report.ts';
import type { TrustFile } from './trust-file.ts';

/** Whose word a report is: the log that registered its key, and where. */
export type ReportSigned = {
  readonly origin: string;
  /** Id of the verdict key, 64 hex digits. */
  readonly signer: string;
  /** The entry that registered it, or the rotation by which it followed another. */
  readonly seq: number;
  /** Size of the state by which that was shown, and the time of its last entry. */
  readonly size: number;
  readonly time?: string;
};

/**
 * Whether the log that the reader trusts says that the key which signed a report is its service's key for verdicts, and that
 * it counted when the report was made. Each list must be complete under a checkpoint that the reader's keys vouch for; the
 * last one begins with the registration, each before with the rotation that led on.
 *
 * `now` is RFC 3339 in UTC with milliseconds: the age of the checkpoint is held against it.
 *
 * Faults: that of the first check of a completeness proof that did not pass; `signer/not-registered` (another list, kind,
 * use or writer), `signer/predecessor-revoked`, `signer/revoked`, `signer/rotated` (by when it was made). Source: docs/spec/report.md section 5.
 */
export function checkReportSigner(report: SignedReport, trust: TrustFile, now: string): Result<ReportSigned> {
  const signer = reportSignerId(report);
  let id: string | undefined = signer;
  let shown: CompletenessResult | undefined;
  let handedOver: string | undefined;
  for (const list of report.lists) {
    if (id === undefined || list.key !== signerKey(id)) return notRegistered('A list of another key is shown.');
    const result = verifyCompleteness(list, trust, now);
    const fault = result.checks.find(({ outcome }) => outcome === 'fail')?.reason;
    if (fault !== undefined || !result.holds)
      return fail(fault ?? 'custody/blocked', `What the log has of the key ${id} does not hold.`);
    shown ??= result;
    if (handedOver !== undefined && isRevokedBy(list, handedOver))
      return fail('signer/predecessor-revoked', `The key ${id} was revoked from before it handed over.`);
    handedOver = list.entries[0]?.entry.time;
    const before = predecessorIn(list, id);
    if (!before.ok) return before;
    id = before.value;
  }
  if (id !== undefined) return notRegistered('The registration of the first key is not shown.');
  const [own] = report.lists;
  const first = own?.entries[0]?.entry;
  const { origin, checkpoint } = shown ?? {};
  if (own === undefined || first === undefined || origin === undefined || checkpoint === undefined)
    return notRegistered('The log has no such key.');
  const { size, time } = checkpoint;
  // A report about the past is judged at that time, and signed now.
  const made = time !== undefined && time > report.evaluatedAt ? time : report.evaluatedAt;
  const ended = endOf(own, signer, made);
  if (ended !== undefined) return fail(ended, 'The key did not count any more when the report was made.');
  return ok({ origin, signer, seq: first.seq, size, ...(time === undefined ? {} : { time }) });
}

/** The key that this one followed; undefined where its list begins with the registration of a key for verdicts. */
function predecessorIn({ entries }: Completeness, id: string): Result<string | undefined> {
  const first: Entry | undefined = entries[0]?.entry;
  if (first === undefined) return notRegistered('The log has no such key.');
  if (first.principal !== SERVICE_PRINCIPAL) return notRegistered('Somebody else than the service registered the key.');
  if (first.kind === 'signer.registered') {
    const { signer, use } = first.body as SignerRegistered;
    if (signer === id && use === 'verdict') return ok(undefined);
    return notRegistered(`The log registered the key for another use: ${use}.`);
  }
  const { signer, successor } = first.body as SignerRotated;
  if (first.kind === 'signer.rotated' && successor === id) return ok(signer);
  return notRegistered('The list of the key does not begin with its registration.');
}

/** Whether the key was revoked, whenever that was said, from that time or before: whoever it handed over to may be anybody's. */
function isRevokedBy({ entries }: Completeness, at: string): boolean {
  return entries.some(({ entry }) => entry.kind === 'signer.revoked' && (entry.body as SignerRevoked).effective <= at);
}

/** Why the key did not count at that time. */
function endOf({ entries }: Completeness, id: string, at: string): FaultCode | undefined {
  for (const { entry } of entries.slice(1)) {
    if (entry.kind === 'signer.revoked' && (entry.body as SignerRevoked).effective <= at) return 'signer/revoked';
    if (entry.kind !== 'signer.rotated') continue;
    const { signer, until } = entry.body as SignerRotated;
    if (signer === id && until <= at) return 'signer/rotated';
  }
  return undefined;
}

function notRegistered(message: string): Result<never> {
  return fail('signer/not-registered', message);
}
