import { trustFileSha256 } from '../core/custody/trust-file.ts';
import { contractsSha256, verdictStatement } from '../core/custody/verdict-statement.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import { pae } from '../core/dsse/pae.ts';
import { BUNDLE_MEDIA_TYPE } from '../core/dsse/sigstore-bundle.ts';
import type { Json } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { principalKey } from '../core/entry/keys.ts';
import type { VerdictRecorded } from '../core/entry/kinds/verdict-recorded.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../core/statement/envelope-statement.ts';
import { appendEntry } from './append-entry.ts';
import { readCaller } from './authenticate.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { ownTrust } from './judge-evidence.ts';
import { type OwnKey, ownKey } from './own-key.ts';
import type { Submission } from './ports.ts';
import { sealPayload } from './seal-payload.ts';
import type { RecordedVerdict, VerdictQuestion } from './service.ts';
import { submissionIdentity } from './submission-identity.ts';
import { verifyImageCustody } from './verify-custody.ts';

/**
 * Judges, and appends the verdict: what was judged, as of which size, by which rules, signed as a VSA by the verdict key.
 * What is known now about a past state rests on two states of the ledger, and an entry names one: that is not recorded
 * (`verdict/not-replayable`).
 */
export async function recordVerdict(
  context: ServiceContext,
  caller: Caller,
  question: VerdictQuestion,
): Promise<Result<RecordedVerdict>> {
  const roles = ['pipeline', 'release-manager', 'admin'] as const;
  const allowed = authorise(caller, { roles });
  if (!allowed.ok) return allowed;
  if (question.asOf?.view === 'now')
    return fail('verdict/not-replayable', 'What is known now about the past is not recorded.', 'asOf/view');
  const { environment } = question;
  const result = await verifyImageCustody(context, caller, question);
  if (!result.ok) return result;
  const bundle = signVerdict(context, result.value, environment);
  const appended = await appendEntry(context, async (attempt) => {
    const current = await readCaller(context, caller.principal);
    const still = current.ok ? authorise(current.value, { roles, repository: result.value.repository }) : current;
    if (!still.ok) return still;
    const own = await ownKey(context, 'verdict', attempt);
    return own.ok ? ok(verdictSubmission(context, still.value, result.value, environment, bundle, own.value)) : own;
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  const recorded = { seq: entry.seq, duplicate, receipt, bundle: JSON.parse(bundle) as Json };
  return ok({ result: result.value, recorded });
}

function verdictSubmission(
  context: ServiceContext,
  caller: Caller,
  result: CustodyResult,
  environment: string | undefined,
  bundle: string,
  { key, restsOn, before }: OwnKey,
): Submission {
  const sealed = sealPayload(encodeUtf8(bundle), BUNDLE_MEDIA_TYPE, context.random);
  const body: VerdictRecorded = {
    digest: result.subject,
    verdict: result.verdict,
    cut: (result.asOf ?? result.checkpoint)?.size ?? 1,
    ...(result.asOf === undefined ? {} : { view: 'then' }),
    evaluated: result.evaluatedAt,
    evaluator: result.evaluator,
    trust: trustFileSha256(ownTrust(context)),
    contracts: contractsSha256(result.contracts),
    ...(environment === undefined ? {} : { environment }),
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
    restsOn: [{ key: principalKey(caller.principal), n: caller.grants }, ...restsOn],
    ...(before === undefined ? {} : { before }),
    repeats: ['body', 'payload'],
  };
}

/** JSON text of the bundle around the verdict's statement, by the verdict key. */
function signVerdict(context: ServiceContext, result: CustodyResult, environment: string | undefined): string {
  const { sign, publicKey } = context.keys.verdict;
  const statement = verdictStatement(result, {
    origin: context.store.origin,
    trust: trustFileSha256(ownTrust(context)),
    ...(result.asOf === undefined ? {} : { view: 'then' }),
    ...(environment === undefined ? {} : { environment }),
  });
  const signature = sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
  return context.buildBundle(IN_TOTO_PAYLOAD_TYPE, statement, signature, publicKey);
}
