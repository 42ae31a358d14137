import type { ContractPublished } from '../entry/kinds/contract-published.ts';
import type { Contract } from './contract.ts';

/** Body of the entry that publishes a contract, after the version before, where there is one. Source: docs/spec/contract.md §2. */
export function publicationBody(
  { contract, repositories, from }: Contract,
  before: { readonly version: number; readonly repositories: readonly string[] } | undefined,
): ContractPublished {
  return {
    contract,
    version: (before?.version ?? 0) + 1,
    repositories,
    previousRepositories: before?.repositories ?? [],
    ...(from === undefined ? {} : { from }),
  };
}
