import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { formatPublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Role } from '../../src/core/entry/kinds/principal-granted.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import type { Caller } from '../../src/service/caller.ts';
import type { InboxAnswer } from '../../src/service/found-answers.ts';
import { openService } from '../../src/service/open-service.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { IMAGE, MANIFEST } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LINT = encodeUtf8('{"version":"2.1.0","runs":[]}');
const later = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();

/** A shop whose image lacks a scan, the people around it, and a clock that the test moves. */
async function openShop() {
  const under = await openServiceUnderTest();
  const clock = { ahead: 0 };
  const service = openService({ ...under.context, now: () => new Date(Date.now() + clock.ahead) });
  const grant = async (
    principal: string,
    role: Role,
    person?: string,
    repositories: readonly string[] = ['shop/*'],
  ) => {
    const scope = { repositories: role === 'admin' ? ['*'] : repositories, stages: ['*'] };
    const named = person === undefined ? {} : { person };
    const granted = await service.grantPrincipal(under.admin, { principal, role, ...scope, ...named });
    assert(granted.ok, JSON.stringify(granted));
    return { principal, role, ...scope, ...named, grants: 1 } satisfies Caller;
  };
  const [ci, anna, anna2, ben, carl, nameless, dora, auditor, operator, root] = await Promise.all([
    grant('ci', 'pipeline', 'carl'),
    grant('anna', 'release-manager', 'anna'),
    grant('anna-2', 'release-manager', 'anna'),
    grant('ben', 'release-manager', 'ben'),
    grant('carl', 'release-manager', 'carl'),
    grant('nameless', 'release-manager'),
    grant('dora', 'release-manager', 'dora', ['bank/*']),
    grant('auditor', 'auditor', 'eve'),
    grant('operator', 'operator', undefined, ['bank/*']),
    grant('root', 'admin', 'root'),
  ] as const);
  const people = { ci, anna, anna2, ben, carl, nameless, dora, auditor, operator, root };
  const contract = { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'scan' }] };
  assert((await service.publishContract(under.admin, contract)).ok);
  assert((await service.signImage(people.ci, { manifest: MANIFEST, repository: 'shop/api' })).ok);
  const ask = async (over: { readonly expires?: string; readonly breakGlass?: boolean } = {}) => {
    const asked = await service.requestWaiver(people.anna, {
      digest: IMAGE,
      repository: 'shop/api',
      contract: 'shop',
      check: 'contract/stage',
      stage: 'scan',
      expires: later(3 * DAY_MS),
      breakGlass: false,
      reason: 'no fix yet',
      ...over,
    });
    assert(asked.ok, JSON.stringify(asked));
    return asked.value.waiver;
  };
  const inbox = async (caller: Caller, limit = 20): Promise<InboxAnswer> => {
    const answer = await service.readInbox(caller, { days: 7, limit });
    assert(answer.ok, JSON.stringify(answer));
    return answer.value;
  };
  const kindsOf = async (caller: Caller) => (await inbox(caller)).items.map(({ kind }) => kind);
  return {
    under,
    service,
    clock,
    ...people,
    ask,
    inbox,
    kindsOf,
    [Symbol.asyncDispose]: () => under[Symbol.asyncDispose](),
  };
}

test('a waiver waits for whoever may be its second person, until it expires or one approved it', async () => {
  await using shop = await openShop();
  const expires = later(3 * DAY_MS);
  const waiver = await shop.ask({ expires });
  const [item] = (await shop.inbox(shop.ben)).items;
  assert.deepEqual(
    [item?.kind, item?.waiver, item?.until, item?.repository, item?.digest],
    ['approve-waiver', waiver, expires, 'shop/api', IMAGE],
  );
  assert.match(item?.todo ?? '', /contract\/stage \(scan\) of sha256:/);
  // Who asked, the same person by another name, who built it, whom no grant names, and whose repositories are others.
  for (const nobody of [shop.anna, shop.anna2, shop.carl, shop.nameless, shop.dora, shop.auditor, shop.ci])
    assert.deepEqual(await shop.kindsOf(nobody), [], nobody.principal);
  assert.deepEqual(await shop.kindsOf(shop.root), ['approve-waiver']);
  assert((await shop.service.approveWaiver(shop.ben, waiver)).ok);
  assert.deepEqual(await shop.kindsOf(shop.root), ['waiver-expires']);
  assert.equal((await shop.inbox(shop.anna)).items[0]?.until, expires);
  shop.clock.ahead = 3 * DAY_MS + 1_000;
  assert.deepEqual(await shop.kindsOf(shop.anna), []);
});

test('what is to be exempted is no longer waiting for somebody who attested it meanwhile', async () => {
  await using shop = await openShop();
  await shop.ask();
  assert.deepEqual(await shop.kindsOf(shop.ben), ['approve-waiver']);
  const { service, under } = shop;
  const builder = {
    principal: 'ben-builds',
    role: 'pipeline',
    repositories: ['shop/*'],
    stages: ['*'],
    person: 'ben',
  } as const;
  assert((await service.grantPrincipal(under.admin, builder)).ok);
  const place = { subject: IMAGE, repository: 'shop/api', stage: 'scan' };
  assert((await service.submitAttestation({ ...builder, grants: 1 }, { body: LINT, ...place })).ok);
  assert.deepEqual(await shop.kindsOf(shop.ben), []);
});

test('a broken glass is in everybody’s inbox who decides or checks there, until its 24 hours are over', async () => {
  await using shop = await openShop();
  const waiver = await shop.ask({ breakGlass: true });
  for (const caller of [shop.anna, shop.ben, shop.carl, shop.auditor, shop.root]) {
    const [item] = (await shop.inbox(caller)).items;
    assert.deepEqual([item?.kind, item?.waiver], ['break-glass', waiver], caller.principal);
    const left = Date.parse(item?.until ?? '') - Date.now();
    assert(left > 23 * HOUR_MS && left <= 24 * HOUR_MS);
    const approves = [shop.ben, shop.root].some(({ principal }) => principal === caller.principal);
    assert.match(item?.todo ?? '', approves ? /^Approve or revoke/ : /^See that a second person/);
  }
  assert.deepEqual(await shop.kindsOf(shop.dora), []);
  shop.clock.ahead = DAY_MS + 1_000;
  assert.deepEqual(await shop.kindsOf(shop.ben), []);
});

test('the newest image of a repository whose last verdict is fail waits for whoever mends, and one that runs', async () => {
  await using shop = await openShop();
  const { service } = shop;
  const question = { digest: IMAGE, repository: 'shop/api' };
  const failed = await service.recordVerdict(shop.ci, question);
  assert(failed.ok);
  const [item] = (await shop.inbox(shop.anna)).items;
  assert.deepEqual([item?.kind, item?.digest, item?.seq], ['image-fails', IMAGE, failed.value.recorded.seq]);
  assert.deepEqual(await shop.kindsOf(shop.ci), ['image-fails']);
  assert.deepEqual([await shop.kindsOf(shop.auditor), await shop.kindsOf(shop.dora)], [[], []]);
  // Mended, and released; then another contract asks for more of it, and another image is the newest.
  const place = { subject: IMAGE, repository: 'shop/api', stage: 'scan' };
  assert((await service.submitAttestation(shop.ci, { body: LINT, ...place })).ok);
  assert((await service.releaseImage(shop.anna, { ...question, environment: 'production' })).ok);
  assert.deepEqual(await shop.kindsOf(shop.anna), []);
  const stricter = { contract: 'more', repositories: ['shop/*'], stages: [{ stage: 'review' }] };
  assert((await service.publishContract(shop.under.admin, stricter)).ok);
  const other = encodeUtf8(new TextDecoder().decode(MANIFEST).replace('1'.repeat(64), '2'.repeat(64)));
  assert((await service.signImage(shop.ci, { manifest: other, repository: 'shop/api' })).ok);
  assert((await service.recordVerdict(shop.ci, question)).ok);
  const [running] = (await shop.inbox(shop.anna)).items;
  assert.deepEqual([running?.digest, running?.environments], [IMAGE, ['production']]);
  assert((await service.retireImage(shop.anna, question)).ok);
  assert.deepEqual(await shop.kindsOf(shop.anna), [], 'it neither runs nor is it the newest');
  const newest = { digest: `sha256:${createHash('sha256').update(other).digest('hex')}`, repository: 'shop/api' };
  assert((await service.recordVerdict(shop.ci, newest)).ok);
  assert.deepEqual(await shop.kindsOf(shop.anna), ['image-fails']);
  assert((await service.retireImage(shop.anna, newest)).ok);
  assert.deepEqual(await shop.kindsOf(shop.anna), [], 'it is the newest, and nobody can mend it any more');
  shop.clock.ahead = 8 * DAY_MS;
  assert.deepEqual(await shop.kindsOf(shop.ci), [], 'what failed long ago is no news');
});

test('a run that ends within the hour waits for its pipeline, and none that was closed or has time left', async () => {
  await using shop = await openShop();
  const open = async (lifetimeSeconds: number) => {
    const run = { repository: 'shop/api', commit: '5b'.repeat(20), lifetimeSeconds };
    const opened = await shop.service.openRun(shop.ci, run);
    assert(opened.ok);
    return opened.value.run;
  };
  const [soon, closed] = [await open(600), await open(600)];
  await open(7_200);
  assert((await shop.service.closeRun(shop.ci, closed, 'succeeded')).ok);
  const { items } = await shop.inbox(shop.ci);
  assert.deepEqual(
    items.map(({ kind, run, repository }) => [kind, run, repository]),
    [['run-expires', soon, 'shop/api']],
  );
  assert.deepEqual([await shop.kindsOf(shop.anna), await shop.kindsOf(shop.root)], [[], ['run-expires']]);
});

test('a key that is due, or soon too old, waits for whoever runs the service there', async () => {
  await using shop = await openShop();
  const register = async (ages: { readonly ageSecondsWarn?: number; readonly ageSecondsMax?: number }) => {
    const key = signingKey(generateKeyPairSync('ed25519').privateKey);
    const request = {
      publicKeyPem: formatPublicKeyPem(key.publicKey),
      repositories: ['shop/*'],
      stages: ['*'],
      ...ages,
    };
    assert((await shop.service.registerSigner(shop.under.admin, request)).ok);
    return key.signer;
  };
  const ending = await register({ ageSecondsMax: 86_400 });
  const due = await register({ ageSecondsWarn: 3_600 });
  await register({ ageSecondsMax: 30 * 86_400 });
  await register({});
  assert.deepEqual(
    (await shop.inbox(shop.root)).items.map(({ signer }) => signer),
    [ending],
  );
  shop.clock.ahead = 2 * HOUR_MS;
  const { items } = await shop.inbox(shop.root);
  assert.deepEqual(
    items.map(({ kind, signer, until }) => [kind, signer, until !== undefined]),
    [
      ['signer-ages', ending, true],
      ['signer-ages', due, false],
    ],
  );
  assert.deepEqual(await shop.kindsOf(shop.operator), [], 'its repositories are others');
});

test('a change of trust waits for another administrator, and not for the one who proposed it', async () => {
  await using shop = await openShop();
  const { service, root, under } = shop;
  const second = { principal: 'second', role: 'admin', repositories: ['*'], stages: ['*'], person: 'second' } as const;
  assert((await service.grantPrincipal(under.admin, second)).ok);
  const proposed = await service.proposeChange(root, { kind: 'settings.changed', body: { dualControl: true } });
  assert(proposed.ok);
  const [item] = (await shop.inbox({ ...second, grants: 1 })).items;
  assert.deepEqual([item?.kind, item?.change, item?.seq], ['confirm-change', 'trust', proposed.value.seq]);
  assert.deepEqual([await shop.kindsOf(root), await shop.kindsOf(shop.anna)], [[], []]);
  assert((await service.changeSettings({ ...second, grants: 1 }, { dualControl: true })).ok);
  assert.deepEqual(await shop.kindsOf({ ...second, grants: 1 }), []);
});

test('what is due first comes first, and more of a kind than asked for is said', async () => {
  await using shop = await openShop();
  const expiries = [3, 1, 2].map((days) => later(days * DAY_MS));
  for (const expires of expiries) await shop.ask({ expires });
  const { items, more } = await shop.inbox(shop.ben, 2);
  assert.deepEqual(
    items.map(({ until }) => until),
    [expiries[1], expiries[2]],
  );
  assert.deepEqual(more, ['approve-waiver']);
  assert.deepEqual((await shop.inbox(shop.ben)).more, []);
});

test('what others may not decide takes no place from what they may, and what was not looked at is said', async () => {
  await using shop = await openShop();
  const oldest = await shop.ask();
  const request = { digest: IMAGE, repository: 'shop/api', contract: 'shop', check: 'contract/stage', stage: 'scan' };
  for (let count = 0; count < 3; count += 1) {
    const own = { ...request, expires: later(2 * DAY_MS), breakGlass: false, reason: `again ${count}` };
    assert((await shop.service.requestWaiver(shop.ben, own)).ok);
  }
  const { items, more } = await shop.inbox(shop.ben, 1);
  assert.deepEqual([items.map(({ waiver }) => waiver), more], [[oldest], []]);

  const { projections } = shop.under.context;
  const [own] = await projections.waivers({ globs: ['*'], state: 'requested', now: later(0), limit: 1 });
  assert(own !== undefined);
  const crowded = Object.create(projections, { waivers: { value: async () => Array(201).fill(own) } });
  const asked = await openService({ ...shop.under.context, projections: crowded }).readInbox(shop.ben, {
    days: 7,
    limit: 1,
  });
  assert(asked.ok);
  assert.deepEqual(
    asked.value.items.filter(({ kind }) => kind === 'approve-waiver'),
    [],
  );
  assert(asked.value.more.includes('approve-waiver'));
});

test('a line that was written into a projection is named (database/projection-differs)', async () => {
  await using shop = await openShop();
  const superuser = openSuperuser(shop.under.database.adminUrl);
  try {
    await sql`INSERT INTO opened_run (seq, run, repository, commit, expires_at)
      VALUES (1, 'r-ghost', 'shop/api', ${'a'.repeat(40)}, now() + interval '10 minutes')`.execute(superuser.database);
    await assertRefused(shop.service.readInbox(shop.ci, { days: 7, limit: 5 }), 'database/projection-differs');
    await sql`INSERT INTO recorded_verdict (digest, repository, seq, verdict)
      VALUES (${IMAGE}, 'shop/api', 1, 'fail')`.execute(superuser.database);
    await assertRefused(shop.service.readInbox(shop.anna, { days: 7, limit: 5 }), 'database/projection-differs');
  } finally {
    await superuser.close();
  }
});
