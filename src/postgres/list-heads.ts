import { sql, type Transaction } from 'kysely';
import { formatHex } from '../core/encoding/hex.ts';
import { type ListHead, proposalKeys } from '../core/entry/link.ts';
import type { Fault } from '../core/fault.ts';
import type { Submission } from '../service/ports.ts';
import type { ListMemory } from './list-memory.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

/** Heads of lists, and the lists whose head is not what the entry that it points at says of itself. */
export type ListHeads = {
  readonly heads: ReadonlyMap<string, ListHead>;
  readonly wrong: ReadonlyMap<string, Fault>;
};

type Row = {
  readonly key: string;
  readonly n: string;
  readonly seq: string;
  readonly hash: Uint8Array | null;
  readonly leaf: Buffer | null;
};

/**
 * The newest entry of every list that the submissions are filed under or rest on. The projection only says where to
 * look: an entry that does not carry the key as its n-th is never linked to.
 */
export async function readListHeads(
  transaction: Transaction<Tables>,
  submissions: readonly Submission[],
  memory: ListMemory,
): Promise<ListHeads> {
  const keys = new Set<string>();
  for (const submission of submissions) {
    for (const key of proposalKeys(submission.proposal)) keys.add(key);
    for (const { key } of submission.restsOn) keys.add(key);
  }
  const { rows } = await sql<Row>`
    SELECT newest.key, newest.n, newest.seq, entry.hash, entry.leaf
    FROM unnest(${[...keys]}::text[]) AS wanted (key)
    CROSS JOIN LATERAL (SELECT key, n, seq FROM list_entry WHERE list_entry.key = wanted.key ORDER BY n DESC LIMIT 1) AS newest
    LEFT JOIN entry USING (seq)`.execute(transaction);
  const heads = new Map<string, ListHead>();
  const wrong = new Map<string, Fault>();
  for (const { key, n, seq, hash, leaf } of rows) {
    if (hash !== null && leaf !== null && carries(leaf, key, n)) {
      heads.set(key, { n: parseSeq(n), seq: parseSeq(seq), hash: formatHex(hash) });
    } else {
      const message = `Entry ${seq} is not number ${n} of the list ${key}: run waybill rebuild.`;
      wrong.set(key, { code: 'database/projection-differs', message });
    }
  }
  for (const key of keys) {
    const fault = wrong.get(key) ?? memory.shortened(key, heads.get(key)?.n ?? 0);
    if (fault !== undefined) wrong.set(key, fault);
  }
  return { heads, wrong };
}

/** Entries are canonical, so that a link has one spelling; inside a string its quotes would be escaped. */
function carries(leaf: Buffer, key: string, n: string): boolean {
  return [',', '}'].some((next) => leaf.includes(`{"key":"${key}","n":${n}${next}`));
}
