import type { Kysely } from 'kysely';
import { type HeadAuthenticator, type LedgerStore, ServiceError, type StoredHead } from '../service/ports.ts';
import { appendBatch, checkHeadRow, readHead } from './append-batch.ts';
import { createListMemory } from './list-memory.ts';
import { asServiceError } from './pg-fault.ts';
import { readEntries, readEntryRange, readHeadRowCovering, readLists, readPayloads } from './read-ledger.ts';
import { readTiles } from './read-tiles.ts';
import type { Tables } from './tables.ts';

/** The ledger of this database. Every failure of the database comes out as a ServiceError with a code of its area. */
export function openLedgerStore(
  database: Kysely<Tables>,
  origin: string,
  authenticator: HeadAuthenticator,
): LedgerStore {
  const memory = createListMemory();
  return {
    origin,
    append: (submissions, seen) =>
      asServiceError(() => appendBatch(database, origin, authenticator, memory, submissions, seen)),
    head: () =>
      asServiceError(() =>
        // One snapshot: a batch that commits between the two reads would look like entries beyond the head.
        database
          .transaction()
          .setIsolationLevel('repeatable read')
          .setAccessMode('read only')
          .execute((transaction) => readWholeHead(transaction, origin, authenticator)),
      ),
    headCovering: (seq) =>
      asServiceError(async () => {
        const row = await readHeadRowCovering(database, seq);
        return row === undefined ? undefined : checkHeadRow(row, origin, authenticator);
      }),
    tiles: (tiles) => asServiceError(() => readTiles(database, tiles)),
    entries: (seqs) => asServiceError(() => readEntries(database, seqs)),
    entryRange: (from, limit) => asServiceError(() => readEntryRange(database, from, limit)),
    payloads: (commitments) => asServiceError(() => readPayloads(database, commitments)),
    lists: (keys, size) => asServiceError(() => memory.guard(keys, size, () => readLists(database, keys, size))),
  };
}

/** The newest head, and the last entry under it: a head whose tail was cut away is nothing to serve from. */
async function readWholeHead(
  database: Kysely<Tables>,
  origin: string,
  authenticator: HeadAuthenticator,
): Promise<StoredHead> {
  const head = await readHead(database, origin, authenticator);
  const last = head.frontier.size - 1;
  if (last >= 0 && (await readEntries(database, [last])).length === 0) {
    throw new ServiceError({
      code: 'head/not-ours',
      message: `Entry ${last}, the last one under the head, is missing.`,
    });
  }
  return head;
}
