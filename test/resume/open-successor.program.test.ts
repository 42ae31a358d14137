import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';
import { openKysely, openPool } from '../../src/postgres/pool.ts';
import { setLogAside } from '../../src/postgres/set-log-aside.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { tampering } from '../../src/tamper/tamperings.ts';
import { openMachine } from '../cli/run-cli.ts';
import { query } from '../harness/embedded-folder.ts';
import { createTestDatabase } from '../harness/test-database.ts';
import { attest, clusterOf, copyFolder, type Operated, operate, verifies } from './resume-under-test.ts';

type Opened = {
  readonly successor: string;
  readonly logKey: string;
  readonly schema: string;
  readonly predecessor: {
    readonly origin: string;
    readonly anchored?: { readonly size: number };
    readonly recovered?: { readonly size: number };
  };
  readonly names: readonly { readonly area: string; readonly name: string }[];
};

/** What a reader of the running service gets as JSON. */
async function read(service: Operated, url: string, path: string) {
  const token = readFileSync(join(service.folder, 'data', 'admin.token'), 'utf8').trim();
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200, path);
  return JSON.parse(await answer.text());
}

test('a database set back is refused (head/behind-anchor), never continued, and followed by a successor', async (t) => {
  const service = operate(t);
  const early = await service.grow('early');
  const backup = join(service.folder, 'backup');
  copyFolder(clusterOf(service), backup);
  const late = await service.grow('late-1', 'late-2');
  const { log: oldOrigin, oldKey } = { log: late[0]?.entry.log ?? '', oldKey: late[0]?.logKey ?? '' };
  const oldAnchor = await openAnchorFile(service.anchor).read();
  copyFolder(backup, clusterOf(service));

  assert.equal(await service.refusedStart(), 'head/behind-anchor');
  const seen = await service.run('resume');
  assert.deepEqual([seen.exit, seen.state, seen.code], [13, 'lost', 'head/behind-anchor']);
  const refused = await service.run('resume', '--continue', '--accept-size', '8');
  assert.deepEqual([refused.exit, refused.code], [13, 'head/behind-anchor']);

  const unsealed = await service.run('resume', '--seal');
  assert.deepEqual([unsealed.exit, unsealed.code], [13, 'head/behind-anchor']);

  const opened = await service.run('resume', '--open-successor');
  assert.equal(opened.exit, 0, JSON.stringify(opened.value));
  const { successor, logKey, predecessor, names, schema } = opened.value as Opened;
  assert.notEqual(successor, oldOrigin);
  assert.deepEqual([predecessor.origin, predecessor.anchored?.size, predecessor.recovered?.size], [oldOrigin, 12, 8]);
  assert(names.some(({ area, name }) => area === 'principal' && name === 'bootstrap-admin'));
  assert.equal(readFileSync(service.originFile, 'utf8'), `${oldOrigin}\n${successor}\n`);
  const archived = service.anchor.replace('anchor.json', `anchor-${oldOrigin}.json`);
  assert.deepEqual(await openAnchorFile(archived).read(), oldAnchor);

  // Its whole life: written to, judged, reported.
  const running = await service.serve();
  const fresh = await attest(service.folder, running.url, 'anew');
  assert.equal(fresh.entry.log, successor);
  for (const receipt of [...early, ...late])
    assert.deepEqual([verifies(receipt, oldKey), verifies(receipt, logKey)], [true, false]);
  assert.deepEqual([verifies(fresh, logKey), verifies(fresh, oldKey)], [true, false]);
  const [opening] = (await read(service, running.url, '/v1/entries?limit=1')).items;
  assert.deepEqual(opening.entry.body.predecessor, predecessor);
  const image = `/v1/images/sha256:${'7'.repeat(64)}`;
  const evidence = await read(service, running.url, `${image}/evidence?repository=shop/api`);
  assert.equal(JSON.stringify(evidence).includes(`"log":"${oldOrigin}"`), false);
  // Its evidence holds under the new key alone, and says which log it follows.
  const file = join(service.folder, 'evidence.json');
  writeFileSync(file, formatCanonicalJson(evidence));
  const verified = async (key: string) => (await openMachine().run('verify', file, '--log-key', key)).out;
  assert.match(await verified(logKey), new RegExp(`follows +${oldOrigin}, 12 entries; 8 entries of it were left`));
  assert.doesNotMatch(await verified(oldKey), /follows/);
  await running.stop();

  // Both are whole, beside each other.
  const audited = (await service.run('audit')).value;
  assert.deepEqual([audited.origin, audited.findings], [successor, []]);
  const kept = (await service.run('audit', '--ended', oldOrigin)).value as {
    readonly size: number;
    readonly findings: readonly { readonly code: string }[];
  };
  assert.deepEqual([kept.size, kept.findings.map(({ code }) => code)], [8, ['head/behind-anchor']]);
  assert.match(schema, /^ended_waybill_[0-9a-f]{16}$/);

  // By accident nobody goes on with what has ended: not with its newest state, not without what the keys remember.
  copyFolder(backup, clusterOf(service));
  assert.equal(await service.refusedStart(), 'log/succeeded');
  rmSync(service.anchor);
  rmSync(service.originFile);
  assert.equal(await service.refusedStart(), 'log/succeeded');
  assert.deepEqual((await service.run('resume', '--continue', '--accept-size', '6')).code, 'log/succeeded');
});

test('data that went while the keys stay is refused (database/data-missing), and a successor says that nothing is left', async (t) => {
  const service = operate(t);
  await service.grow('one');
  const origin = readFileSync(service.originFile, 'utf8').trim();
  rmSync(realpathSync(join(service.folder, 'data', 'postgres')), { recursive: true });
  // The anchor is still there.
  rmSync(join(service.folder, 'data', 'postgres'), { force: true });
  assert.equal(await service.refusedStart(), 'database/data-missing');
  const gone = await service.run('resume');
  assert.deepEqual([gone.exit, gone.state, gone.code], [13, 'lost', 'database/data-missing']);
  // It went, too.
  rmSync(join(service.folder, 'data'), { recursive: true });
  assert.equal(await service.refusedStart(), 'database/data-missing');
  assert.equal(existsSync(join(service.folder, 'data', 'postgres')), false);
  const seen = await service.run('resume');
  assert.deepEqual([seen.exit, seen.state, seen.code], [13, 'lost', 'database/data-missing']);
  const opened = await service.run('resume', '--open-successor');
  assert.deepEqual([opened.exit, opened.value.predecessor], [0, { origin }]);
  assert.equal((await service.run('resume')).exit, 0);

  // Only the data went, and the link to it leads nowhere.
  const data = join(service.folder, 'data', 'postgres');
  rmSync(realpathSync(data), { recursive: true });
  rmSync(data, { force: true });
  symlinkSync(join(service.folder, 'unmounted'), data);
  assert.equal(await service.refusedStart(), 'database/data-missing');
  assert.equal((await service.run('resume')).exit, 13);
  assert.equal(lstatSync(data).isSymbolicLink(), true);
  const again = await service.run('resume', '--open-successor');
  const { origin: ended } = again.value.predecessor as { readonly origin: string };
  assert.deepEqual([again.exit, ended], [0, opened.value.successor]);
  assert.equal(await service.refusedStart(), 'started');
});

test('a log that is in order is sealed, and names its successor; nothing follows the seal (log/sealed)', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  const [receipt] = await service.grow('one');
  const origin = readFileSync(service.originFile, 'utf8').trim();
  assert.equal((await service.run('resume', '--open-successor')).code, 'resume/log-intact');
  const peer = operate(t, database);
  copyFolder(join(service.folder, 'keys'), join(peer.folder, 'keys'));
  copyFolder(join(service.folder, 'data'), join(peer.folder, 'data'));
  const sealed = await service.run('resume', '--seal');
  assert.equal(sealed.exit, 0, JSON.stringify(sealed.value));
  const { successor, logKey, predecessor, schema } = sealed.value as Opened;
  // The seal can be shown to whoever trusts the ended log, and under no other key.
  const file = join(service.folder, 'data', 'state', `sealed-${origin}.receipt.json`);
  assert.equal(sealed.value.sealReceipt, file);
  const shown = await openMachine().run('verify', file, '--log-key', receipt?.logKey ?? '', '--json');
  assert.equal(shown.exit, 0, shown.out);
  assert.deepEqual(JSON.parse(shown.out).entry.body, { logKeys: [logKey], successor });
  assert.equal((await openMachine().run('verify', file, '--log-key', logKey)).exit, 12);
  assert.deepEqual(
    [predecessor.origin, predecessor.anchored, predecessor.recovered?.size],
    [origin, predecessor.recovered, 10],
  );
  const [end, last] = await query(
    database.ownerUrl,
    `SELECT convert_from(leaf, 'UTF8') AS leaf FROM ${schema}.entry ORDER BY seq DESC LIMIT 2`,
  );
  assert.equal(JSON.parse(String(end?.leaf)).kind, 'map.committed');
  const entry = JSON.parse(String(last?.leaf));
  assert.deepEqual([entry.kind, entry.body], ['log.sealed', { logKeys: [logKey], successor }]);
  assert.deepEqual((await service.run('audit', '--ended', origin)).value.findings, []);
  assert.deepEqual((await service.run('audit')).value.findings, []);
  // The service's role cannot reach the ended log, and its owner cannot change it.
  const asService = database.setRole === undefined ? '' : `SET ROLE ${database.setRole}; `;
  await assert.rejects(query(database.serviceUrl, `${asService}SELECT 1 FROM ${schema}.entry`), { code: '42501' });
  await assert.rejects(query(database.ownerUrl, `DELETE FROM ${schema}.entry`), { code: '23001' });
  await assert.rejects(query(database.ownerUrl, `DELETE FROM ${schema}.payload`), { code: '23001' });
  const running = await service.serve();
  assert.equal((await attest(service.folder, running.url, 'anew')).entry.log, successor);
  await running.stop();
  // Another replica goes on with what this one has.
  assert.equal(await peer.refusedStart(), 'log/wrong-origin');
  copyFolder(service.originFile, peer.originFile);
  assert.equal(await peer.refusedStart(), 'anchor/wrong-origin');
  copyFolder(service.anchor, peer.anchor);
  assert.equal(await peer.refusedStart(), 'started');
});

test('a run that was cut short is run again, and ends with one successor (log/not-opened)', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  await service.grow('one', 'two');
  const origin = readFileSync(service.originFile, 'utf8').trim();
  const superuser = openSuperuser(database.adminUrl);
  await tampering('tail-cut').apply(superuser);
  await superuser.close();
  // Cut before the opening was committed: only the name of the successor is there.
  const successor = 'waybill-00000000000000aa';
  const owner = openKysely<Tables>(openPool(database.ownerUrl, { max: 1, applicationName: 'test' }));
  await setLogAside(owner, origin);
  await owner.destroy();
  assert.equal(await service.refusedStart(), 'head/behind-anchor');
  writeFileSync(service.originFile, `${origin}\n${successor}\n`);
  assert.equal(await service.refusedStart(), 'head/behind-anchor');
  const opened = await service.run('resume', '--open-successor');
  assert.equal(opened.exit, 0, JSON.stringify(opened.value));
  assert.equal(opened.value.successor, successor);
  assert.deepEqual((opened.value as Opened).predecessor.recovered?.size, 8);
  assert.equal((await service.run('resume')).exit, 0);
});

test('keys open no second log (log/missing), nor the successor that was begun and not opened (log/not-opened)', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  await service.grow('one');
  const origin = readFileSync(service.originFile, 'utf8').trim();
  await using fresh = await createTestDatabase();
  const successor = 'waybill-00000000000000bb';
  const empty = operate(t, fresh, { keysFolder: join(service.folder, 'keys') });
  assert.equal(await empty.refusedStart(), 'log/missing');
  const missing = await empty.run('resume');
  assert.deepEqual([missing.exit, missing.state, missing.code], [13, 'lost', 'log/missing']);
  await query(fresh.ownerUrl, `INSERT INTO ledger (id, origin) VALUES (1, '${successor}')`);
  const beside = operate(t, fresh, { keysFolder: join(service.folder, 'keys') });
  writeFileSync(service.originFile, `${origin}\n${successor}\n`);
  assert.equal(await beside.refusedStart(), 'log/not-opened');
  const seen = await beside.run('resume');
  assert.deepEqual([seen.exit, seen.state], [14, 'unopened']);
  assert.deepEqual((await beside.run('resume', '--continue')).code, 'log/not-opened');
  const opened = await beside.run('resume', '--open-successor');
  assert.deepEqual([opened.exit, opened.value.predecessor], [0, { origin }]);
  // The first database holds what has ended by now; one with a log of others is not ours.
  assert.equal(await service.refusedStart(), 'log/succeeded');
  assert(existsSync(service.originFile));
  writeFileSync(service.originFile, 'waybill-00000000000000cc\n');
  assert.equal(await service.refusedStart(), 'log/wrong-origin');
  assert.deepEqual((await service.run('resume')).exit, 12);
});
