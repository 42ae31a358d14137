import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/start-embedded-postgres.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { checkLedger } from '../harness/check-ledger.ts';
import { assertRefused, makeFolder, query } from '../harness/embedded-folder.ts';
import type { KeptReceipt, Submitted } from '../harness/kept-receipts.ts';
import {
  createSharedLedger,
  readReplicaAnchor,
  replicaFolders,
  type SharedLedger,
  serveReplica,
} from '../harness/served-replica.ts';
import { mountSmallDisk, whyNoSmallDisk } from '../harness/small-disk.ts';
import { type Endpoint, makeRequest, send, type TracedRequest } from '../harness/traced-requests.ts';

const probe = mkdtempSync(join(tmpdir(), 'waybill-test-'));
const skip = whyNoSmallDisk(probe) ?? false;
after(() => rmSync(probe, { recursive: true }));

/** Room for a fresh cluster and its write-ahead log, and little more. */
const CLUSTER_KILOBYTES = 192 * 1024;

test('a full disk of the database: 503 (database/exhausted), nothing lost, and on it goes with room', {
  skip,
}, async (t) => {
  const folder = join(makeFolder(t), 'disk');
  using disk = mountSmallDisk(folder, CLUSTER_KILOBYTES);
  let server = await startEmbeddedPostgres({ dataFolder: join(folder, 'postgres') });
  try {
    await migrate(server.ownerUrl, join(import.meta.dirname, '..', '..', 'migrations'));
    const { superuserUrl: adminUrl, ownerUrl, serviceUrl } = server;
    await using ledger = await createSharedLedger({ adminUrl, ownerUrl, serviceUrl });
    await using replica = await serveReplica(ledger, 'only');
    const asked = new Asked(replica.endpoint);
    assert.equal((await asked.ask(makeRequest('attestation'))).status, 201);

    disk.fill();
    const refused = await asked.askUntil(503);
    assert.equal(refused.code, 'database/exhausted');
    disk.free();
    assert.equal((await asked.ask(refused.request)).status, 201);
    await assertWhole(ledger, asked);

    // Without room for its log Postgres gives up altogether; whoever runs it makes room and starts it again.
    disk.fill();
    await exhaustLog(adminUrl, asked);
    const during = await asked.ask(makeRequest('attestation'));
    assert.deepEqual([during.status, during.code], [503, 'database/unreachable']);
    // With room first: a server that cannot recover takes its time to stop.
    disk.free();
    await server.stop();
    server = await startEmbeddedPostgres({ dataFolder: join(folder, 'postgres'), mustExist: true });
    assert.equal((await asked.ask(makeRequest('attestation'))).status, 201);
    for (const request of asked.unanswered()) assert([200, 201].includes((await asked.ask(request)).status));
    await assertWhole(ledger, asked);
  } finally {
    await server.stop();
  }
});

test('a full disk of the anchor: it keeps its room, and a first start without any is refused (anchor/not-durable)', {
  skip,
}, async () => {
  await using ledger = await createSharedLedger();
  using disk = mountSmallDisk(replicaFolders(ledger, 'only').stateFolder, 64);
  disk.fill();
  await assertRefused(serveReplica(ledger, 'only'), 'anchor/not-durable');
  disk.free();
  await using replica = await serveReplica(ledger, 'only');
  disk.fill();
  const asked = new Asked(replica.endpoint);
  for (let count = 0; count < 3; count += 1) assert.equal((await asked.ask(makeRequest('attestation'))).status, 201);
  await assertWhole(ledger, asked);
});

/** A client that remembers all that it asked for and was told. */
class Asked {
  readonly #endpoint: Endpoint;
  readonly #told = new Map<TracedRequest, { receipts: KeptReceipt[]; failures: number }>();

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async ask(request: TracedRequest) {
    const told = this.#told.get(request) ?? { receipts: [], failures: 0 };
    this.#told.set(request, told);
    const answer = await send(this.#endpoint, request);
    if (answer.receipt === undefined) told.failures += 1;
    else told.receipts.push(answer.receipt);
    return { ...answer, request };
  }

  /** Asks for one large thing after another, none of which can be compressed. */
  async askUntil(status: number) {
    for (let count = 0; count < 200; count += 1) {
      const request = makeRequest('attestation');
      const body = request.body.replace(
        '"results"',
        `"properties":{"bytes":"${randomBytes(150_000).toString('base64')}"},"results"`,
      );
      const answer = await this.ask({ ...request, body });
      if (answer.status === status) return answer;
    }
    throw new Error(`200 answers, and none was ${status}`);
  }

  unanswered(): readonly TracedRequest[] {
    return [...this.#told].flatMap(([request, { receipts }]) => (receipts.length === 0 ? [request] : []));
  }

  submitted(): readonly Submitted[] {
    return [...this.#told].map(([{ trace }, told]) => ({ trace, ...told }));
  }
}

/** Goes through the write-ahead log's segments until there is no room for another. */
async function exhaustLog(adminUrl: string, asked: Asked): Promise<void> {
  for (let segment = 0; segment < 32; segment += 1) {
    await asked.ask(makeRequest('attestation'));
    try {
      await query(adminUrl, 'SELECT pg_switch_wal()');
    } catch {
      // It has given up: at once, or while it recovered.
      return;
    }
  }
  throw new Error('the log never ran out of room');
}

async function assertWhole(ledger: SharedLedger, asked: Asked): Promise<void> {
  const anchor = await readReplicaAnchor(ledger, 'only');
  assert(anchor !== undefined);
  const authenticator = ledger.keys.headAuthenticator;
  const claims = { submitted: asked.submitted(), authenticator, anchors: [anchor] };
  assert.deepEqual((await checkLedger(ledger.database.adminUrl, claims)).broken, []);
}
