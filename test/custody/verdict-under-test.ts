import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseEvidence, type Question } from '../../src/core/custody/evidence.ts';
import {
  type Replayed,
  type ReplayInput,
  replayQuestion,
  replayVerdict,
} from '../../src/core/custody/replay-verdict.ts';
import { trustFileSha256 } from '../../src/core/custody/trust-file.ts';
import { contractsSha256, verdictStatement } from '../../src/core/custody/verdict-statement.ts';
import type { CustodyResult } from '../../src/core/custody/verify-custody.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { BUNDLE_MEDIA_TYPE } from '../../src/core/dsse/sigstore-bundle.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { VerdictRecorded } from '../../src/core/entry/kinds/verdict-recorded.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../src/core/statement/envelope-statement.ts';
import { buildImageBundle } from '../../src/sigstore/image-bundle.ts';
import type { EvidenceOptions, LedgerUnderTest } from './ledger-under-test.ts';
import { after } from './past-under-test.ts';
import { trustOf, verify } from './verify-under-test.ts';

export type RecordOptions = {
  /** How long after the newest entry it is evaluated. */
  readonly laterMs?: number;
  readonly environment?: string;
  /** What is judged; the image in question, for no environment, unless told. */
  readonly question?: Question;
  readonly body?: Partial<VerdictRecorded>;
  /** Changes what the statement says was found. */
  readonly alter?: (result: CustodyResult) => CustodyResult;
  /** Changes the statement, before it is signed. */
  readonly rewrite?: (statement: string) => string;
  readonly key?: string;
  /** Changes the bundle. */
  readonly damage?: (bundle: string) => string;
};

/** Records the verdict of the newest state, as the service does, before the deviations of `options`; its seq. */
export function recordVerdict(ledger: LedgerUnderTest, options: RecordOptions = {}): number {
  const {
    laterMs = 5,
    environment,
    alter = (result) => result,
    rewrite = (text) => text,
    key: name = 'verdict',
  } = options;
  const trust = trustOf(ledger);
  const evaluated = after(ledger.time, laterMs);
  const about = options.question === undefined ? {} : { question: options.question };
  const result = verify(ledger, { trust, evaluatedAt: evaluated, ...about });
  const named = environment === undefined ? {} : { environment };
  const circumstances = { origin: ledger.origin, trust: trustFileSha256(trust), ...named };
  const statement = encodeUtf8(rewrite(Buffer.from(verdictStatement(alter(result), circumstances)).toString()));
  const key = ledger.key(name);
  const signature = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
  const bundle = buildImageBundle(IN_TOTO_PAYLOAD_TYPE, statement, signature, key.publicKey);
  const body: VerdictRecorded = {
    digest: result.subject,
    verdict: result.verdict,
    cut: result.checkpoint?.size ?? 0,
    evaluated,
    evaluator: result.evaluator,
    trust: circumstances.trust,
    contracts: contractsSha256(result.contracts),
    ...named,
    ...options.body,
  };
  return ledger.append({
    kind: 'verdict.recorded',
    principal: 'shop-ci',
    repository: result.repository,
    signer: ledger.key('verdict').signer,
    body,
    document: { mediaType: BUNDLE_MEDIA_TYPE, bytes: encodeUtf8(options.damage?.(bundle) ?? bundle) },
  });
}

/** Replays the recorded verdict at that place, as a reader does who brings the log key. */
export function replay(
  ledger: LedgerUnderTest,
  seq: number,
  options: { more?: Partial<ReplayInput>; evidence?: EvidenceOptions; isErased?: boolean } = {},
): Replayed {
  const entry = ledger.entry(seq);
  const evidence = parseEvidence(ledger.evidenceBytes(replayQuestion(entry), options.evidence));
  assert(evidence.ok, JSON.stringify(evidence));
  const payload = options.isErased === true ? undefined : ledger.payload(seq);
  return replayVerdict({
    entry,
    evidence: evidence.value,
    trusts: [trustOf(ledger)],
    ...(payload === undefined ? {} : { payload }),
    key: ledger.key('verdict').publicKey,
    ...options.more,
  });
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
