import { type Decoded, object, string } from '../../encoding/decode.ts';
import { runKeys } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { COMMIT_HEX } from '../names.ts';

const body = object({ commit: string({ max: 64, pattern: COMMIT_HEX }) });

/** Body of `run.expired`, which the service writes where a run was not closed in its time. */
export type RunExpired = Decoded<typeof body>;

export const runExpired: KindDefinition<RunExpired> = {
  kind: 'run.expired',
  required: ['repository', 'run'],
  allowed: [],
  body,
  filedUnder: ({ repository = '', run = '', body }) => keySet(runKeys(repository, (body as RunExpired).commit, run)),
};
