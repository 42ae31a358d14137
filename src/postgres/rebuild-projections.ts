import { type Kysely, sql, type Transaction } from 'kysely';
import { formatHex } from '../core/encoding/hex.ts';
import { entryHash } from '../core/entry/entry.ts';
import type { MapCommitted } from '../core/entry/kinds/map-committed.ts';
import { LedgerMap } from '../core/map/ledger-map.ts';
import { ServiceError } from '../service/ports.ts';
import { insertProjections } from './insert-projections.ts';
import { runWithin } from './ledger-transaction.ts';
import { insertPages, type WrittenPage } from './map-pages.ts';
import { projectEntries } from './project-entry.ts';
import { readEntryRange, readPayloads } from './read-ledger.ts';
import { readSignedTags } from './signed-tags.ts';
import type { Tables } from './tables.ts';

const ENTRIES_READ = 2_000;

/** Pages of the map that are written with one statement. */
const PAGES_WRITTEN = 2_048;

/**
 * Empties every projection of entries, the pages of the map among them, and fills it again from them, in one transaction
 * under the ledger's lock, so that no append comes between. Runs as the owner: the service's role may not delete. Identities of submissions are not
 * derived from entries and stay. Returns how many entries were read. Throws ServiceError `map/root-mismatch`, and leaves all
 * as it was, where the last commitment is not that of the map over its entries: then it is the entries that are wrong.
 */
export async function rebuildProjections(owner: Kysely<Tables>, onProgress?: (done: number) => void): Promise<number> {
  return owner.transaction().execute(async (transaction) => {
    await sql`SELECT id FROM ledger_lock WHERE id = 1 FOR UPDATE`.execute(transaction);
    await sql`TRUNCATE payload_reference, list_entry, signed_image, image_child, recorded_subject, known_name, recorded_verdict, recorded_waiver, recorded_release, image_tag, opened_run, ended_run, map_page, map_delta`.execute(
      transaction,
    );
    const run = runWithin(transaction);
    let done = 0;
    const map = new LedgerMap();
    let said: MapCommitted | undefined;
    for (;;) {
      const entries = await readEntryRange(run, done, ENTRIES_READ);
      if (entries.length === 0) break;
      const read = entries.map(({ entry }) => entry);
      const tags = await readSignedTags(read, (commitments) => readPayloads(run, commitments));
      await insertProjections(run, projectEntries(read, tags));
      for (const { entry, bytes } of entries) {
        map.take({ keys: entry.keys, seq: entry.seq, hash: formatHex(entryHash(bytes)) });
        if (entry.kind === 'map.committed') said = entry.body as MapCommitted;
      }
      done += entries.length;
      onProgress?.(done);
    }
    await insertMap(transaction, map, said);
    return done;
  });
}

async function insertMap(
  transaction: Transaction<Tables>,
  map: LedgerMap,
  said: MapCommitted | undefined,
): Promise<void> {
  const { root } = map.commit();
  if (said !== undefined && said.root !== formatHex(root))
    throw new ServiceError({
      code: 'map/root-mismatch',
      message: 'The last commitment is not that of the map over its entries: run waybill audit.',
    });
  let pages: WrittenPage[] = [];
  for (const page of map.pages()) {
    pages.push(page);
    if (pages.length < PAGES_WRITTEN) continue;
    await insertPages(runWithin(transaction), pages);
    pages = [];
  }
  await insertPages(runWithin(transaction), pages);
}
