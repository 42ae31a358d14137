import { type Decoded, object, oneOf, string } from '../../encoding/decode.ts';
import { runKeys } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { COMMIT_HEX } from '../names.ts';

/** How a run can be closed. One that is not closed expires. */
export const RUN_OUTCOMES = ['succeeded', 'failed', 'cancelled'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

const body = object({
  commit: string({ max: 64, pattern: COMMIT_HEX }),
  outcome: oneOf(RUN_OUTCOMES),
});

/** Body of `run.closed`. */
export type RunClosed = Decoded<typeof body>;

export const runClosed: KindDefinition<RunClosed> = {
  kind: 'run.closed',
  required: ['repository', 'run'],
  allowed: [],
  body,
  filedUnder: ({ repository = '', run = '', body }) => keySet(runKeys(repository, (body as RunClosed).commit, run)),
};
