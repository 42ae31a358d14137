import { parseEvidence } from '../core/custody/evidence.ts';
import { type TrustFile, trustFileSha256, trustLogKey } from '../core/custody/trust-file.ts';
import { type CustodyResult, verifyCustody } from '../core/custody/verify-custody.ts';
import { DSSE_MEDIA_TYPE, formatEnvelope } from '../core/dsse/envelope.ts';
import { pae } from '../core/dsse/pae.ts';
import { formatBase64 } from '../core/encoding/base64.ts';
import { parseHex } from '../core/encoding/hex.ts';
import type { Json } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { principalKey } from '../core/entry/keys.ts';
import type { VerdictRecorded } from '../core/entry/kinds/verdict-recorded.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../core/statement/envelope-statement.ts';
import { predicateTypeUri } from '../core/statement/predicate-types.ts';
import { formatStatement, STATEMENT_V1 } from '../core/statement/statement.ts';
import type { Recorded } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { readCaller } from './authenticate.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { settleQuestion } from './find-image.ts';
import { loadEvidence } from './load-evidence.ts';
import type { Submission } from './ports.ts';
import { sealPayload } from './seal-payload.ts';
import type { ImageQuestion } from './service.ts';
import { submissionIdentity } from './submission-identity.ts';

/** The trust that the service itself judges by: its own log key. Readers bring theirs. */
export function ownTrust(context: ServiceContext): TrustFile {
  const trust = trustLogKey(context.logSigner.vkey);
  invariant(trust.ok, 'the log key of the service is one');
  return trust.value;
}

/** Custody of an image, judged from the same evidence that anybody may take away: load, check, report. */
export async function verifyImageCustody(
  context: ServiceContext,
  caller: Caller,
  image: ImageQuestion,
): Promise<Result<CustodyResult>> {
  const evidence = await readEvidence(context, caller, image);
  return evidence.ok ? judgeEvidence(context, evidence.value) : evidence;
}

/** Evidence about an image, for a caller who may read the repository. */
export async function readEvidence(
  context: ServiceContext,
  caller: Caller,
  image: ImageQuestion,
): Promise<Result<Uint8Array>> {
  const question = await settleQuestion(context, caller, image);
  return question.ok ? loadEvidence(context, question.value) : question;
}

/** What evidence of this service shows, judged by its own log key, now. Fault: `head/not-ours` where it does not read. */
export function judgeEvidence(context: ServiceContext, bytes: Uint8Array): Result<CustodyResult> {
  const evidence = parseEvidence(bytes);
  // A stored entry that does not read is the database's fault, not the caller's.
  if (!evidence.ok)
    return fail('head/not-ours', 'The evidence in the database does not read.', evidence.fault.at, evidence.fault);
  const evaluatedAt = context.now().toISOString();
  const { question } = evidence.value;
  return ok(verifyCustody({ evidence: evidence.value, question, trust: ownTrust(context), evaluatedAt }));
}

/** Judges, and appends the verdict: what was judged, as of which size, by which rules, signed as a VSA by the verdict key. */
export async function recordVerdict(
  context: ServiceContext,
  caller: Caller,
  image: ImageQuestion,
): Promise<Result<{ readonly result: CustodyResult; readonly recorded: Recorded }>> {
  const roles = ['pipeline', 'release-manager', 'admin'] as const;
  const allowed = authorise(caller, { roles });
  if (!allowed.ok) return allowed;
  const result = await verifyImageCustody(context, caller, image);
  if (!result.ok) return result;
  const appended = await appendEntry(context, async () => {
    const current = await readCaller(context, caller.principal);
    const still = current.ok ? authorise(current.value, { roles, repository: result.value.repository }) : current;
    return still.ok ? ok(verdictSubmission(context, still.value, result.value)) : still;
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  return ok({ result: result.value, recorded: { seq: entry.seq, duplicate, receipt } });
}

function verdictSubmission(context: ServiceContext, caller: Caller, result: CustodyResult): Submission {
  const key = context.keys.verdict;
  const envelope = signStatement(context, verdictStatement(context, result));
  const sealed = sealPayload(envelope, DSSE_MEDIA_TYPE, context.random);
  const body: VerdictRecorded = {
    digest: result.subject,
    verdict: result.verdict,
    cut: result.checkpoint?.size ?? 1,
    evaluated: result.evaluatedAt,
    evaluator: result.evaluator,
    trust: trustFileSha256(ownTrust(context)),
  };
  return {
    identity: submissionIdentity('verdict', [sealed.stored.commitment]),
    proposal: {
      kind: 'verdict.recorded',
      principal: caller.principal,
      repository: result.repository,
      signer: key.signer,
      payload: sealed.reference,
      body,
    },
    payload: sealed.stored,
    restsOn: [{ key: principalKey(caller.principal), n: caller.grants }],
    repeats: ['body', 'payload'],
  };
}

function signStatement(context: ServiceContext, statement: Uint8Array): Uint8Array {
  const sig = context.keys.verdict.sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
  return encodeUtf8(
    formatEnvelope({ payloadType: IN_TOTO_PAYLOAD_TYPE, payload: statement, signatures: [{ keyid: '', sig }] }),
  );
}

/** A SLSA verification summary (VSA v1). PASSED stands for `pass` and `waived`; nothing that was not judged is PASSED. */
function verdictStatement(context: ServiceContext, result: CustodyResult): Uint8Array {
  const passed = result.verdict === 'pass' || result.verdict === 'waived';
  const predicate: Json = {
    verifier: { id: `https://waybill.dev/verifier/${context.store.origin}`, version: { waybill: result.evaluator } },
    timeVerified: result.evaluatedAt,
    resourceUri: result.repository,
    policy: {
      uri: `https://waybill.dev/contracts/${result.contracts.map(({ contract, version }) => `${contract}@${version}`).join(',') || 'none'}`,
    },
    verificationResult: passed ? 'PASSED' : 'FAILED',
    verifiedLevels: [],
    waybill: {
      verdict: result.verdict,
      origin: context.store.origin,
      size: result.checkpoint?.size ?? 0,
      root: formatBase64(rootOf(result)),
    },
  };
  const statement = {
    type: STATEMENT_V1,
    subject: [{ digest: { sha256: result.subject.slice('sha256:'.length) } }],
    predicateType: predicateTypeUri('vsa'),
    predicate,
  } as const;
  return encodeUtf8(formatStatement(statement));
}

function rootOf(result: CustodyResult): Uint8Array {
  const root = parseHex(result.checkpoint?.root ?? '');
  return root.ok ? root.value : new Uint8Array();
}
