import { encodeUtf8 } from '../encoding/utf8.ts';
import { ok, type Result } from '../fault.ts';
import { defaultEvaluationTime } from './as-of.ts';
import { type EvidenceParts, formatEvidence, parseEvidence } from './evidence.ts';
import { formatImageFacts, imageFacts } from './image-facts.ts';
import { reportCsv } from './report-csv.ts';
import type { TrustFile } from './trust-file.ts';
import { type CustodyResult, judgeCustody, verifyCustody } from './verify-custody.ts';

/** Work on whole evidence that takes as long as it is large: its bytes out of its parts, its judgement, its facts, or a table of what was found. */
export type EvidenceJob =
  | { readonly kind: 'format'; readonly parts: EvidenceParts }
  | {
      readonly kind: 'facts' | 'table';
      readonly evidence: Uint8Array;
      readonly trust: TrustFile;
      readonly now: string;
    }
  | {
      readonly kind: 'judge';
      readonly evidence: Uint8Array;
      readonly trust: TrustFile;
      /** RFC 3339 in UTC with milliseconds. */
      readonly now: string;
      /** The environment that it is asked for. */
      readonly environment?: string | undefined;
    };

/** The canonical bytes of evidence. */
export function formatEvidenceBytes(parts: EvidenceParts): Uint8Array {
  return encodeUtf8(formatEvidence(parts));
}

/** What evidence shows of the question that it names itself, now or when that was. Faults: those of {@link parseEvidence}. */
export function judgeEvidenceBytes(
  evidence: Uint8Array,
  trust: TrustFile,
  now: string,
  environment?: string,
): Result<CustodyResult> {
  const parsed = parseEvidence(evidence);
  if (!parsed.ok) return parsed;
  const { question } = parsed.value;
  const evaluatedAt = defaultEvaluationTime(parsed.value, now);
  const where = environment === undefined ? {} : { environment };
  return ok(verifyCustody({ evidence: parsed.value, question, trust, evaluatedAt, ...where }));
}

/** Facts of the image that evidence is about, as canonical bytes. Faults: those of {@link parseEvidence}. */
export function factsOfEvidence(evidence: Uint8Array, trust: TrustFile, now: string): Result<Uint8Array> {
  const parsed = parseEvidence(evidence);
  if (!parsed.ok) return parsed;
  const { question } = parsed.value;
  const evaluatedAt = defaultEvaluationTime(parsed.value, now);
  return ok(formatImageFacts(imageFacts({ evidence: parsed.value, question, trust, evaluatedAt })));
}

/** The report of evidence as a table, CSV in UTF-8. Faults: those of {@link parseEvidence}. */
export function tableOfEvidence(evidence: Uint8Array, trust: TrustFile, now: string): Result<Uint8Array> {
  const parsed = parseEvidence(evidence);
  if (!parsed.ok) return parsed;
  const { question } = parsed.value;
  const evaluatedAt = defaultEvaluationTime(parsed.value, now);
  const judged = judgeCustody({ evidence: parsed.value, question, trust, evaluatedAt });
  return ok(encodeUtf8(reportCsv(judged, parsed.value)));
}
