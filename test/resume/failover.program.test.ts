import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openClusterGuard } from '../../src/postgres/cluster-guard.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/start-embedded-postgres.ts';
import { checkServer, openPool } from '../../src/postgres/pool.ts';
import { assertRefused, makeFolder, query } from '../harness/embedded-folder.ts';
import { createTestDatabase } from '../harness/test-database.ts';
import { attest, bumpTimeline, copyFolder, operate, post } from './resume-under-test.ts';

/** An address that leads to one server and then to another, as that of a cluster does when a standby is promoted. */
async function openSwitch(t: TestContext, socketFolder: string) {
  const sockets = new Set<Socket>();
  let target = socketFolder;
  const server = createServer((client) => {
    const upstream = createConnection(join(target, '.s.PGSQL.5432'));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    through: (url: string) => {
      const { username, password, pathname } = new URL(url);
      return `postgresql://${username}:${password}@127.0.0.1:${port}${pathname}`;
    },
    turnTo: (next: string) => {
      target = next;
      for (const socket of sockets) socket.destroy();
    },
  };
}

test('a promoted standby that lacks commits is used for nothing, running or started again (head/other-timeline)', async (t) => {
  const folder = makeFolder(t);
  const [primary, standby] = [join(folder, 'primary'), join(folder, 'standby')];
  for (const parent of [primary, standby]) mkdirSync(parent, { mode: 0o711 });
  // Both clusters come out of one, as a standby does.
  const first = await startEmbeddedPostgres({ dataFolder: join(primary, 'postgres') });
  const urls = { ownerUrl: first.ownerUrl, serviceUrl: first.serviceUrl };
  const early = operate(t, urls);
  await early.grow('early');
  await first.stop();
  copyFolder(join(primary, 'postgres'), join(standby, 'postgres'));
  bumpTimeline(join(standby, 'postgres', 'cluster'));

  await using old = await startEmbeddedPostgres({ dataFolder: join(primary, 'postgres') });
  await using promoted = await startEmbeddedPostgres({ dataFolder: join(standby, 'postgres') });
  const address = await openSwitch(t, old.socketFolder);
  const service = operate(
    t,
    { ownerUrl: address.through(old.ownerUrl), serviceUrl: address.through(old.serviceUrl) },
    { keysFolder: join(early.folder, 'keys') },
  );
  copyFolder(join(early.folder, 'data'), join(service.folder, 'data'));
  const running = await service.serve();
  t.after(() => running.stop());
  await attest(service.folder, running.url, 'late');
  const count = async () =>
    (
      await query(
        promoted.superuserUrl,
        'SELECT count(*)::int AS entries, (SELECT count(*)::int FROM head) AS heads FROM entry',
      )
    )[0];
  const before = await count();
  address.turnTo(promoted.socketFolder);

  const isRefused = async (answer: { readonly status: number; readonly body: string }) => {
    assert.equal(answer.status, 503, answer.body);
    assert.match(answer.body, /head\/other-timeline/);
  };
  const get = async (path: string) => {
    const answer = await fetch(`${running.url}${path}`);
    return { status: answer.status, body: await answer.text() };
  };
  // The first may still meet a connection that was cut.
  await get('/readyz');
  await isRefused(await get('/readyz'));
  await isRefused(await get('/log/checkpoint'));
  await isRefused(await post(service.folder, running.url, 'lost'));
  assert.deepEqual(await count(), before);

  await running.stop();
  assert.equal(await service.refusedStart(), 'head/other-timeline');
  const seen = await service.run('resume');
  assert.deepEqual([seen.exit, seen.state, seen.code], [13, 'lost', 'head/behind-anchor']);
  assert.equal((await service.run('resume', '--continue')).code, 'head/behind-anchor');
  assert.deepEqual(await count(), before);
});

test('a pool lets no connection through that its guard refuses, and the service’s role may ask where it is', async (t) => {
  await using database = await createTestDatabase();
  const open = (guard: ReturnType<typeof openClusterGuard>) => {
    const pool = openPool(database.serviceUrl, { max: 1, applicationName: 'test', guard });
    t.after(() => pool.end());
    return pool;
  };
  const learnt = openClusterGuard(undefined);
  await checkServer(open(learnt));
  const here = learnt.seen();
  assert(here !== undefined);
  assert.match(here.systemIdentifier, /^-?\d+$/);
  assert.match(here.timeline, /^[0-9a-f]{8}$/);
  await checkServer(open(openClusterGuard(here)));
  for (const [expected, code] of [
    [{ ...here, systemIdentifier: '7' }, 'head/other-cluster'],
    [{ ...here, timeline: '0000002a' }, 'head/other-timeline'],
  ] as const) {
    const pool = open(openClusterGuard(expected));
    await assertRefused(checkServer(pool), code);
    await assertRefused(pool.query('SELECT 1'), code);
    assert.equal(pool.totalCount, 0);
  }
});

test('a standby is refused, and worth a retry (database/in-recovery)', async () => {
  const guard = openClusterGuard(undefined);
  const standby = { query: async () => ({ rows: [{ systemIdentifier: '7', timeline: null }] }) };
  await assertRefused(guard.check(standby), 'database/in-recovery');
  assert.equal(guard.seen(), undefined);
});
