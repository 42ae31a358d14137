import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import type { Config } from '../../config/config.ts';
import type { LogSealed } from '../../core/entry/kinds/log-sealed.ts';
import type { Fault } from '../../core/fault.ts';
import { openAnchorFile } from '../../keys/anchor-file.ts';
import { ORIGIN_FILE } from '../../keys/origin-file.ts';
import { awaitClusterIdentity, requireSameCluster } from '../../postgres/cluster-guard.ts';
import { openLedgerStore } from '../../postgres/ledger-store.ts';
import { findOrigin } from '../../postgres/open-origin.ts';
import type { Tables } from '../../postgres/tables.ts';
import { checkAnchor } from '../../service/check-anchor.ts';
import {
  type Anchor,
  type ClusterIdentity,
  type LedgerStore,
  ServiceError,
  type ServiceKeys,
  type StoredHead,
} from '../../service/ports.ts';
import { anchorPath, readBoundOrigins, requireOpened, requireOwnLog } from '../open-replica.ts';
import { readWitness, type Witness } from './read-witness.ts';
import type { ResumeDatabase } from './resume-database.ts';

/**
 * What is seen of a log and of what is remembered of it, and what that comes to:
 * - `in-order`: the service would start.
 * - `intact`: everything that is remembered is there, and something else is in the way (`fault`); it can be continued.
 * - `unknown`: nothing is remembered to compare with.
 * - `unopened`: a successor was begun and not opened.
 * - `lost`: the database holds less, or another history, than was signed; never to be continued.
 * - `foreign`: this is not the log of this service.
 */
export type Survey = {
  readonly state: 'in-order' | 'intact' | 'unknown' | 'unopened' | 'lost' | 'foreign';
  readonly fault?: Fault;
  readonly anchor?: Anchor;
  readonly inForce?: string;
  /** The log that the one in force takes the place of. */
  readonly before?: string;
  /** The successor in whose favour the log was sealed. */
  readonly sealedFor?: string;
  readonly origin?: string;
  readonly head?: StoredHead;
  readonly cluster: ClusterIdentity;
  /** The newest entries, oldest first. */
  readonly last: readonly { readonly seq: number; readonly time: string; readonly kind: string }[];
  readonly witnesses: readonly Witness[];
};

const LAST_ENTRIES = 3;

/** Looks, and changes nothing. `checkpoints` are files of others who saw the log. */
export async function surveyLog(
  { database, pool }: Pick<ResumeDatabase, 'database' | 'pool'>,
  config: Config,
  keys: ServiceKeys,
  checkpoints: readonly string[],
): Promise<Survey> {
  const bound = readBoundOrigins({ originFile: join(config.keysFolder, ORIGIN_FILE), stateFolder: config.stateFolder });
  const { anchor, malformed } = await readAnchor(config);
  const cluster = await awaitClusterIdentity({ query: async (text) => sql.raw<never>(text).execute(database) });
  const origin = (await hasTables(database)) ? await findOrigin(database) : undefined;
  const remembered = origin ?? anchor?.origin ?? bound.inForce;
  const witnesses = remembered === undefined ? [] : checkpoints.map((path) => readWitness(path, remembered, keys));
  const store = origin === undefined ? undefined : openLedgerStore(database, pool, origin, keys.headAuthenticator);
  const head = store === undefined ? undefined : await readHead(store);
  const seen = {
    ...(anchor === undefined ? {} : { anchor }),
    ...(bound.inForce === undefined ? {} : { inForce: bound.inForce }),
    ...(bound.before === undefined ? {} : { before: bound.before }),
    ...(origin === undefined ? {} : { origin }),
    ...(head === undefined || 'fault' in head ? {} : { head }),
    cluster,
    ...(store === undefined || head === undefined || 'fault' in head ? { last: [] } : await readLast(store, head)),
    witnesses,
  };
  const found = (state: Survey['state'], fault?: Fault): Survey => ({
    ...seen,
    state,
    ...(fault === undefined ? {} : { fault }),
  });

  const foreign = await faultOf(async () => requireOwnLog(origin, anchor, bound));
  if (foreign !== undefined) return found(origin === undefined ? 'lost' : 'foreign', foreign);
  if (store === undefined || head === undefined) return found('in-order');
  if ('fault' in head) return found('lost', head.fault);
  const unopened = await faultOf(() => requireOpened(store, bound));
  if (unopened !== undefined) return found('unopened', unopened);

  for (const view of [...(anchor === undefined ? [] : [anchor]), ...witnesses.map((witness) => witness.anchor)]) {
    const fault = await faultOf(() => checkAnchor(store, head, view));
    if (fault !== undefined) return found(fault.code === 'anchor/wrong-origin' ? 'foreign' : 'lost', fault);
  }
  if (anchor === undefined && head.frontier.size > 0) {
    const fault = malformed ?? (await faultOf(() => checkAnchor(store, head, undefined)));
    return found(witnesses.length > 0 ? 'intact' : 'unknown', fault);
  }
  const expected = anchor?.cluster;
  const moved = expected === undefined ? undefined : await faultOf(async () => requireSameCluster(expected, cluster));
  return moved === undefined ? found('in-order') : found('intact', moved);
}

async function readAnchor(config: Config): Promise<{ readonly anchor?: Anchor; readonly malformed?: Fault }> {
  try {
    const anchor = await openAnchorFile(anchorPath(config.stateFolder)).read();
    return anchor === undefined ? {} : { anchor };
  } catch (error) {
    if (error instanceof ServiceError) return { malformed: error.fault };
    throw error;
  }
}

async function hasTables(database: Kysely<Tables>): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`SELECT to_regclass('public.ledger') IS NOT NULL AS there`.execute(
    database,
  );
  return rows[0]?.there === true;
}

/** The newest head, or why it is not one of ours. */
async function readHead(store: LedgerStore): Promise<StoredHead | { readonly fault: Fault }> {
  try {
    return await store.head();
  } catch (error) {
    if (error instanceof ServiceError && error.fault.code === 'head/not-ours') return { fault: error.fault };
    throw error;
  }
}

async function readLast(store: LedgerStore, head: StoredHead): Promise<Pick<Survey, 'last' | 'sealedFor'>> {
  const rows = await store.entryRange(Math.max(0, head.frontier.size - LAST_ENTRIES), LAST_ENTRIES);
  const last = rows.map(({ entry }) => ({ seq: entry.seq, time: entry.time, kind: entry.kind }));
  // Nothing but its commitment follows a seal.
  const seal = rows.findLast(({ entry }) => entry.kind === 'log.sealed')?.entry;
  if (seal === undefined) return { last };
  return { last, sealedFor: (seal.body as LogSealed).successor };
}

/** The fault of a check that speaks against the log; anything else passes on. */
async function faultOf(check: () => Promise<void>): Promise<Fault | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError && /^(?:head|anchor|log|merkle)\//.test(error.fault.code)) return error.fault;
    throw error;
  }
}
