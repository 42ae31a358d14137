import { type Decoded, integer, object, string } from '../../encoding/decode.ts';
import { distinctArray } from '../../encoding/distinct-array.ts';
import { CONTRACT_GLOBS_MAX } from '../../limits.ts';
import { contractKey, coverageKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { NAME, REPOSITORY_GLOB } from '../names.ts';

const body = object({
  contract: string({ max: 64, pattern: NAME }),
  /** The version that is withdrawn, and its globs. */
  version: integer({ min: 1 }),
  repositories: distinctArray(string({ max: 255, pattern: REPOSITORY_GLOB }), { min: 1, max: CONTRACT_GLOBS_MAX }),
});

/** Body of `contract.withdrawn`: from this entry on the contract asks for nothing. */
export type ContractWithdrawn = Decoded<typeof body>;

export const contractWithdrawn: KindDefinition<ContractWithdrawn> = {
  kind: 'contract.withdrawn',
  required: [],
  allowed: ['control'],
  controlList: 'contract',
  body,
  filedUnder: (entry) => {
    const { contract, repositories } = entry.body as ContractWithdrawn;
    return keySet([contractKey(contract), ...repositories.map(coverageKey)]);
  },
};
