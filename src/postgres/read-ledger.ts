import type { Kysely } from 'kysely';
import { parseCanonicalJson } from '../core/encoding/canonical-json.ts';
import { readEntry } from '../core/entry/entry.ts';
import { type ListEnd, ServiceError, type StoredEntry, type StoredPayload } from '../service/ports.ts';
import type { RunStatement, Statement } from './ledger-transaction.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

/** Origin of the log in this database, or undefined where none was opened yet. */
export async function readOrigin(database: Kysely<Tables>): Promise<string | undefined> {
  const row = await database.selectFrom('ledger').select('origin').executeTakeFirst();
  return row?.origin;
}

/*
 * What every verification reads is prepared: to parse and plan such a statement takes the server longer than to execute it. No
 * `*` stands in one, so that a column that a later migration adds does not end the plans of replicas at work.
 */
const READ_ENTRIES: Statement = {
  name: 'read-entries',
  text: 'SELECT seq, leaf FROM entry WHERE seq = ANY ($1::bigint[]) ORDER BY seq',
};

const READ_ENTRY_RANGE: Statement = {
  name: 'read-entry-range',
  text: 'SELECT seq, leaf FROM entry WHERE seq >= $1::bigint ORDER BY seq LIMIT $2::int',
};

const READ_PAYLOADS: Statement = {
  name: 'read-payloads',
  text: 'SELECT commitment, salt, bytes FROM payload WHERE commitment = ANY ($1::bytea[])',
};

const READ_LISTS: Statement = {
  name: 'read-lists',
  text: `SELECT key, seq FROM list_entry WHERE key = ANY ($1::text[]) AND seq < $2::bigint ORDER BY key, n`,
};

const READ_LIST_ENTRIES: Statement = {
  name: 'read-list-entries',
  text: `SELECT wanted.key, listed.seq, entry.leaf FROM unnest($1::text[]) AS wanted (key)
    CROSS JOIN LATERAL (
      SELECT n, seq FROM list_entry WHERE list_entry.key = wanted.key AND seq < $2::bigint ORDER BY n LIMIT $3::int
    ) AS listed
    LEFT JOIN entry ON entry.seq = listed.seq
    ORDER BY wanted.key, listed.n`,
};

const READ_LIST_ENDS: Statement = {
  name: 'read-list-ends',
  text: `SELECT newest.key, newest.n, newest.seq FROM unnest($1::text[]) AS wanted (key)
    CROSS JOIN LATERAL (SELECT key, n, seq FROM list_entry WHERE list_entry.key = wanted.key ORDER BY n DESC LIMIT 1) AS newest`,
};

/** Entries by their seq, ascending; those that are not there are left out. A leaf that does not read is `head/not-ours`. */
export async function readEntries(run: RunStatement, seqs: readonly number[]): Promise<readonly StoredEntry[]> {
  if (seqs.length === 0) return [];
  return (await run<EntryRow>(READ_ENTRIES, [seqs])).map(storedEntry);
}

/** Entries from `from` on, ascending, at most `limit`. */
export async function readEntryRange(run: RunStatement, from: number, limit: number): Promise<readonly StoredEntry[]> {
  return (await run<EntryRow>(READ_ENTRY_RANGE, [from, limit])).map(storedEntry);
}

type EntryRow = { readonly seq: string; readonly leaf: Uint8Array };

function storedEntry(row: EntryRow): StoredEntry {
  const json = parseCanonicalJson(row.leaf);
  const entry = json.ok ? readEntry(json.value) : json;
  if (!entry.ok || entry.value.seq !== parseSeq(row.seq)) {
    throw new ServiceError({
      code: 'head/not-ours',
      message: `Entry ${row.seq} as stored does not read.`,
      ...(entry.ok ? {} : { cause: entry.fault }),
    });
  }
  return { entry: entry.value, bytes: new Uint8Array(row.leaf) };
}

/** Bytes and salts of payloads by their commitment (64 hex); those that are not there are left out. */
export async function readPayloads(
  run: RunStatement,
  commitments: readonly string[],
): Promise<ReadonlyMap<string, StoredPayload>> {
  if (commitments.length === 0) return new Map();
  const rows = await run<StoredPayload & { readonly commitment: Uint8Array }>(READ_PAYLOADS, [
    commitments.map((hex) => Buffer.from(hex, 'hex')),
  ]);
  return new Map(rows.map((row) => [Buffer.from(row.commitment).toString('hex'), row]));
}

/** Seqs of the entries that stand in each list below `size`, ascending by their place; a list without entries is empty. */
export async function readLists(
  run: RunStatement,
  keys: readonly string[],
  size: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const lists = new Map<string, number[]>(keys.map((key) => [key, []]));
  const rows = await run<{ key: string; seq: string }>(READ_LISTS, [keys, size]);
  for (const row of rows) lists.get(row.key)?.push(parseSeq(row.seq));
  return lists;
}

/**
 * Entries of each list below `size`, in their order, in one statement; of a list with more than `entriesMax` the first
 * `entriesMax` + 1, so that the caller sees that there are more. A listed entry that is missing is `head/not-ours`.
 */
export async function readListEntries(
  run: RunStatement,
  keys: readonly string[],
  size: number,
  entriesMax: number,
): Promise<ReadonlyMap<string, readonly StoredEntry[]>> {
  const lists = new Map<string, StoredEntry[]>(keys.map((key) => [key, []]));
  if (keys.length === 0) return lists;
  type Row = { readonly key: string; readonly seq: string; readonly leaf: Uint8Array | null };
  const rows = await run<Row>(READ_LIST_ENTRIES, [keys, size, entriesMax + 1]);
  const read = new Map<string, StoredEntry>();
  for (const { key, seq, leaf } of rows) {
    if (leaf === null) throw new ServiceError({ code: 'head/not-ours', message: `Entry ${seq} is missing.` });
    const stored = read.get(seq) ?? storedEntry({ seq, leaf });
    read.set(seq, stored);
    lists.get(key)?.push(stored);
  }
  return lists;
}

/** The newest entry of each list, by one step into the index for each; lists without entries are left out. */
export async function readListEnds(run: RunStatement, keys: readonly string[]): Promise<ReadonlyMap<string, ListEnd>> {
  if (keys.length === 0) return new Map();
  const rows = await run<{ key: string; n: string; seq: string }>(READ_LIST_ENDS, [keys]);
  return new Map(rows.map(({ key, n, seq }) => [key, { n: parseSeq(n), seq: parseSeq(seq) }]));
}

/** The smallest committed head that covers `seq`, which is the one that its first receipt was made at. */
export async function readHeadRowCovering(database: Kysely<Tables>, seq: number): Promise<Tables['head'] | undefined> {
  return database
    .selectFrom('head')
    .selectAll()
    .where('size', '>', String(seq))
    .orderBy('size')
    .limit(1)
    .executeTakeFirst();
}

/** Seq of the entry that the projection names for a submission. */
export async function readSubmitted(database: Kysely<Tables>, identity: Uint8Array): Promise<number | undefined> {
  const row = await database
    .selectFrom('submission')
    .select('seq')
    .where('identity', '=', Buffer.from(identity))
    .executeTakeFirst();
  return row === undefined ? undefined : parseSeq(row.seq);
}
