import { type Contract, formatContract } from '../../src/core/contract/contract.ts';
import { stateControl } from '../../src/core/control/control-statement.ts';
import { formatHex } from '../../src/core/encoding/hex.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { entryHash, formatEntry } from '../../src/core/entry/entry.ts';
import { contractKey } from '../../src/core/entry/keys.ts';
import type { LedgerStore } from '../../src/service/ports.ts';
import { AGREEING, signStatement } from '../custody/control-under-test.ts';

/** What is to become the next entry of a list. */
export type Change = {
  readonly kind: string;
  readonly key: string;
  readonly body: Json;
  readonly document?: Uint8Array;
  readonly repository?: string;
};

/** The agreement of these control keys to a change at the next place of its list, as the log stands. */
export async function agreeTo(
  store: LedgerStore,
  { key, document, ...controlled }: Change,
  by: readonly string[] = AGREEING,
): Promise<string> {
  const list = (await store.listEntries([key], Number.MAX_SAFE_INTEGER, 100)).get(key) ?? [];
  const last = list.at(-1);
  const prev = last === undefined ? {} : { prev: formatHex(entryHash(formatEntry(last.entry))) };
  const place = { key, n: list.length + 1, ...prev };
  return signStatement(stateControl({ log: store.origin, ...controlled }, place, document), by);
}

/** The agreement to publish a contract as the version after those that the log has, for the same repositories. */
export async function agreeToContract(
  store: LedgerStore,
  contract: Contract,
  by: readonly string[] = AGREEING,
): Promise<string> {
  const key = contractKey(contract.contract);
  const list = (await store.listEntries([key], Number.MAX_SAFE_INTEGER, 100)).get(key) ?? [];
  const { repositories } = contract;
  const body = {
    contract: contract.contract,
    version: list.length + 1,
    repositories,
    previousRepositories: list.length === 0 ? [] : repositories,
  };
  return agreeTo(store, { kind: 'contract.published', key, body, document: formatContract(contract) }, by);
}
