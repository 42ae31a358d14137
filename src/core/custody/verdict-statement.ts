import { sha256 } from '#sha256';
import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { formatHex, parseHex } from '../encoding/hex.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { invariant } from '../fault.ts';
import { predicateTypeUri } from '../statement/predicate-types.ts';
import { formatStatement, STATEMENT_V1 } from '../statement/statement.ts';
import type { CustodyResult } from './verify-custody.ts';

/** What a recorded verdict says besides what was found: by whose log and trust file, and for what it was asked. */
export type VerdictCircumstances = {
  readonly origin: string;
  /** SHA-256 of the trust file, in hex. */
  readonly trust: string;
  /** A past state was asked about, as known then. */
  readonly view?: 'then';
  readonly environment?: string;
};

/** SHA-256 in hex over the canonical JSON of the contracts that applied: name, version, and hash of the document of each. */
export function contractsSha256(contracts: CustodyResult['contracts']): string {
  return formatHex(sha256(encodeUtf8(formatCanonicalJson(contractsJson(contracts)))));
}

/**
 * The verdict as a SLSA verification summary (VSA v1) in an in-toto statement: a function of what was found and of the
 * circumstances, so that whoever finds the same writes the same bytes. It was verified when it was evaluated: what was known of a
 * past state is no newer for being asked about today. PASSED stands for `pass` and `waived`; nothing that was
 * not judged is PASSED. Source: docs/spec/verdict.md.
 */
export function verdictStatement(result: CustodyResult, about: VerdictCircumstances): Uint8Array {
  const { subject, repository, verdict, evaluator, evaluatedAt, contracts, validUntil } = result;
  const state = result.asOf ?? result.checkpoint;
  const root = parseHex(state?.root ?? '', 32);
  invariant(state !== undefined && root.ok, 'a verdict is recorded of a state that is proved');
  const passed = verdict === 'pass' || verdict === 'waived';
  const names = contracts.map(({ contract, version }) => `${contract}@${version}`);
  const predicate: Json = {
    verifier: { id: `https://waybill.dev/verifier/${about.origin}`, version: { waybill: evaluator } },
    timeVerified: evaluatedAt,
    resourceUri: repository,
    policy: {
      uri: `https://waybill.dev/contracts/${names.join(',') || 'none'}`,
      digest: { sha256: contractsSha256(contracts) },
    },
    verificationResult: passed ? 'PASSED' : 'FAILED',
    verifiedLevels: [],
    waybill: {
      verdict,
      origin: about.origin,
      size: state.size,
      root: formatBase64(root.value),
      ...(about.view === undefined ? {} : { view: about.view }),
      evaluated: evaluatedAt,
      evaluator,
      trust: about.trust,
      ...(about.environment === undefined ? {} : { environment: about.environment }),
      contracts: contractsJson(contracts),
      ...(validUntil === undefined ? {} : { validUntil }),
    },
  };
  return encodeUtf8(
    formatStatement({
      type: STATEMENT_V1,
      subject: [{ digest: { sha256: subject.slice('sha256:'.length) } }],
      predicateType: predicateTypeUri('vsa'),
      predicate,
    }),
  );
}

function contractsJson(contracts: CustodyResult['contracts']): Json {
  return contracts.map(({ contract, version, sha256: document }) => ({ contract, version, sha256: document }));
}
