import { boolean, integer, object, optional } from '../encoding/decode.ts';
import { SUBJECT_ENTRIES_MAX } from '../limits.ts';

/** The member `runs` of a contract: what it asks of the run that an image comes from. */
export const contractRuns = object({
  /** Whether the image must come from a run that closed as succeeded, with every stage that the run pinned. */
  required: boolean(),
  /** Which attempt at its commit that run may be at most. */
  attemptsMax: optional(integer({ min: 1, max: SUBJECT_ENTRIES_MAX })),
  /** How many attempts before it may have ended otherwise than as succeeded, or be open. */
  failedAttemptsMax: optional(integer({ min: 0, max: SUBJECT_ENTRIES_MAX })),
});
