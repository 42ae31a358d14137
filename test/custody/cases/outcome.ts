import { parseEvidence, type Question } from '../../../src/core/custody/evidence.ts';
import { parseTrustFile } from '../../../src/core/custody/trust-file.ts';
import { verifyCustody } from '../../../src/core/custody/verify-custody.ts';
import { parseBase64 } from '../../../src/core/encoding/base64.ts';
import { formatCanonicalJson } from '../../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../../src/core/encoding/utf8.ts';

/** A case as a reader has it: a file of evidence in base64, their question and trust file, and the time. */
export type CaseInput = {
  readonly evidence: string;
  readonly question: Question;
  readonly trust: Json;
  readonly evaluatedAt: string;
};

/**
 * What custody comes to, in lines: the verdict; each check that did not pass with its contract, stage and reason; until
 * when all of it holds. For evidence or a trust file that does not read, the code. Runs wherever core does.
 */
export function caseOutcome({ evidence: base64, question, trust: json, evaluatedAt }: CaseInput): readonly string[] {
  const bytes = parseBase64(base64);
  const evidence = bytes.ok ? parseEvidence(bytes.value) : bytes;
  const trust = parseTrustFile(encodeUtf8(formatCanonicalJson(json)));
  if (!evidence.ok) return [evidence.fault.code];
  if (!trust.ok) return [trust.fault.code];
  const { verdict, checks, validUntil } = verifyCustody({
    evidence: evidence.value,
    question,
    trust: trust.value,
    evaluatedAt,
  });
  const found = checks.flatMap(({ outcome, code, contract, stage, reason }) =>
    outcome === 'pass' ? [] : [[outcome, code, contract, stage, reason].filter((word) => word !== undefined).join(' ')],
  );
  return [verdict, ...found, ...(validUntil === undefined ? [] : [`until ${validUntil}`])];
}
