import { contractKey, coverageKey } from '../core/entry/keys.ts';
import type { ContractPublished } from '../core/entry/kinds/contract-published.ts';
import type { PinnedContract } from '../core/entry/kinds/run-opened.ts';
import { globMatches, globsFor } from '../core/entry/names.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { RUN_CONTRACTS_MAX, RUN_STAGES_MAX } from '../core/limits.ts';
import { readContractState } from './manage-contracts.ts';
import type { LedgerStore } from './ports.ts';
import { readWholeLists } from './read-list.ts';
import type { RestsOn } from './rests-on.ts';

/** The contracts that apply to a repository now, what they ask for, and the lists that this was read from. */
export type Pins = {
  readonly contracts: readonly PinnedContract[];
  readonly stages: readonly string[];
  readonly restsOn: readonly RestsOn[];
};

/**
 * What a run of the repository pins: every contract in force that covers it, in its newest version, and the stages of all
 * of them. Fault: `run/pins-too-much`.
 */
export async function readPins(store: LedgerStore, repository: string): Promise<Result<Pins>> {
  const lists = await readWholeLists(store, globsFor(repository).map(coverageKey));
  const names = new Set([...lists.values()].flat().map(({ entry }) => (entry.body as ContractPublished).contract));
  const restsOn = [...lists].map(([key, list]) => ({ key, n: list.length }));
  const contracts: PinnedContract[] = [];
  const stages = new Set<string>();
  for (const contract of [...names].sort()) {
    const state = await readContractState(store, contract);
    if (state === undefined) continue;
    restsOn.push({ key: contractKey(contract), n: state.entries });
    const { version, withdrawn, document } = state;
    if (withdrawn || !document.repositories.some((glob) => globMatches(glob, repository))) continue;
    contracts.push({ contract, version });
    for (const { stage } of document.stages) stages.add(stage);
  }
  if (contracts.length > RUN_CONTRACTS_MAX || stages.size > RUN_STAGES_MAX) {
    const message = `${contracts.length} contracts with ${stages.size} stages apply to ${repository}.`;
    return fail('run/pins-too-much', message, 'repository');
  }
  return ok({ contracts, stages: [...stages].sort(), restsOn });
}
