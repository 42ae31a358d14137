import { type Decoded, integer, object, oneOf, string } from '../../encoding/decode.ts';
import { verdictKey } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { IMAGE_DIGEST, SHA256_HEX, TIME } from '../names.ts';

/** The four verdicts (DESIGN 2). */
export const VERDICTS = ['pass', 'waived', 'fail', 'unjudged'] as const;
export type Verdict = (typeof VERDICTS)[number];

const body = object({
  digest: string({ max: 71, pattern: IMAGE_DIGEST }),
  verdict: oneOf(VERDICTS),
  /** Size of the tree that was judged. */
  cut: integer({ min: 1 }),
  evaluated: string({ max: 24, pattern: TIME }),
  evaluator: string({ max: 32, pattern: /^[0-9a-z.-]+$/ }),
  /** SHA-256 of the trust file that the evaluation used. */
  trust: string({ max: 64, pattern: SHA256_HEX }),
});

/** Body of `verdict.recorded`. The payload is the signed verdict, a DSSE envelope by the verdict key. */
export type VerdictRecorded = Decoded<typeof body>;

export const verdictRecorded: KindDefinition<VerdictRecorded> = {
  kind: 'verdict.recorded',
  required: ['repository', 'signer', 'payload'],
  allowed: [],
  body,
  filedUnder: (entry) => [verdictKey((entry.body as VerdictRecorded).digest)],
};
