import { parseContract } from '../core/contract/contract.ts';
import { rulesComparePrevious } from '../core/contract/rules-compare-previous.ts';
import type { Entry } from '../core/entry/entry.ts';
import type { ContractPublished } from '../core/entry/kinds/contract-published.ts';
import type { Gathered } from './gather-lists.ts';
import type { LedgerStore } from './ports.ts';

/** Whether the newest version of a contract that is shown has a rule about the image that was released before. */
export async function someContractCompares(
  store: LedgerStore,
  { entries }: Pick<Gathered, 'entries'>,
): Promise<boolean> {
  const newest = new Map<string, Entry>();
  for (const entry of [...entries.values()].sort((a, b) => a.seq - b.seq)) {
    if (entry.kind !== 'contract.published' && entry.kind !== 'contract.withdrawn') continue;
    newest.set((entry.body as ContractPublished).contract, entry);
  }
  const commitments = [...newest.values()].flatMap(({ payload }) => payload?.commitment ?? []);
  const documents = await store.payloads(commitments);
  return [...documents.values()].some(({ bytes }) => {
    const contract = parseContract(bytes);
    return contract.ok && rulesComparePrevious(contract.value);
  });
}
