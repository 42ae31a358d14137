import { type Decoded, integer, object, optional, string } from '../../encoding/decode.ts';
import { distinctArray } from '../../encoding/distinct-array.ts';
import { CONTRACT_FROM_MAX, CONTRACT_GLOBS_MAX } from '../../limits.ts';
import { contractKey, coverageKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { NAME, REPOSITORY, REPOSITORY_GLOB } from '../names.ts';

const glob = string({ max: 255, pattern: REPOSITORY_GLOB });

const body = object({
  contract: string({ max: 64, pattern: NAME }),
  version: integer({ min: 1 }),
  /** Globs of this version. */
  repositories: distinctArray(glob, { min: 1, max: CONTRACT_GLOBS_MAX }),
  /** Globs of the version before, so that a glob which was dropped shows the drop in its own list; empty at version 1. */
  previousRepositories: distinctArray(glob, { max: CONTRACT_GLOBS_MAX }),
  /** Repositories that this version takes images from: what evidence must show follows from the entry, as do the globs. */
  from: optional(distinctArray(string({ max: 255, pattern: REPOSITORY }), { min: 1, max: CONTRACT_FROM_MAX })),
});

/** Body of `contract.published`. The payload is the contract as canonical JSON. */
export type ContractPublished = Decoded<typeof body>;

export const contractPublished: KindDefinition<ContractPublished> = {
  kind: 'contract.published',
  required: ['payload'],
  allowed: ['control'],
  controlList: 'contract',
  body,
  filedUnder: (entry) => {
    const { contract, repositories, previousRepositories } = entry.body as ContractPublished;
    return keySet([contractKey(contract), ...[...repositories, ...previousRepositories].map(coverageKey)]);
  },
};
