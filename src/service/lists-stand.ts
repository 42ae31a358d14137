import type { ListState } from './load-evidence.ts';
import type { LedgerStore } from './ports.ts';

/** Whether each list still ends where it did: what was reached from them before would be reached again. */
export async function haveNotGrown(store: LedgerStore, restsOn: readonly ListState[]): Promise<boolean> {
  const ends = await store.listEnds(restsOn.map(({ key }) => key));
  return restsOn.every(({ key, n, seq }) => {
    const end = ends.get(key);
    return (end?.n ?? 0) === n && end?.seq === seq;
  });
}
