import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { formatPublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import { signRotation } from '../../src/keys/sign-rotation.ts';
import { openKysely, openPool } from '../../src/postgres/pool.ts';
import { rebuildProjections } from '../../src/postgres/rebuild-projections.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import type { ImpactItem } from '../../src/service/answers.ts';
import type { Caller } from '../../src/service/caller.ts';
import { openService } from '../../src/service/open-service.ts';
import type { SigningKey } from '../../src/service/ports.ts';
import type { Service } from '../../src/service/service.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { audit, codesOf, growLedger, IMAGE, MANIFEST } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { signedStatement } from './signed-statement.ts';

const ADMIN = { principal: 'bootstrap-admin', role: 'admin', repositories: ['*'], stages: ['*'], grants: 1 } as const;
const SCOPE = { repositories: ['*'], stages: ['*'] };
const PLACES = [
  ['shop/api', 'build'],
  ['shop/api', 'test'],
  ['shop/web', 'build'],
  ['team/tool', 'build'],
] as const;
const codeOf = (result: { readonly ok: boolean; readonly fault?: { readonly code: string } }) => result.fault?.code;
const digestAt = (number: number) => `sha256:${String(number).padStart(64, '0')}`;

async function openAttested() {
  const under = await openServiceUnderTest();
  await growLedger(under, 1);
  const service = openService(under.context);
  const [key, other] = [newKey(), newKey()];
  for (const { publicKey } of [key, other])
    assert((await service.registerSigner(ADMIN, { publicKeyPem: formatPublicKeyPem(publicKey), ...SCOPE })).ok);
  const times: string[] = [];
  for (const [number, [repository, stage]] of PLACES.entries()) {
    await attest(service, key, { digest: digestAt(number % 2), repository, stage });
    await attest(service, other, { digest: digestAt(number % 2), repository, stage: 'scan' });
    times.push(new Date(Date.now() + 1).toISOString());
    await new Promise((resume) => setTimeout(resume, 5));
  }
  return { under, service, key, other, times };
}

function newKey(): SigningKey {
  return signingKey(generateKeyPairSync('ed25519').privateKey);
}

async function attest(service: Service, key: SigningKey, place: Parameters<typeof signedStatement>[1]): Promise<void> {
  const attested = await service.submitAttestation(ADMIN, { body: signedStatement(key, place) });
  assert(attested.ok, JSON.stringify(attested));
}

/** Every item, page by page of this size. */
async function impactOf(service: Service, signer: string, since?: string, limit = 2, caller: Caller = ADMIN) {
  const items: ImpactItem[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await service.readImpact(caller, signer, {
      limit,
      ...(cursor === undefined ? {} : { cursor }),
      ...(since === undefined ? {} : { since }),
    });
    assert(page.ok, JSON.stringify(page));
    items.push(...page.value.items);
    cursor = page.value.next;
    if (cursor === undefined) return { ...page.value, items };
  }
}

const placesOf = (items: readonly ImpactItem[]) => items.map(({ repository, stage }) => [repository, stage]);

test('names each subject that a key signed since a time, and nothing of another key, page by page', async () => {
  const { under, service, key, times } = await openAttested();
  await using _ = under;
  const all = await impactOf(service, key.signer);
  assert.deepEqual(placesOf(all.items), PLACES);
  assert.deepEqual([all.revoked, all.signers], [false, [key.signer]]);
  assert(
    all.items.every(({ saved }) => !saved),
    'as if it were revoked since then',
  );
  for (const limit of [1, 3, 200])
    assert.deepEqual((await impactOf(service, key.signer, undefined, limit)).items, all.items);
  const later = await impactOf(service, key.signer, times[1]);
  assert.deepEqual(placesOf(later.items), PLACES.slice(2));
  assert.deepEqual((await impactOf(service, key.signer, '2999-01-01T00:00:00.000Z')).items, []);
  const images = await impactOf(service, under.context.keys.image.signer);
  assert.deepEqual(
    images.items.map(({ subject, stage }) => [subject, stage]),
    [[IMAGE, undefined]],
  );
});

test('what was recorded before the revocation takes effect is saved, under a checkpoint that covers it', async () => {
  const { under, service, key, times } = await openAttested();
  await using _ = under;
  const [, second = ''] = times;
  assert((await service.revokeSigner(ADMIN, key.signer, second)).ok);
  const since = await impactOf(service, key.signer);
  assert.deepEqual([since.since, since.effective, since.revoked], [second, second, true]);
  assert.deepEqual(placesOf(since.items), PLACES.slice(2));
  const all = await impactOf(service, key.signer, '2020-01-01T00:00:00.000Z');
  assert.deepEqual(
    all.items.map(({ saved }) => saved),
    [true, true, false, false],
  );
  for (const { seq, checkpoint } of all.items) {
    assert(checkpoint > seq);
    assert((await service.readPublishedCheckpoint(ADMIN, checkpoint)).ok, 'it was published');
  }
});

test('keys that the key vouched for since then are part of it, and earlier ones are not', async () => {
  const { under, service, key, times } = await openAttested();
  await using _ = under;
  const [next, third] = [newKey(), newKey()];
  const terms = { log: service.origin, until: new Date().toISOString(), ...SCOPE };
  assert((await service.rotateSigner(ADMIN, key.signer, JSON.parse(signRotation(key, next, terms)))).ok);
  await attest(service, next, { digest: digestAt(7), repository: 'shop/api', stage: 'late' });
  assert((await service.rotateSigner(ADMIN, next.signer, JSON.parse(signRotation(next, third, terms)))).ok);
  await attest(service, third, { digest: digestAt(8), repository: 'shop/api', stage: 'late' });
  const since = await impactOf(service, key.signer, times[3], 1);
  assert.deepEqual(since.signers, [key.signer, next.signer, third.signer]);
  assert.deepEqual(
    since.items.map(({ signer, saved }) => [signer, saved]),
    [
      [next.signer, false],
      [third.signer, false],
    ],
  );
  const after = new Date(Date.now() + 10).toISOString();
  assert((await service.revokeSigner(ADMIN, key.signer, after)).ok);
  assert.deepEqual((await impactOf(service, key.signer, times[3])).signers, [key.signer]);
});

test('everybody sees what lies in their scope, and an unknown signer or a strange cursor is refused', async () => {
  const { under, service, key } = await openAttested();
  await using _ = under;
  const seen = async (repositories: readonly string[]) =>
    placesOf((await impactOf(service, key.signer, undefined, 1, { ...ADMIN, role: 'pipeline', repositories })).items);
  assert.deepEqual(await seen(['shop/*']), PLACES.slice(0, 3));
  assert.deepEqual(await seen(['team/tool', 'shop/web']), PLACES.slice(2));
  assert.deepEqual(await seen(['shop/ap']), []);
  assert.equal(codeOf(await service.readImpact(ADMIN, 'ab'.repeat(32), { limit: 1 })), 'signer/unknown');
  for (const cursor of ['1', 'x:y', `01:${IMAGE}`, `9999999999999999:${IMAGE}`]) {
    const refused = await service.readImpact(ADMIN, key.signer, { limit: 1, cursor });
    assert.equal(codeOf(refused), 'http/malformed-parameter', cursor);
  }
});

test('a line that was lost or changed is found by the audit, written again by a rebuild, and changes no verdict', async () => {
  const { under, service, key, other } = await openAttested();
  await using _ = under;
  const before = await impactOf(service, key.signer);
  const question = { digest: digestAt(0), repository: 'shop/api' };
  const verdict = await service.verifyCustody(ADMIN, question);
  const superuser = openSuperuser(under.database.adminUrl);
  const [first, second] = before.items;
  await sql`DELETE FROM recorded_subject WHERE seq = ${first?.seq}`.execute(superuser.database);
  await sql`UPDATE recorded_subject SET signer = (SELECT signer FROM recorded_subject WHERE seq = ${second?.seq})
    WHERE seq = ${before.items[3]?.seq} - 2`.execute(superuser.database);
  await superuser.close();
  const options = { origin: service.origin, authenticator: under.keys.headAuthenticator };
  assert.deepEqual(codesOf(await audit(under.database.ownerUrl, options)), ['database/projection-differs']);
  await assertRefused(service.readImpact(ADMIN, key.signer, { limit: 200 }), 'database/projection-differs');
  const judged = await service.verifyCustody(ADMIN, question);
  assert(verdict.ok && judged.ok);
  assert.deepEqual([judged.value.verdict, judged.value.timeline], [verdict.value.verdict, verdict.value.timeline]);
  const owner = openKysely<Tables>(openPool(under.database.ownerUrl, { max: 1, applicationName: 'rebuild' }));
  await rebuildProjections(owner);
  await owner.destroy();
  assert.deepEqual((await impactOf(service, key.signer)).items, before.items);
  assert.equal((await impactOf(service, other.signer)).items.length, PLACES.length);
  assert.deepEqual(codesOf(await audit(under.database.ownerUrl, options)), []);
});

test('with each entry come the releases of its image that were made after it, and where each stands', async () => {
  const { under, service, key } = await openAttested();
  await using _ = under;
  const contract = { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'build' }] };
  assert((await service.publishContract(ADMIN, contract)).ok);
  const released: number[] = [];
  const release = async (repository: string, environment: string) => {
    const answer = await service.releaseImage(ADMIN, { digest: IMAGE, repository, environment });
    assert(answer.ok, JSON.stringify(answer));
    released.push(answer.value.seq);
  };
  const signed = async (repository: string) =>
    assert((await service.signImage(ADMIN, { manifest: MANIFEST, repository })).ok);
  await signed('shop/api');
  await attest(service, key, { digest: IMAGE, repository: 'shop/api', stage: 'build' });
  await release('shop/api', 'staging');
  await attest(service, key, { digest: IMAGE, repository: 'shop/api', stage: 'test' });
  await release('shop/api', 'production');
  await signed('shop/web');
  await attest(service, key, { digest: IMAGE, repository: 'shop/web', stage: 'build' });
  await release('shop/web', 'staging');
  assert((await service.retireImage(ADMIN, { digest: IMAGE, repository: 'shop/api', environment: 'staging' })).ok);
  const [first, second, third] = released;
  const expected = [
    ['shop/api', 'build', [second, 'production', 'current'], [first, 'staging', 'retired']],
    ['shop/api', 'test', [second, 'production', 'current']],
    ['shop/web', 'build', [third, 'staging', 'current']],
  ];
  const shown = async () =>
    (await impactOf(service, key.signer)).items
      .filter(({ subject }) => subject === IMAGE)
      .map(({ repository, stage, releases }) => [
        repository,
        stage,
        ...releases.map(({ seq, environment, state }) => [seq, environment, state]),
      ]);
  assert.deepEqual(await shown(), expected);
  const others = (await impactOf(service, key.signer)).items.filter(({ subject }) => subject !== IMAGE);
  assert(others.length > 0 && others.every(({ releases }) => releases.length === 0));
  // A line of the projection that names another entry is not shown as a release, and the audit finds it.
  const superuser = openSuperuser(under.database.adminUrl);
  await sql`UPDATE recorded_release SET digest = ${digestAt(0)} WHERE seq = ${second}`.execute(superuser.database);
  await superuser.close();
  assert.deepEqual((await impactOf(service, key.signer)).items[0]?.releases, []);
  const options = { origin: service.origin, authenticator: under.keys.headAuthenticator };
  assert.deepEqual(codesOf(await audit(under.database.ownerUrl, options)), ['database/projection-differs']);
});

test('with an entry about a commit come the releases of the images that runs of it built', async () => {
  const { under, service, key } = await openAttested();
  await using _ = under;
  const [repository, commit] = ['shop/api', '5b'.repeat(20)];
  const contract = { contract: 'shop', repositories: ['shop/*'], stages: [] };
  assert((await service.publishContract(ADMIN, contract)).ok);
  const early = await service.releaseImage(ADMIN, { digest: IMAGE, repository, environment: 'staging' });
  assert(early.ok, JSON.stringify(early));
  const opened = await service.openRun(ADMIN, { repository, commit });
  assert(opened.ok, JSON.stringify(opened));
  const { run } = opened.value;
  assert((await service.signImage(ADMIN, { manifest: MANIFEST, repository, run })).ok);
  const body = signedStatement(key, { commit, repository, stage: 'review' });
  const attested = await service.submitAttestation(ADMIN, { body });
  assert(attested.ok, JSON.stringify(attested));
  assert((await service.closeRun(ADMIN, run, 'succeeded')).ok);
  const late = await service.releaseImage(ADMIN, { digest: IMAGE, repository, environment: 'production' });
  assert(late.ok, JSON.stringify(late));
  const releases = async () =>
    (await impactOf(service, key.signer)).items
      .filter(({ subject }) => subject === `gitCommit:${commit}`)
      .map((item) => item.releases.map(({ seq, environment, digest }) => [seq, environment, digest]));
  assert.deepEqual(await releases(), [[[late.value.seq, 'production', IMAGE]]]);
  // A run that the projection says to be of the commit, and that is not, leads to nothing.
  const superuser = openSuperuser(under.database.adminUrl);
  await sql`UPDATE opened_run SET run = ${'r-other'} WHERE run = ${run}`.execute(superuser.database);
  await sql`UPDATE list_entry SET key = ${'run:r-other'} WHERE key = ${`run:${run}`}`.execute(superuser.database);
  await sql`UPDATE opened_run SET seq = 0 WHERE run = ${'r-other'}`.execute(superuser.database);
  await superuser.close();
  assert.deepEqual(await releases(), [[]]);
});
