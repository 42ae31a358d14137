import { boolean, type Decoded, object, optional, string } from '../../encoding/decode.ts';
import { imageKey, waiverKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { IMAGE_DIGEST, NAME, RULE_OR_LIMIT, TIME, WAIVER_ID } from '../names.ts';

/** A check that belongs to a contract, by its code. Which of them can be waived is a matter of custody. */
const CONTRACT_CHECK = /^contract\/[a-z]+(?:-[a-z]+)*$/;

const name = string({ max: 64, pattern: NAME });

const body = object({
  waiver: string({ max: 28, pattern: WAIVER_ID }),
  digest: string({ max: 71, pattern: IMAGE_DIGEST }),
  check: string({ max: 64, pattern: CONTRACT_CHECK }),
  contract: name,
  /** The stage that the check is about, where it is about one. */
  stage: optional(name),
  /** The rule, or the limit, of the contract that the check is about, where it is about one. */
  rule: optional(string({ max: 64, pattern: RULE_OR_LIMIT })),
  /** From when on it exempts nothing. */
  expires: string({ max: 24, pattern: TIME }),
  /** In force before a second person approved it, for a day at the most. */
  breakGlass: boolean(),
});

/** Body of `waiver.requested`: exactly one check of one contract, for one image. The payload is the reason, as canonical JSON. */
export type WaiverRequested = Decoded<typeof body>;

export const waiverRequested: KindDefinition<WaiverRequested> = {
  kind: 'waiver.requested',
  required: ['repository', 'payload'],
  allowed: [],
  body,
  filedUnder: (entry) => {
    const { waiver, digest } = entry.body as WaiverRequested;
    return keySet([waiverKey(waiver), imageKey(digest)]);
  },
};
