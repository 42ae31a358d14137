import type { Entry } from '../core/entry/entry.ts';
import type { Fault } from '../core/fault.ts';
import { type ListEnd, ServiceError } from '../service/ports.ts';

/** Lists that are remembered; those that have not grown for longest are forgotten first. */
const LISTS_MAX = 50_000;

type Seen = { readonly n: number; readonly seq: number };

/**
 * How long each list was that this process has appended to or read. The projection that finds lists is not part of the
 * tree, so that somebody who writes to the database can cut the end off one, a revocation say: a list never gets
 * shorter, and one that does is refused (`database/projection-differs`). What was cut before the process began is found
 * by the audit.
 */
export type ListMemory = {
  readonly note: (entries: readonly Entry[]) => void;
  /** How long the list was at least; 0 for one that is not remembered. */
  readonly lengthSeen: (key: string) => number;
  /** Why a list of `n` entries is too short, or undefined. */
  readonly shortened: (key: string, n: number) => Fault | undefined;
  /**
   * Reads lists below `size`, and throws where one is shorter than it was known to be before the reading began. Of a
   * list that is read up to `entriesMax` entries only, no more than that is asked.
   */
  readonly guard: (
    keys: readonly string[],
    size: number,
    read: () => Promise<ReadonlyMap<string, readonly number[]>>,
    entriesMax?: number,
  ) => Promise<ReadonlyMap<string, readonly number[]>>;
  /** Reads where lists end, and throws where one is shorter than it was known to be before the reading began. */
  readonly guardEnds: (
    keys: readonly string[],
    read: () => Promise<ReadonlyMap<string, ListEnd>>,
  ) => Promise<ReadonlyMap<string, ListEnd>>;
};

export function createListMemory(): ListMemory {
  const lists = new Map<string, Seen>();
  const remember = (key: string, seen: Seen) => {
    if ((lists.get(key)?.n ?? 0) >= seen.n) return;
    lists.delete(key);
    lists.set(key, seen);
    const oldest = lists.size > LISTS_MAX ? lists.keys().next().value : undefined;
    if (oldest !== undefined) lists.delete(oldest);
  };
  return {
    note: (entries) => {
      for (const { keys, seq } of entries) for (const { key, n } of keys) remember(key, { n, seq });
    },
    lengthSeen: (key) => lists.get(key)?.n ?? 0,
    shortened: (key, n) => tooShort(key, n, lists.get(key)),
    guard: async (keys, size, read, entriesMax = Number.POSITIVE_INFINITY) => {
      // Taken first: what another batch appends meanwhile may be missing from the reading.
      const before = keys.map((key) => [key, lists.get(key)] as const);
      const found = await read();
      for (const [key, seen] of before) {
        const seqs = found.get(key) ?? [];
        if (seqs.length > entriesMax) continue;
        const fault = seen !== undefined && seen.seq < size ? tooShort(key, seqs.length, seen) : undefined;
        if (fault !== undefined) throw new ServiceError(fault);
        const last = seqs.at(-1);
        if (last !== undefined) remember(key, { n: seqs.length, seq: last });
      }
      return found;
    },
    guardEnds: async (keys, read) => {
      const before = keys.map((key) => [key, lists.get(key)] as const);
      const found = await read();
      for (const [key, seen] of before) {
        const end = found.get(key);
        const fault = tooShort(key, end?.n ?? 0, seen);
        if (fault !== undefined) throw new ServiceError(fault);
        if (end !== undefined) remember(key, end);
      }
      return found;
    },
  };
}

function tooShort(key: string, n: number, seen: Seen | undefined): Fault | undefined {
  if (seen === undefined || n >= seen.n) return undefined;
  const message = `The list ${key} had ${seen.n} entries and has ${n} now: run waybill rebuild.`;
  return { code: 'database/projection-differs', message };
}
