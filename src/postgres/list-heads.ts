import { formatHex } from '../core/encoding/hex.ts';
import { type ListHead, proposalKeys } from '../core/entry/link.ts';
import type { Fault } from '../core/fault.ts';
import type { Submission } from '../service/ports.ts';
import type { RunStatement, Statement } from './ledger-transaction.ts';
import type { ListMemory } from './list-memory.ts';
import { parseSeq } from './pool.ts';

/** Heads of lists, and the lists whose head is not what the entry that it points at says of itself. */
export type ListHeads = {
  readonly heads: ReadonlyMap<string, ListHead>;
  readonly wrong: ReadonlyMap<string, Fault>;
  /** Lists of runs that have ended: nothing is filed after the entry that ended them. */
  readonly ended: ReadonlySet<string>;
};

type Row = {
  readonly key: string;
  readonly n: string;
  readonly seq: string;
  readonly hash: Uint8Array | null;
  readonly carries: boolean | null;
  readonly ends: boolean | null;
};

/*
 * Entries are canonical, so that a link has one spelling, in which the first of a list ends with its number; inside a
 * string its quotes would be escaped. So has the kind of the entry that ends a run, in whose body no member has that name.
 * The server looks for them: to send all those entries costs both sides more.
 */
const READ_LIST_HEADS: Statement = {
  name: 'read-list-heads',
  text: `SELECT newest.key, newest.n, newest.seq, entry.hash, position(convert_to('{"key":"' || newest.key || '","n":' ||
      newest.n || CASE WHEN newest.n = 1 THEN '}' ELSE ',' END, 'UTF8') IN entry.leaf) > 0 AS carries,
      newest.key LIKE 'run:%' AND (position('"kind":"run.closed"'::bytea IN entry.leaf) > 0
        OR position('"kind":"run.expired"'::bytea IN entry.leaf) > 0) AS ends
    FROM unnest($1::text[]) AS wanted (key)
    CROSS JOIN LATERAL (SELECT key, n, seq FROM list_entry WHERE list_entry.key = wanted.key ORDER BY n DESC LIMIT 1) AS newest
    LEFT JOIN entry USING (seq)`,
};

/**
 * The newest entry of every list that the submissions are filed under or rest on. The projection only says where to
 * look: an entry that does not carry the key as its n-th is never linked to.
 */
export async function readListHeads(
  run: RunStatement,
  submissions: readonly Submission[],
  memory: ListMemory,
): Promise<ListHeads> {
  const keys = new Set<string>();
  for (const submission of submissions) {
    for (const key of proposalKeys(submission.proposal)) keys.add(key);
    for (const { key } of submission.restsOn) keys.add(key);
  }
  const rows = await run<Row>(READ_LIST_HEADS, [[...keys]]);
  const heads = new Map<string, ListHead>();
  const wrong = new Map<string, Fault>();
  const ended = new Set<string>();
  for (const { key, n, seq, hash, carries, ends } of rows) {
    if (ends === true) ended.add(key);
    if (hash !== null && carries === true) {
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
  return { heads, wrong, ended };
}
