import { sha256 } from '#sha256';
import { type Contract, formatContract, parseContract } from '../contract/contract.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Entry } from '../entry/entry.ts';
import { contractKey, coverageKey } from '../entry/keys.ts';
import type { ContractPublished } from '../entry/kinds/contract-published.ts';
import type { ContractWithdrawn } from '../entry/kinds/contract-withdrawn.ts';
import { globMatches, globsFor } from '../entry/names.ts';
import type { FaultCode } from '../fault.ts';
import type { CheckList } from './check.ts';
import { kindFault } from './kind-fault.ts';
import type { Material, ProvedEntry } from './material.ts';
import type { TrustState } from './trust-state.ts';

/** A contract that covers the repository at the checkpoint. */
export type ContractInForce = {
  readonly contract: Contract;
  readonly version: number;
  readonly seq: number;
  /** SHA-256 of its document, in hex. */
  readonly sha256: string;
};

/** Contracts that cover a repository; `complete` is false where one of them could not be read, so that nothing passes. */
export type Coverage = {
  readonly contracts: readonly ContractInForce[];
  readonly complete: boolean;
  /** Every version and withdrawal of each contract that ever covered it: a contract loosened later shows when. */
  readonly history: readonly { readonly entry: Entry; readonly sound: boolean }[];
};

/**
 * The contracts in force, out of the lists of every glob that can match the repository and the list of each contract
 * that was ever filed there. Which apply follows from the repository's name; the server has no say in it. Entries that
 * are `shown` and not in the material have no effect, and stand in the history alone. A `proposal` counts in place of
 * the contract of its name, as if the next entry of the log published it.
 */
export function readCoverage(
  repository: string,
  material: Material,
  trust: TrustState,
  checks: CheckList,
  shown = material,
  proposal?: Contract,
): Coverage {
  const names = new Set<string>(proposal === undefined ? [] : [proposal.contract]);
  let complete = true;
  for (const glob of globsFor(repository)) {
    const list = shown.lists.get(coverageKey(glob));
    if (list === undefined) complete = false;
    for (const { entry } of list ?? []) {
      // What a later version files here may ask for anything; its body was not read.
      if (!isOfContract(entry)) complete = false;
      else names.add((entry.body as ContractPublished).contract);
    }
  }
  const contracts: ContractInForce[] = [];
  const history: { readonly entry: Entry; readonly sound: boolean }[] = [];
  for (const name of [...names].sort()) {
    const list = material.lists.get(contractKey(name));
    const known = () => (list === undefined ? 'list/gap' : readContractInForce(list, trust));
    const read = name === proposal?.contract ? proposed(proposal, list ?? [], material) : known();
    const sound = typeof read !== 'string';
    const effective = new Set(list);
    for (const proved of shown.lists.get(contractKey(name)) ?? [])
      history.push({ entry: proved.entry, sound: sound && effective.has(proved) });
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
  return { contracts, complete, history };
}

/** Repositories that a contract takes images of this one from. */
export function fromOf({ from = [] }: Pick<Contract, 'from'>, repository: string): readonly string[] {
  return from.filter((name) => name !== repository);
}

function isOfContract(entry: Entry): boolean {
  return entry.kind === 'contract.published' || entry.kind === 'contract.withdrawn';
}

/** The contract as the next entry of the log would bring it. */
function proposed(contract: Contract, list: readonly ProvedEntry[], { checkpoint }: Material): ContractInForce {
  const version = 1 + list.filter(({ entry }) => entry.kind === 'contract.published').length;
  return { contract, version, seq: checkpoint?.size ?? 0, sha256: formatHex(sha256(formatContract(contract))) };
}

/** The newest version, undefined after a withdrawal, or why it cannot be read. Versions and globs must follow each other. */
function readContractInForce(list: readonly ProvedEntry[], trust: TrustState): ContractInForce | FaultCode | undefined {
  let version = 0;
  let repositories: readonly string[] = [];
  for (const { entry } of list) {
    if (!isOfContract(entry)) return kindFault(entry.kind) ?? 'contract/versions-inconsistent';
    const fault = versionFault(entry, version, repositories) ?? trust.writerFault(entry);
    if (fault !== undefined) return fault;
    ({ version, repositories } = entry.body as ContractWithdrawn);
  }
  const newest = list.at(-1);
  if (newest === undefined || newest.entry.kind === 'contract.withdrawn') return undefined;
  if (newest.payload === undefined) return 'payload/absent';
  const contract = parseContract(newest.payload);
  if (!contract.ok) return contract.fault.code;
  const { contract: named, from = [] } = newest.entry.body as ContractPublished;
  const same = named === contract.value.contract && sameTexts(repositories, contract.value.repositories);
  return same && sameTexts(from, contract.value.from ?? [])
    ? { contract: contract.value, version, seq: newest.entry.seq, sha256: formatHex(sha256(newest.payload)) }
    : 'contract/body-differs';
}

/** A version counts one up and names the globs before it; a withdrawal names version and globs of what it withdraws. */
function versionFault(entry: Entry, version: number, repositories: readonly string[]): FaultCode | undefined {
  const published = entry.kind === 'contract.published';
  const body = entry.body as ContractPublished;
  const before = published ? body.previousRepositories : body.repositories;
  const follows = body.version === (published ? version + 1 : version) && sameTexts(before, repositories);
  return follows ? undefined : 'contract/versions-inconsistent';
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
