import type { Kysely } from 'kysely';
import type pg from 'pg';
import { invariant } from '../core/fault.ts';
import {
  type HeadAuthenticator,
  type LedgerStore,
  ServiceError,
  type StoredEntry,
  type StoredHead,
} from '../service/ports.ts';
import { shareReads } from '../service/share-reads.ts';
import { type Appending, appendBatch, commitIdleLog } from './append-batch.ts';
import { openHeadConfirmation } from './confirm-head.ts';
import { checkHeadRow, readHead, requireMacKey } from './head-row.ts';
import { type RunStatement, runOn, type Statement } from './ledger-transaction.ts';
import { createListMemory, type ListMemory } from './list-memory.ts';
import { MapMemory } from './map-memory.ts';
import { readMapProofs } from './map-proofs.ts';
import { asServiceError } from './pg-fault.ts';
import {
  readEntries,
  readEntryRange,
  readHeadRowCovering,
  readListEnds,
  readListEntries,
  readLists,
  readPayloads,
  readSubmitted,
} from './read-ledger.ts';
import { readHeadRows, readLeafBytes, readLeaves } from './read-published.ts';
import { readTiles } from './read-tiles.ts';
import { createTurns } from './read-turns.ts';
import type { Tables } from './tables.ts';
import { explainUnknownKey } from './unknown-log-key.ts';

const READ_WHOLE_HEAD: Statement = {
  name: 'read-whole-head',
  text: `SELECT newest.size, newest.root, newest.frontier, newest.map_root, newest.mac,
      current_setting('synchronous_standby_names') AS standbys,
      (SELECT max(seq) FROM entry WHERE seq >= newest.size) AS beyond,
      (SELECT seq FROM entry WHERE seq = newest.size - 1) AS last
    FROM (SELECT size, root, frontier, map_root, mac FROM head ORDER BY size DESC LIMIT 1) AS newest`,
};

/** Connections that reading what may be large leaves to appends, heads, ends of lists, and tokens. */
const CONNECTIONS_LEFT = 4;
/** Readings that wait for one: far more than principals have verifications under way. */
const READS_WAITING_MAX = 4_096;

/** The ledger of this database. Every failure of the database comes out as a ServiceError with a code of its area. */
export function openLedgerStore(
  database: Kysely<Tables>,
  pool: pg.Pool,
  origin: string,
  authenticator: HeadAuthenticator,
): LedgerStore {
  const turns = createTurns(Math.max(1, (pool.options.max ?? 1) - CONNECTIONS_LEFT), READS_WAITING_MAX);
  const inTurn = <T>(read: () => Promise<T>) => turns(() => asServiceError(read));
  const run = runOn(pool);
  const memory = createListMemory();
  const confirmation = openHeadConfirmation(pool, origin, authenticator);
  const explained = <T>(read: () => Promise<T>): Promise<T> =>
    asServiceError(() => read().catch((error: unknown) => explainUnknownKey(database, authenticator, error)));
  const readHeads = shareReads(async () =>
    explained(async () => {
      const { head, hasStandby } = await readWholeHead(run, database, origin, authenticator);
      return new Map([['newest', hasStandby ? await confirmation.confirm(head) : head]]);
    }),
  );
  const appending: Appending = { pool, origin, authenticator, lists: memory, map: new MapMemory() };
  let newest: StoredHead | undefined;
  const take = (head: StoredHead) => {
    requireMacKey(head, newest, authenticator);
    newest = head;
    return head;
  };
  const readNewest = async () => {
    const head = (await readHeads(['newest'])).get('newest');
    invariant(head !== undefined, 'a ledger has a newest head');
    return take(head);
  };
  const readEnds = shareReads((keys) => asServiceError(() => readListEnds(run, keys)));
  return {
    origin,
    append: (submissions, seen) =>
      explained(async () => {
        const appended = await appendBatch(appending, submissions, seen);
        confirmation.note(take(appended.head));
        return appended;
      }),
    commitIdle: (idleMsMin, seen) =>
      asServiceError(async () => {
        const appended = await commitIdleLog(appending, idleMsMin, seen);
        if (appended !== undefined) confirmation.note(take(appended.head));
        return appended;
      }),
    mapProofs: (keys) =>
      asServiceError(() =>
        readMapProofs({ database, pool, origin, authenticator, memory: appending.map, readHead: readNewest }, keys),
      ),
    head: readNewest,
    headCovering: (seq) =>
      asServiceError(async () => {
        const row = await readHeadRowCovering(database, seq);
        return row === undefined ? undefined : checkHeadRow(row, origin, authenticator);
      }),
    submitted: (identity) => inTurn(() => readSubmitted(database, identity)),
    heads: (below, limit) =>
      asServiceError(async () => {
        const rows = await readHeadRows(database, below, limit);
        return rows.map((row) => checkHeadRow(row, origin, authenticator));
      }),
    leaves: (from, limit) => asServiceError(() => readLeaves(database, from, limit)),
    leafBytes: (from, to) => asServiceError(() => readLeafBytes(database, from, to)),
    tiles: (tiles) => inTurn(() => readTiles(run, tiles)),
    entries: (seqs) => inTurn(() => readEntries(run, seqs)),
    entryRange: (from, limit) => inTurn(() => readEntryRange(run, from, limit)),
    payloads: (commitments) => inTurn(() => readPayloads(run, commitments)),
    lists: (keys, size) => inTurn(() => memory.guard(keys, size, () => readLists(run, keys, size))),
    listEntries: (keys, size, entriesMax) => inTurn(() => readGuarded(run, memory, keys, size, entriesMax)),
    listLengthSeen: memory.lengthSeen,
    listEnds: (keys) => memory.guardEnds(keys, () => readEnds(keys)),
  };
}

async function readGuarded(
  run: RunStatement,
  memory: ListMemory,
  keys: readonly string[],
  size: number,
  entriesMax: number,
): Promise<ReadonlyMap<string, readonly StoredEntry[]>> {
  let lists: ReadonlyMap<string, readonly StoredEntry[]> = new Map();
  const read = async () => {
    lists = await readListEntries(run, keys, size, entriesMax);
    return new Map([...lists].map(([key, list]) => [key, list.map(({ entry }) => entry.seq)]));
  };
  await memory.guard(keys, size, read, entriesMax);
  return lists;
}

/**
 * The newest head, and whether its last entry is there and none beyond: a head whose tail was cut away is nothing to
 * serve from. One statement, and so one snapshot: a batch that commits between two would look like entries beyond.
 * `max` has the planner take the end of the index; for a LIMIT it would go through the table.
 */
async function readWholeHead(
  run: RunStatement,
  database: Kysely<Tables>,
  origin: string,
  authenticator: HeadAuthenticator,
): Promise<{ readonly head: StoredHead; readonly hasStandby: boolean }> {
  type Row = Tables['head'] & {
    readonly beyond: string | null;
    readonly last: string | null;
    readonly standbys: string;
  };
  const [row] = await run<Row>(READ_WHOLE_HEAD);
  if (row === undefined) {
    const head = await database
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((transaction) => readHead(transaction, origin, authenticator));
    return { head, hasStandby: false };
  }
  const head = checkHeadRow(row, origin, authenticator);
  if (row.beyond !== null) throw notOurs(`Entry ${row.beyond} stands beyond the head of size ${row.size}.`);
  if (row.last === null) throw notOurs(`Entry ${head.frontier.size - 1}, the last one under the head, is missing.`);
  return { head, hasStandby: row.standbys !== '' };
}

function notOurs(message: string): ServiceError {
  return new ServiceError({ code: 'head/not-ours', message });
}
