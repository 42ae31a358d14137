import { type Contract, parseContract } from '../contract/contract.ts';
import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { contractKey, coverageKey } from '../entry/keys.ts';
import type { ContractPublished } from '../entry/kinds/contract-published.ts';
import { globMatches, globsFor } from '../entry/names.ts';
import type { FaultCode } from '../fault.ts';
import type { CheckList } from './check.ts';
import type { Material } from './material.ts';
import { principalFault } from './trust-state.ts';

/** A contract that covers the repository at the checkpoint. */
export type ContractInForce = { readonly contract: Contract; readonly version: number; readonly seq: number };

/** Contracts that cover a repository; `complete` is false where one of them could not be read, so that nothing passes. */
export type Coverage = { readonly contracts: readonly ContractInForce[]; readonly complete: boolean };

/**
 * The contracts in force, out of the lists of every glob that can match the repository and the list of each contract
 * that was ever filed there. Which apply follows from the repository's name; the server has no say in it.
 */
export function readCoverage(repository: string, material: Material, checks: CheckList): Coverage {
  const names = new Set<string>();
  let complete = true;
  for (const glob of globsFor(repository)) {
    const list = material.lists.get(coverageKey(glob));
    if (list === undefined) complete = false;
    for (const { entry } of list ?? []) names.add((entry.body as ContractPublished).contract);
  }
  const contracts: ContractInForce[] = [];
  for (const name of [...names].sort()) {
    const read = readContractInForce(name, material);
    if (typeof read === 'string') {
      complete = false;
      checks.fail('contract/covers', read, { contract: name });
    } else if (read?.contract.repositories.some((glob) => globMatches(glob, repository))) {
      contracts.push(read);
      checks.pass('contract/covers', { contract: name, seq: read.seq, detail: String(read.version) });
    }
  }
  if (!complete) checks.notRun('contract/covers', 'list/gap');
  else if (contracts.length === 0) checks.notRun('contract/covers', 'contract/none');
  return { contracts, complete };
}

/** The newest version, undefined after a withdrawal, or why it cannot be read. */
function readContractInForce(name: string, material: Material): ContractInForce | FaultCode | undefined {
  const list = material.lists.get(contractKey(name));
  if (list === undefined) return 'list/gap';
  let version = 0;
  for (const { entry } of list) {
    const body = entry.body as ContractPublished;
    const published = entry.kind === 'contract.published';
    if (body.version !== (published ? version + 1 : version)) return 'contract/versions-inconsistent';
    version = body.version;
    const fault = principalFault(material, entry);
    if (fault !== undefined) return fault;
  }
  const newest = list.at(-1);
  if (newest === undefined || newest.entry.kind === 'contract.withdrawn') return undefined;
  if (newest.payload === undefined) return 'payload/absent';
  const contract = parseContract(newest.payload);
  if (!contract.ok) return contract.fault.code;
  const { contract: named, repositories } = newest.entry.body as ContractPublished;
  const same = formatCanonicalJson(repositories) === formatCanonicalJson(contract.value.repositories);
  return same && named === contract.value.contract
    ? { contract: contract.value, version, seq: newest.entry.seq }
    : 'contract/body-differs';
}
