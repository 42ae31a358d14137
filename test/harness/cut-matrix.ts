import pg from 'pg';
import { checkLedger, type LedgerCheck } from './check-ledger.ts';
import type { KeptReceipt, Submitted } from './kept-receipts.ts';
import { type Decide, type Fate, openRoundTripProxy, type RoundTripProxy } from './round-trip-proxy.ts';
import {
  createSharedLedger,
  readReplicaAnchor,
  type ServedReplica,
  type SharedLedger,
  serveReplica,
} from './served-replica.ts';
import { type Endpoint, makeRequest, SIGN_JUDGED, send, type TracedKind } from './traced-requests.ts';

/** What is done to a round trip. */
export const CUTS = ['unsent', 'half-sent', 'unanswered', 'half-answered', 'terminated'] as const;
export type Cut = (typeof CUTS)[number];

/** What a request asks of the database when nothing fails: how many round trips, and which of them commits. */
export type DryRun = { readonly roundTrips: number; readonly commit: number };

/** What came of one cut: answers in order, the last one after as many retries as it took. */
export type CutOutcome = {
  readonly reached: boolean;
  readonly statuses: readonly number[];
  readonly codes: readonly string[];
  readonly ready: boolean;
};

/** A service whose way to the database can be cut anywhere, and all that its client was ever told. */
export type CutBench = {
  readonly ledger: SharedLedger;
  readonly replica: ServedReplica;
  dryRun(kind: TracedKind): Promise<DryRun>;
  cut(kind: TracedKind, at: number, cut: Cut): Promise<CutOutcome>;
  check(): Promise<LedgerCheck>;
  [Symbol.asyncDispose](): Promise<void>;
};

const ATTEMPTS_MAX = 4;

export async function openCutBench(): Promise<CutBench> {
  const ledger = await createSharedLedger();
  const proxy = await openRoundTripProxy(ledger.database.serviceUrl);
  const replica = await serveReplica(ledger, 'only', proxy.url);
  const admin = new pg.Client({ connectionString: ledger.database.adminUrl });
  await admin.connect();
  const submitted: Submitted[] = [];
  await send(replica.endpoint, SIGN_JUDGED);
  const fates = cutFates(admin);
  return {
    ledger,
    replica,
    dryRun: (kind) => dryRun(kind, replica.endpoint, proxy, admin),
    cut: async (kind, at, cut) => {
      let reached = false;
      proxy.watch((trip) => {
        if (reached || trip.index !== at) return 'pass';
        const fate = fates[cut](trip);
        if (fate !== undefined) reached = true;
        return fate ?? 'pass';
      });
      const outcome = await sendUntilTaken(kind, replica, submitted);
      proxy.watch();
      const response = await fetch(`${replica.endpoint.url}/readyz`);
      return { reached, ...outcome, ready: response.status === 200 };
    },
    check: async () => {
      const anchor = await readReplicaAnchor(ledger, 'only');
      return checkLedger(ledger.database.ownerUrl, {
        submitted,
        authenticator: ledger.keys.headAuthenticator,
        ...(anchor === undefined ? {} : { anchors: [anchor] }),
      });
    },
    [Symbol.asyncDispose]: async () => {
      await admin.end();
      await replica[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
    },
  };
}

/** Requests of a kind that are watched before any is cut. */
const DRY_RUNS = 3;

/**
 * A request whose caches are warm, with the size of the ledger read after each of its round trips. Of several the one with
 * the fewest: what the service asks the database for by itself, at its own times, may fall into another.
 */
export async function dryRun(
  kind: TracedKind,
  endpoint: Endpoint,
  proxy: RoundTripProxy,
  admin: pg.Client,
): Promise<DryRun> {
  await send(endpoint, makeRequest(kind));
  const runs: DryRun[] = [];
  for (let run = 0; run < DRY_RUNS; run += 1) runs.push(await watchRequest(kind, endpoint, proxy, admin));
  return runs.reduce((least, run) => (run.roundTrips < least.roundTrips ? run : least));
}

async function watchRequest(
  kind: TracedKind,
  endpoint: Endpoint,
  proxy: RoundTripProxy,
  admin: pg.Client,
): Promise<DryRun> {
  const rows = async () => {
    const { rows } = await admin.query('SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM api_token) AS n');
    return Number(rows[0]?.n);
  };
  const before = await rows();
  let commit = -1;
  proxy.watch(async ({ index, executed }): Promise<Fate> => {
    if (executed && commit < 0 && (await rows()) > before) commit = index;
    return 'pass';
  });
  await send(endpoint, makeRequest(kind));
  const roundTrips = proxy.count();
  proxy.watch();
  return { roundTrips, commit };
}

/** Undefined where it is not yet the moment. */
function cutFates(
  admin: pg.Client,
): Readonly<Record<Cut, (trip: Parameters<Decide>[0]) => ReturnType<Decide> | undefined>> {
  return {
    unsent: () => 'cut',
    'half-sent': () => 'half',
    unanswered: ({ executed }) => (executed ? 'cut' : undefined),
    'half-answered': ({ executed }) => (executed ? 'half' : undefined),
    terminated: async ({ backend }): Promise<Fate> => {
      await admin.query('SELECT pg_terminate_backend($1)', [backend]);
      return 'pass';
    },
  };
}

/** As a client does that keeps its body and asks again after an error. */
async function sendUntilTaken(
  kind: TracedKind,
  { endpoint }: ServedReplica,
  submitted: Submitted[],
): Promise<Pick<CutOutcome, 'statuses' | 'codes'>> {
  const request = makeRequest(kind);
  const statuses: number[] = [];
  const codes: string[] = [];
  const kept: KeptReceipt[] = [];
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const { status, code, receipt } = await send(endpoint, request);
    statuses.push(status);
    if (code !== undefined) codes.push(code);
    if (receipt !== undefined) kept.push(receipt);
    if (status === 200 || status === 201) break;
  }
  submitted.push({ trace: request.trace, receipts: kept, failures: codes.length });
  return { statuses, codes };
}
