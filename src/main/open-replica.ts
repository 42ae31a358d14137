import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { ControlSet } from '../core/control/control-keys.ts';
import type { Predecessor } from '../core/entry/kinds/log-opened.ts';
import { openAnchorFile } from '../keys/anchor-file.ts';
import { appendOrigin, ORIGIN_FILE, readOriginFile } from '../keys/origin-file.ts';
import { PUBLISHED_KEY_IDS } from '../keys/published-key-ids.ts';
import { randomDrawnAhead } from '../native/random.ts';
import { verifyInPool } from '../native/verify-in-pool.ts';
import { type ClusterGuard, openClusterGuard } from '../postgres/cluster-guard.ts';
import { openLedgerStore } from '../postgres/ledger-store.ts';
import { findOrigin, openOrigin } from '../postgres/open-origin.ts';
import { checkServer, openKysely, openPool, type SERVICE_ROLE } from '../postgres/pool.ts';
import { openProjectionStore } from '../postgres/projection-store.ts';
import { openSessionStore } from '../postgres/session-store.ts';
import { sweepOrphanedPayloads } from '../postgres/sweep-payloads.ts';
import type { Tables } from '../postgres/tables.ts';
import { openTokenStore } from '../postgres/token-store.ts';
import { openWebhookStore } from '../postgres/webhook-store.ts';
import type { ServiceContext } from '../service/context.ts';
import { RunSweeper } from '../service/expire-runs.ts';
import { drawOrigin } from '../service/open-log.ts';
import { openContext, type ServiceParts } from '../service/open-service.ts';
import { type Anchor, type LedgerStore, ServiceError, type ServiceKeys } from '../service/ports.ts';
import type { NoticeSender } from '../service/webhook-ports.ts';
import { buildImageBundle } from '../sigstore/image-bundle.ts';
import { parseNetworks } from '../webhooks/receiver-address.ts';
import { openNoticeSender } from '../webhooks/send-notice.ts';
import { BatchVerifier } from '../workers/batch-verifier.ts';
import { EvidenceWorkerPool, WORKER_LIMITS } from '../workers/evidence-workers.ts';
import { hasReportProgram, renderCustodyReport } from './render-custody-report.ts';
import { readVersion } from './version.ts';

/** DESIGN 4.4: the age of the newest checkpoint of a log that nobody writes to. */
const IDLE_COMMIT_MS = 15 * 60 * 1000;
const IDLE_LOOKS = 15;

/**
 * How long a run stays open beyond its time at most, on a service that works, and a replica goes on to sign with a log key
 * that was retired beside it.
 */
const SWEEP_MS = 5_000;

export type ReplicaOptions = {
  readonly serviceUrl: string;
  readonly setRole?: typeof SERVICE_ROLE;
  readonly connections: number;
  /** Folder of the anchor. */
  readonly stateFolder: string;
  readonly keys: ServiceKeys;
  /** Beside the keys: which logs they have signed. Without one the keys are not bound to a log. */
  readonly originFile?: string;
  /** Opens also where a key of the folder counts no more, so that another one may take its place. */
  readonly mayBeRetired?: boolean;
  /** Keys that everybody has may be registered: to try things out. */
  readonly isDevelopment?: boolean;
  /** Takes lines that an operator should see. */
  readonly log?: (line: string) => void;
  /** Other services may have opened the log in this database, a moment ago. */
  readonly isShared?: boolean;
  /** The database held no log when this process first looked at it. */
  readonly sawNoLog?: boolean;
  /** What a new log's first entry says of the one that it takes the place of. */
  readonly predecessor?: Predecessor;
  /** Control keys that a new log is opened with; a log that exists must have them. */
  readonly control?: ControlSet;
  /** Networks, as CIDR, that webhooks may lie in besides the public Internet. */
  readonly webhookNetworks?: readonly string[];
  /** How often this replica looks for notices; where absent it tells nobody, as whoever opens it for one change does. */
  readonly noticeMs?: number;
  /** For tests; sends over the network where absent. */
  readonly noticeSender?: NoticeSender;
  /** After how long without an entry the log commits to its map once more; 15 minutes. */
  readonly idleCommitMs?: number;
  /** How long a run may last, in seconds; a day. */
  readonly runSecondsMax?: number;
  /** How often runs are looked for whose time has passed, and what the log says of its keys; 5 seconds. */
  readonly sweepMs?: number;
};

/** One replica of the service over a migrated database: the only place where the parts are put together. */
export type Replica = {
  readonly context: ServiceContext;
  /** Connections to the database, now. */
  readonly connections: () => { readonly total: number; readonly idle: number; readonly waiting: number };
  readonly close: () => Promise<void>;
};

/**
 * Opens a replica once nothing speaks against it: the cluster, the log and its head are those that anchor and keys
 * remember. Faults, as ServiceError: those of `openClusterGuard`, `requireOwnLog` and `openContext`.
 */
export async function openReplica(options: ReplicaOptions): Promise<Replica> {
  const anchor = openAnchorFile(anchorPath(options.stateFolder));
  const known = await anchor.read();
  const guard = openClusterGuard(known?.cluster);
  const pool = openPool(options.serviceUrl, {
    guard,
    max: options.connections,
    applicationName: 'waybill serve',
    ...(options.setRole === undefined ? {} : { setRole: options.setRole }),
  });
  const database = openKysely<Tables>(pool);
  // No thread starts before there is evidence large enough for one, or signatures come several at once.
  const evidenceWorkers = new EvidenceWorkerPool();
  const signatures = new BatchVerifier(verifyInPool);
  // Of their own: whoever sends large attestations must not keep verifications waiting.
  const readers = new EvidenceWorkerPool({ ...WORKER_LIMITS, workers: 1 });
  try {
    await checkServer(pool);
    const found = await findOrigin(database);
    const bound = readBoundOrigins(options);
    requireOwnLog(found, known, bound);
    const random = randomDrawnAhead();
    const origin = found ?? (await openOrigin(database, () => drawOrigin(random)));
    const store = openLedgerStore(database, pool, origin, options.keys.headAuthenticator);
    if (options.predecessor === undefined) await requireOpened(store, bound);
    if (options.originFile !== undefined) await remember(options.originFile, origin, options.log);
    const context = await openContext({
      store,
      projections: openProjectionStore(database, pool),
      tokens: openTokenStore(database, pool),
      sessions: openSessionStore(database, pool),
      webhooks: openWebhookStore(database),
      noticeSender: options.noticeSender ?? senderOf(options),
      // Every anchor says where its head was seen.
      anchor: { read: anchor.read, write: (seen) => anchor.write({ ...seen, ...clusterOf(guard) }) },
      ...firstStartOf(options, found, bound),
      ...(options.predecessor === undefined ? {} : { predecessor: options.predecessor }),
      ...(options.control === undefined ? {} : { control: options.control }),
      ...(options.runSecondsMax === undefined ? {} : { runSecondsMax: options.runSecondsMax }),
      keys: options.keys,
      ...(options.mayBeRetired === true ? { mayBeRetired: true } : {}),
      verifySignature: signatures.verify,
      isPublishedKey: (signer) => options.isDevelopment !== true && PUBLISHED_KEY_IDS.has(signer),
      random,
      now: () => new Date(),
      buildBundle: buildImageBundle,
      ...(hasReportProgram() ? { renderReport: renderCustodyReport } : {}),
      evidenceWorkers,
      readLarge: (submitted) => readers.read(submitted),
    });
    const stopSweeping = sweepHourly(database);
    const stopExpiring = expireRuns(context, options.sweepMs ?? SWEEP_MS);
    const stopFollowing = followLogKey(context, options.sweepMs ?? SWEEP_MS);
    const stopNotices = tellOfNews(context, options.noticeMs);
    const stopCommitting = commitWhenIdle(context, options.idleCommitMs ?? IDLE_COMMIT_MS);
    return {
      context,
      connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
      close: async () => {
        stopSweeping();
        stopCommitting();
        stopExpiring();
        stopFollowing();
        await stopNotices();
        await context.sequencer.stop();
        await Promise.all([evidenceWorkers.close(), readers.close(), signatures.close()]);
        await database.destroy();
        await anchor.close();
      },
    };
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** The anchor of the log in force. Those of logs that were ended lie beside it: {@link endedAnchorPath}. */
export function anchorPath(stateFolder: string): string {
  return join(stateFolder, 'anchor.json');
}

/** Whether a log was served with these folders before: then keys and data that are gone are an incident, and no first start. */
export function hasServed(folders: { readonly stateFolder: string; readonly keysFolder: string }): boolean {
  return existsSync(anchorPath(folders.stateFolder)) || existsSync(join(folders.keysFolder, ORIGIN_FILE));
}

/** Where the anchor of a log is kept that a successor ended. While it is there, that log is not served. */
export function endedAnchorPath(stateFolder: string, origin: string): string {
  return join(stateFolder, `anchor-${origin.replaceAll('/', '_')}.json`);
}

/** What the keys, and anchors of ended logs in the state folder, say of logs: `ended` are never signed again. */
export type BoundOrigins = {
  readonly inForce: string | undefined;
  /** The log that `inForce` takes the place of. */
  readonly before: string | undefined;
  readonly isEnded: (origin: string) => boolean;
};

export function readBoundOrigins({
  originFile,
  stateFolder,
}: Pick<ReplicaOptions, 'originFile' | 'stateFolder'>): BoundOrigins {
  const origins = originFile === undefined ? [] : readOriginFile(originFile);
  return {
    inForce: origins.at(-1),
    before: origins.at(-2),
    isEnded: (origin) => origins.slice(0, -1).includes(origin) || existsSync(endedAnchorPath(stateFolder, origin)),
  };
}

/**
 * Whether the log in the database, or that there is none, agrees with what is remembered outside. Faults:
 * `head/behind-anchor` and `log/missing` where there is none, `log/succeeded`, `log/wrong-origin`.
 */
export function requireOwnLog(found: string | undefined, known: Anchor | undefined, bound: BoundOrigins): void {
  if (found === undefined) {
    if (known !== undefined)
      refuse('head/behind-anchor', `The database holds no log; the anchor has seen ${known.size} entries of one.`);
    if (bound.inForce !== undefined)
      refuse('log/missing', `The keys have signed ${bound.inForce}, and the database holds no log.`);
    return;
  }
  if (bound.isEnded(found)) refuse('log/succeeded', `The database holds ${found}, which a successor has ended.`);
  if (bound.inForce !== undefined && bound.inForce !== found)
    refuse('log/wrong-origin', `The keys sign ${bound.inForce}; the database holds ${found}.`);
}

/** A successor is opened by `waybill resume` only, which knows what it follows. Fault: `log/not-opened`. */
export async function requireOpened(store: LedgerStore, bound: BoundOrigins): Promise<void> {
  if (bound.before === undefined || (await store.head()).frontier.size > 0) return;
  refuse('log/not-opened', `The successor ${store.origin} was begun and not opened: waybill resume --open-successor.`);
}

function refuse(code: ServiceError['fault']['code'], message: string): never {
  throw new ServiceError({ code, message });
}

function clusterOf(guard: ClusterGuard): Pick<Anchor, 'cluster'> {
  const cluster = guard.seen();
  return cluster === undefined ? {} : { cluster };
}

/** Keys may lie where the service cannot write: then what they have signed is only known as long as the anchor is. */
async function remember(path: string, origin: string, log?: (line: string) => void): Promise<void> {
  try {
    await appendOrigin(path, origin);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['EROFS', 'EACCES', 'EPERM'].includes(code)) throw error;
    log?.(
      `note: ${path} cannot be written (${code}): write ${origin} and a line feed into it, so that the keys sign no other log`,
    );
  }
}

function firstStartOf(
  { sawNoLog, isShared }: ReplicaOptions,
  found: string | undefined,
  bound: BoundOrigins,
): Pick<ServiceParts, 'firstStart'> {
  if (found === undefined || sawNoLog === true) return { firstStart: 'empty' };
  // Replicas that start at once share the keys: the first one's origin may stand beside them already.
  return isShared === true && bound.before === undefined ? { firstStart: 'young' } : {};
}

/**
 * Looks several times within that period, so that a log is little longer idle than it says. Of several replicas the first
 * one commits; the others find under the lock that it was done.
 */
function commitWhenIdle({ sequencer }: ServiceContext, idleMs: number): () => void {
  const timer = setInterval(() => void sequencer.commitIdle(idleMs), Math.ceil(idleMs / IDLE_LOOKS));
  timer.unref();
  return () => clearInterval(timer);
}

/** Another process may rotate the log's key; what it takes then, and is not here, the head itself says (`key/log-key-missing`). */
function followLogKey({ logSigners }: ServiceContext, everyMs: number): () => void {
  const timer = setInterval(() => void logSigners.refresh().catch(() => undefined), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** A sweep that fails is made again: what it did stands, and what it left is found then. */
function expireRuns(context: ServiceContext, everyMs: number): () => void {
  const sweeper = new RunSweeper(context);
  const timer = setInterval(() => void sweeper.sweep().catch(() => undefined), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function senderOf({ webhookNetworks = [] }: ReplicaOptions): NoticeSender {
  return openNoticeSender({ networks: parseNetworks(webhookNetworks), userAgent: `waybill/${readVersion()}` });
}

/** A look that fails is made again: what it did stands, and what it left is found then. */
function tellOfNews({ notices }: ServiceContext, everyMs: number | undefined): () => Promise<void> {
  if (everyMs === undefined) return () => notices.stop();
  const timer = setInterval(() => void notices.look().catch(() => undefined), everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return notices.stop();
  };
}

/** Sweeps now and every hour. A sweep that fails is tried again an hour later: nothing waits for it. */
function sweepHourly(database: Kysely<Tables>): () => void {
  const sweep = () => void sweepOrphanedPayloads(database).catch(() => undefined);
  const timer = setInterval(sweep, 60 * 60 * 1000);
  timer.unref();
  sweep();
  return () => clearInterval(timer);
}
