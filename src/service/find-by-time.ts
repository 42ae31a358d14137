import { type LedgerStore, ServiceError } from './ports.ts';

/** Entries looked at together while a time is searched: six rounds find one in ten million. */
const PROBES = 15;

/** Seq of the first entry in [low, high) whose time is not before `time`; `high` where there is none. */
export async function firstNotBefore(store: LedgerStore, time: string, low: number, high: number): Promise<number> {
  let [from, to] = [low, high];
  while (from < to) {
    const step = Math.max(1, Math.floor((to - from) / (PROBES + 1)));
    const seqs = Array.from({ length: PROBES }, (_, place) => from + (place + 1) * step - 1).filter((seq) => seq < to);
    for (const { entry } of await store.entries(seqs)) {
      if (entry.time < time) from = entry.seq + 1;
      else {
        to = entry.seq;
        break;
      }
    }
    // Entries that are missing would have it look at the same ones for ever.
    if (seqs.every((seq) => seq >= from && seq < to))
      throw new ServiceError({ code: 'head/not-ours', message: 'An entry is missing.' });
  }
  return from;
}
