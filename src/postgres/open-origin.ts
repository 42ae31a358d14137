import type { Kysely } from 'kysely';
import { asServiceError } from './pg-fault.ts';
import { readOrigin } from './read-ledger.ts';
import type { Tables } from './tables.ts';

/** Origin of the log in this database, or undefined where none was opened yet. */
export function findOrigin(database: Kysely<Tables>): Promise<string | undefined> {
  return asServiceError(() => readOrigin(database));
}

/**
 * Origin of the log in this database. An empty database gets `draw()`; of two starters at once, the first one's.
 */
export function openOrigin(database: Kysely<Tables>, draw: () => string): Promise<string> {
  return asServiceError(async () => {
    const known = await readOrigin(database);
    if (known !== undefined) return known;
    const origin = draw();
    await database
      .insertInto('ledger')
      .values({ id: 1, origin })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return (await readOrigin(database)) ?? origin;
  });
}
