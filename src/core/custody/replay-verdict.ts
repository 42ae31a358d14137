import type { PublicKey } from '../crypto/public-key.ts';
import { signerKeyId } from '../crypto/public-key.ts';
import { parseSigstoreBundle } from '../dsse/sigstore-bundle.ts';
import { verifyEnvelope } from '../dsse/verify-envelope.ts';
import { equalBytes } from '../encoding/bytes.ts';
import type { Entry } from '../entry/entry.ts';
import type { Verdict, VerdictRecorded } from '../entry/kinds/verdict-recorded.ts';
import { envelopeStatement } from '../statement/envelope-statement.ts';
import type { Check } from './check.ts';
import type { Evidence, Question } from './evidence.ts';
import { type TrustFile, trustFileSha256 } from './trust-file.ts';
import { contractsSha256, verdictStatement } from './verdict-statement.ts';
import { type CustodyResult, EVALUATOR, verifyCustody } from './verify-custody.ts';

/** What came of judging a recorded verdict again; only `differs` speaks against it. */
export const REPLAY_OUTCOMES = ['agree', 'differs', 'erased', 'other-evaluator', 'other-trust'] as const;
export type ReplayOutcome = (typeof REPLAY_OUTCOMES)[number];

/** In what a recorded verdict differs from what the ledger gives. */
export type ReplayDifference = 'evidence' | 'verdict' | 'contracts' | 'signature' | 'statement';

export type Replayed = {
  readonly outcome: ReplayOutcome;
  readonly difference?: ReplayDifference;
  /** The verdict that was found, where anything was judged. */
  readonly found?: Verdict;
};

/** A recorded verdict with what it takes to judge again. */
export type ReplayInput = {
  /** The entry, `verdict.recorded`, proved to be in the log by whoever asks. */
  readonly entry: Entry;
  /** Evidence about {@link replayQuestion}. */
  readonly evidence: Evidence;
  readonly trusts: readonly TrustFile[];
  /** The payload of the entry, which matches its commitment; absent where it is gone. */
  readonly payload?: Uint8Array;
  /** The key that the entry is said to be signed by. */
  readonly key?: PublicKey;
};

/** The question of a recorded verdict, as of its cut. Where it names an environment, a rule may have compared with it. */
export function replayQuestion({ repository = '', body }: Entry): Question {
  const { digest, cut, environment } = body as VerdictRecorded;
  const where = environment === undefined ? {} : { environment };
  return { subject: digest, repository, ...where, asOf: { size: cut, view: 'then' } };
}

/** Whether a verdict could be judged again at all, before any evidence is asked for: undefined where it can. */
export function replayHindrance({ body }: Entry, trusts: readonly TrustFile[]): ReplayOutcome | undefined {
  const { evaluator } = body as VerdictRecorded;
  if (evaluator !== EVALUATOR) return 'other-evaluator';
  return trustOf(body as VerdictRecorded, trusts) === undefined ? 'other-trust' : undefined;
}

/** Judges a recorded verdict again and compares. Source: docs/spec/verdict.md section 3. */
export function replayVerdict(input: ReplayInput): Replayed {
  const { entry, evidence, trusts } = input;
  const body = entry.body as VerdictRecorded;
  const hindrance = replayHindrance(entry, trusts);
  const trust = trustOf(body, trusts);
  if (hindrance !== undefined || trust === undefined) return { outcome: hindrance ?? 'other-trust' };
  const question = replayQuestion(entry);
  const result = verifyCustody({ evidence, question, trust, evaluatedAt: body.evaluated });
  const found = result.verdict;
  if (result.asOf?.root === undefined || !result.checks.every(showsLedger))
    return { outcome: 'differs', difference: 'evidence', found };
  const difference = differenceOf(input, body, result);
  if (difference === undefined) return { outcome: 'agree', found };
  const erased = difference === 'erased' || result.checks.some(({ reason }) => reason === 'payload/absent');
  return erased ? { outcome: 'erased', found } : { outcome: 'differs', difference, found };
}

function trustOf({ trust }: VerdictRecorded, trusts: readonly TrustFile[]): TrustFile | undefined {
  return trusts.find((candidate) => trustFileSha256(candidate) === trust);
}

/** Checks of the state of the ledger itself. An honest service judges by no evidence in which one of them fails. */
const OF_LEDGER =
  /^(?:origin|checkpoint\/(?:signature|pins)|asof\/.*|entry\/(?:inclusion|order)|commit\/last|list\/complete|payload\/commitment)$/;

function showsLedger({ code, outcome, reason }: Check): boolean {
  return !OF_LEDGER.test(code) || outcome === 'pass' || reason === 'checkpoint/pin-not-comparable';
}

function differenceOf(
  { entry, payload, key }: ReplayInput,
  body: VerdictRecorded,
  result: CustodyResult,
): Exclude<ReplayDifference, 'evidence'> | 'erased' | undefined {
  if (result.verdict !== body.verdict) return 'verdict';
  if (body.contracts !== undefined && body.contracts !== contractsSha256(result.contracts)) return 'contracts';
  if (payload === undefined) return 'erased';
  const bundle = parseSigstoreBundle(payload);
  if (!bundle.ok || key === undefined || signerKeyId(key) !== entry.signer) return 'signature';
  if (!verifyEnvelope(bundle.value.envelope, [key]).ok) return 'signature';
  const statement = envelopeStatement(bundle.value.envelope);
  if (!statement.ok) return 'statement';
  const { trust, view, environment } = body;
  const expected = verdictStatement(result, {
    origin: entry.log,
    trust,
    ...(view === undefined ? {} : { view }),
    ...(environment === undefined ? {} : { environment }),
  });
  return equalBytes(expected, bundle.value.envelope.payload) ? undefined : 'statement';
}
