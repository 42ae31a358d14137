import { type Decoded, integer, literal, object, oneOf, optional, string } from '../../encoding/decode.ts';
import { verdictKey } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { IMAGE_DIGEST, NAME, SHA256_HEX, TIME } from '../names.ts';

/** The four verdicts (DESIGN 2). */
export const VERDICTS = ['pass', 'waived', 'fail', 'unjudged'] as const;
export type Verdict = (typeof VERDICTS)[number];

const body = object({
  digest: string({ max: 71, pattern: IMAGE_DIGEST }),
  verdict: oneOf(VERDICTS),
  /** Size of the tree that was judged. */
  cut: integer({ min: 1 }),
  /** There where a past state was asked about, as known then; otherwise the state was the newest. */
  view: optional(literal('then')),
  evaluated: string({ max: 24, pattern: TIME }),
  evaluator: string({ max: 32, pattern: /^[0-9a-z.-]+$/ }),
  /** SHA-256 of the trust file that the evaluation used. */
  trust: string({ max: 64, pattern: SHA256_HEX }),
  /** SHA-256 over the contracts that applied. */
  contracts: optional(string({ max: 64, pattern: SHA256_HEX })),
  environment: optional(string({ max: 64, pattern: NAME })),
});

/** Body of `verdict.recorded`. The payload is the signed verdict: a VSA in a Sigstore bundle, by the verdict key. */
export type VerdictRecorded = Decoded<typeof body>;

export const verdictRecorded: KindDefinition<VerdictRecorded> = {
  kind: 'verdict.recorded',
  required: ['repository', 'signer', 'payload'],
  allowed: [],
  body,
  filedUnder: (entry) => [verdictKey((entry.body as VerdictRecorded).digest)],
};
