/** How much a sequencer takes at once, and keeps waiting. */
export type SequencerLimits = {
  /** Submissions of one transaction. */
  readonly batchSubmissionsMax: number;
  /** Submissions that wait; one more is answered `service/overloaded`. */
  readonly queueSubmissionsMax: number;
  /** Payload bytes of one transaction. */
  readonly batchBytesMax: number;
  /** How often a batch whose outcome is unknown is tried again. */
  readonly attemptsMax: number;
};

/** Those in force. */
export const SEQUENCER_LIMITS: SequencerLimits = {
  batchSubmissionsMax: 256,
  queueSubmissionsMax: 4_096,
  batchBytesMax: 48 * 1024 * 1024,
  attemptsMax: 3,
};
