import { ascendingArray } from '../../encoding/ascending-array.ts';
import { type Decoded, integer, object, string } from '../../encoding/decode.ts';
import { RUN_CONTRACTS_MAX, RUN_STAGES_MAX } from '../../limits.ts';
import { runKeys } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { COMMIT_HEX, NAME, TIME } from '../names.ts';

const pinned = object({ contract: string({ max: 64, pattern: NAME }), version: integer({ min: 1 }) });

/** A contract that was in force for the repository when the run was opened. */
export type PinnedContract = Decoded<typeof pinned>;

const body = object({
  /** The commit that the run is of: 40 or 64 hex digits. */
  commit: string({ max: 64, pattern: COMMIT_HEX }),
  /** Every contract that applied to the repository at that moment, ascending by name. */
  contracts: ascendingArray(pinned, ({ contract }) => contract, { max: RUN_CONTRACTS_MAX }),
  /** The stages that these versions ask for, each once, ascending. */
  stages: ascendingArray(string({ max: 64, pattern: NAME }), (stage) => stage, { max: RUN_STAGES_MAX }),
  /** From this time on the run takes nothing more: it has expired unless it was closed before. */
  expires: string({ max: 24, pattern: TIME }),
});

/** Body of `run.opened`. */
export type RunOpened = Decoded<typeof body>;

export const runOpened: KindDefinition<RunOpened> = {
  kind: 'run.opened',
  required: ['repository', 'run'],
  allowed: [],
  body,
  filedUnder: ({ repository = '', run = '', body }) => keySet(runKeys(repository, (body as RunOpened).commit, run)),
};
