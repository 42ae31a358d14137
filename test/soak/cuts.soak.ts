import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { checkLedger } from '../harness/check-ledger.ts';
import { CUTS, type CutBench, dryRun, openCutBench } from '../harness/cut-matrix.ts';
import { type Fate, openRoundTripProxy } from '../harness/round-trip-proxy.ts';
import {
  copyAnchor,
  createSharedLedger,
  readReplicaAnchor,
  type SharedLedger,
  serveReplica,
} from '../harness/served-replica.ts';
import { type Answer, makeRequest, send, type TracedKind, type TracedRequest } from '../harness/traced-requests.ts';
import { readSoakRun } from './soak-run.ts';

const KINDS: readonly TracedKind[] = ['attestation', 'large', 'signing', 'signer', 'contract', 'token', 'verdict'];

describe('every round trip of every kind of request, lost in every way', () => {
  const run = readSoakRun();
  let bench: CutBench;
  before(async () => {
    bench = await openCutBench();
  });
  after(() => bench[Symbol.asyncDispose]());

  for (const kind of KINDS) {
    test(`${kind}: after each cut the retry is taken, and every invariant holds`, async (t) => {
      const { roundTrips, commit } = await bench.dryRun(kind);
      const all = Array.from({ length: roundTrips }, (_, at) => CUTS.map((cut) => ({ at, cut }))).flat();
      const chosen = all.filter(({ at }) => at === commit || run.random() < run.share);
      for (const { at, cut } of chosen) {
        const { reached, statuses, codes, ready } = await bench.cut(kind, at, cut);
        const said = `${cut} at ${at} of ${roundTrips}, commit at ${commit}: ${statuses.join(', ')} ${codes.join(', ')}`;
        assert(reached, said);
        assert([200, 201].includes(statuses.at(-1) ?? 0), said);
        assert(codes.every((code) => code === 'database/unreachable') && ready, said);
        assert.deepEqual((await bench.check()).broken, [], said);
      }
      t.diagnostic(`${chosen.length} cuts of ${all.length}; ${roundTrips} round trips, commit at ${commit}`);
    });
  }
});

/** Statement (5 s) and margin (5 s), and then the retry. */
const ANSWER_MS_MAX = 20_000;

test('a server that falls silent in the middle of an append, its connection open, is given up and the request answered', async () => {
  await using ledger = await createSharedLedger();
  await using first = await serveReplica(ledger, 'first');
  const { token } = first.endpoint;
  await using unheard = await prepareSilence(ledger, 'unheard', token, 'before COMMIT is heard');
  await using unanswered = await prepareSilence(ledger, 'unanswered', token, 'after it was executed');
  // In this order: the other holds the lock until its transaction is ended for being idle.
  const late = unanswered.send();
  await unanswered.silent;
  const answers = await Promise.all([late, unheard.send()]);
  assert.deepEqual(
    answers.map(({ answer }) => answer.status),
    [200, 201],
  );
  const anchor = await readReplicaAnchor(ledger, 'first');
  assert(anchor !== undefined);
  const submitted = answers.map(({ request, answer }) => ({
    trace: request.trace,
    receipts: answer.receipt === undefined ? [] : [answer.receipt],
    failures: 0,
  }));
  const claims = { submitted, authenticator: ledger.keys.headAuthenticator, anchors: [anchor] };
  assert.deepEqual((await checkLedger(ledger.database.adminUrl, claims)).broken, []);
});

type Silence = {
  /** Resolves when it has begun. */
  readonly silent: Promise<void>;
  send(): Promise<{ readonly request: TracedRequest; readonly answer: Answer }>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A replica whose way to the database will go silent around its next commit, for good on that connection. */
async function prepareSilence(
  ledger: SharedLedger,
  name: string,
  token: string,
  when: 'before COMMIT is heard' | 'after it was executed',
): Promise<Silence> {
  const proxy = await openRoundTripProxy(ledger.database.serviceUrl);
  await copyAnchor(ledger, 'first', name);
  const replica = await serveReplica(ledger, name, proxy.url);
  const endpoint = { ...replica.endpoint, token };
  const admin = new pg.Client({ connectionString: ledger.database.adminUrl });
  await admin.connect();
  const { commit } = await dryRun('attestation', endpoint, proxy, admin);
  const sizeOf = async () =>
    (await admin.query<{ size: number }>('SELECT count(*)::int AS size FROM entry')).rows[0]?.size;
  const before = await sizeOf();
  const silent = Promise.withResolvers<void>();
  let struck = false;
  proxy.watch(async ({ index, executed }): Promise<Fate> => {
    const heard = when === 'after it was executed';
    const now = heard ? executed && (await sizeOf()) !== before : index === commit && !executed;
    if (struck || !now) return 'pass';
    struck = true;
    silent.resolve();
    return new Promise<Fate>(() => undefined);
  });
  return {
    silent: silent.promise,
    send: async () => {
      const request = makeRequest('attestation');
      const answer = await send(endpoint, request, ANSWER_MS_MAX);
      assert(struck, 'it fell silent');
      return { request, answer };
    },
    [Symbol.asyncDispose]: async () => {
      await admin.end();
      await replica[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}
