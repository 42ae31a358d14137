import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { openAnchorFile } from '../keys/anchor-file.ts';
import { openLedgerStore } from '../postgres/ledger-store.ts';
import { openOrigin } from '../postgres/open-origin.ts';
import { checkServer, openKysely, openPool, type SERVICE_ROLE } from '../postgres/pool.ts';
import { openProjectionStore } from '../postgres/projection-store.ts';
import { sweepOrphanedPayloads } from '../postgres/sweep-payloads.ts';
import type { Tables } from '../postgres/tables.ts';
import { openTokenStore } from '../postgres/token-store.ts';
import type { ServiceContext } from '../service/context.ts';
import { drawOrigin } from '../service/open-log.ts';
import { openContext } from '../service/open-service.ts';
import type { ServiceKeys } from '../service/ports.ts';
import { buildImageBundle } from '../sigstore/image-bundle.ts';
import { renderCustodyReport } from './render-custody-report.ts';

export type ReplicaOptions = {
  readonly serviceUrl: string;
  readonly setRole?: typeof SERVICE_ROLE;
  readonly connections: number;
  /** Folder of the anchor. */
  readonly stateFolder: string;
  readonly keys: ServiceKeys;
};

/** One replica of the service over a migrated database: the only place where the parts are put together. */
export type Replica = { readonly context: ServiceContext; readonly close: () => Promise<void> };

export async function openReplica(options: ReplicaOptions): Promise<Replica> {
  const pool = openPool(options.serviceUrl, {
    max: options.connections,
    applicationName: 'waybill serve',
    ...(options.setRole === undefined ? {} : { setRole: options.setRole }),
  });
  const database = openKysely<Tables>(pool);
  try {
    await checkServer(pool);
    const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
    const anchor = openAnchorFile(join(options.stateFolder, 'anchor.json'));
    const known = await anchor.read();
    const origin = await openOrigin(database, () => known?.origin ?? drawOrigin(random));
    const context = await openContext({
      store: openLedgerStore(database, origin, options.keys.headAuthenticator),
      projections: openProjectionStore(database),
      tokens: openTokenStore(database),
      anchor,
      keys: options.keys,
      random,
      now: () => new Date(),
      buildBundle: buildImageBundle,
      renderReport: renderCustodyReport,
    });
    const stopSweeping = sweepHourly(database);
    return {
      context,
      close: async () => {
        stopSweeping();
        await context.sequencer.stop();
        await database.destroy();
      },
    };
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** Sweeps now and every hour. A sweep that fails is tried again an hour later: nothing waits for it. */
function sweepHourly(database: Kysely<Tables>): () => void {
  const sweep = () => void sweepOrphanedPayloads(database).catch(() => undefined);
  const timer = setInterval(sweep, 60 * 60 * 1000);
  timer.unref();
  sweep();
  return () => clearInterval(timer);
}
