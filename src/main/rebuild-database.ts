import type { Config } from '../config/config.ts';
import { rebuildProjections } from '../postgres/rebuild-projections.ts';
import { withDatabase } from './with-database.ts';

/** Rebuilds the projections of a configuration's ledger, as the owner; returns the number of entries read. */
export function rebuildDatabase(config: Config, log: (line: string) => void): Promise<number> {
  return withDatabase(config, 'owner', log, (database) => rebuildProjections(database));
}
