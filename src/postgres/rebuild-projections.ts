import { type Kysely, sql } from 'kysely';
import { insertProjections } from './insert-projections.ts';
import { projectEntries } from './project-entry.ts';
import { readEntryRange } from './read-ledger.ts';
import type { Tables } from './tables.ts';

const ENTRIES_READ = 2_000;

/**
 * Empties every projection of entries and fills it again from them, in one transaction under the ledger's lock, so that
 * no append comes between. Runs as the owner: the service's role may not delete. Identities of submissions are not
 * derived from entries and stay. Returns how many entries were read.
 */
export async function rebuildProjections(owner: Kysely<Tables>, onProgress?: (done: number) => void): Promise<number> {
  return owner.transaction().execute(async (transaction) => {
    await sql`SELECT id FROM ledger_lock WHERE id = 1 FOR UPDATE`.execute(transaction);
    await sql`TRUNCATE payload_reference, list_entry, signed_image, image_child, recorded_subject, known_name, recorded_verdict`.execute(
      transaction,
    );
    let done = 0;
    for (;;) {
      const entries = await readEntryRange(transaction, done, ENTRIES_READ);
      if (entries.length === 0) return done;
      await insertProjections(transaction, projectEntries(entries.map(({ entry }) => entry)));
      done += entries.length;
      onProgress?.(done);
    }
  });
}
