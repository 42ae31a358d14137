import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { TAG_ANNOTATION } from '../../src/core/image/tags.ts';
import { openKysely, openPool } from '../../src/postgres/pool.ts';
import { rebuildProjections } from '../../src/postgres/rebuild-projections.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import type { Caller } from '../../src/service/caller.ts';
import type { SearchHit } from '../../src/service/found-answers.ts';
import { openService } from '../../src/service/open-service.ts';
import type { Service } from '../../src/service/service.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

const COMMIT = `5bcd${'0'.repeat(36)}`;
const ONLY_ATTESTED = `5bcd${'1'.repeat(36)}`;

function manifest(number: number): Uint8Array {
  return encodeUtf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: `sha256:${String(number).padStart(64, '0')}`,
        size: 2,
      },
      layers: [],
    }),
  );
}

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const [FIRST, SECOND] = [manifest(1), manifest(2)];
/** Signed in this order: the tag 1.4.2 of shop/tool moved. */
const TAGGED = [
  ['shop/tool', 4, '1.4.2'],
  ['shop/tool', 5, '1.4.2'],
  ['bank/tool', 4, '1.4.2-RC'],
  ['shop/tool', 6, 'not a tag'],
] as const;
const LINT = encodeUtf8('{"version":"2.1.0","runs":[]}');

describe('over a ledger of two repositories', () => {
  let under: ServiceUnderTest;
  let service: Service;
  let run = '';

  async function hits(text: string, caller: Caller = under.admin, limit = 10): Promise<readonly SearchHit[]> {
    const found = await service.search(caller, text, limit);
    assert(found.ok, JSON.stringify(found));
    return found.value.items;
  }
  const within = (...repositories: readonly string[]): Caller => ({
    ...under.admin,
    role: 'release-manager',
    repositories,
  });

  before(async () => {
    under = await openServiceUnderTest();
    service = openService(under.context);
    const { admin } = under;
    const contract = { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'lint' }] };
    assert((await service.publishContract(admin, contract)).ok);
    const opened = await service.openRun(admin, { repository: 'shop/api', commit: COMMIT });
    assert(opened.ok);
    run = opened.value.run;
    for (const repository of ['shop/api', 'shop/web', 'bank/api'])
      assert((await service.signImage(admin, { manifest: FIRST, repository })).ok);
    const tagged = (repository: string, number: number, tag: string) =>
      service.signImage(admin, { manifest: manifest(number), repository, annotations: { [TAG_ANNOTATION]: tag } });
    assert((await service.signImage(admin, { manifest: SECOND, repository: 'shop/api' })).ok);
    for (const [repository, number, tag] of TAGGED) assert((await tagged(repository, number, tag)).ok);
    const attested = [
      { subject: digestOf(manifest(3)), repository: 'shop/api' },
      { subject: `gitCommit:${ONLY_ATTESTED}`, repository: 'shop/lib' },
    ];
    for (const place of attested)
      assert((await service.submitAttestation(admin, { body: LINT, stage: 'lint', ...place })).ok);
  });
  after(() => under[Symbol.asyncDispose]());

  test('an image is found by the beginning of its digest, in each repository that the caller may read', async () => {
    const digest = digestOf(FIRST);
    for (const text of [digest, digest.slice(0, 'sha256:'.length + 4), digest.slice('sha256:'.length, 20)]) {
      const images = (await hits(text)).filter(({ type }) => type === 'image');
      assert.deepEqual(
        images.flatMap((hit) => (hit.type === 'image' && hit.digest === digest ? [hit.repository] : [])),
        ['bank/api', 'shop/api', 'shop/web'],
      );
    }
    const scoped = await hits(digest, within('shop/*'));
    assert.deepEqual(
      scoped.map((hit) => 'repository' in hit && hit.repository),
      ['shop/api', 'shop/web'],
    );
    assert.deepEqual(await hits(digest, within('shop/ap')), []);
    const named = await hits(`shop/web@${digest}`);
    assert.deepEqual(named.length, 1);
    assert.deepEqual(await hits(`bank/api@${digest}`, within('shop/*')), []);
    const judged = await service.recordVerdict(under.admin, { digest, repository: 'shop/web' });
    assert(judged.ok);
    const [hit] = await hits(`shop/web@${digest}`);
    assert.equal(hit?.type === 'image' && hit.verdict, 'fail');
    assert.match((hit?.type === 'image' && hit.signedAt) || '', /^20/);
  });

  test('an image that was only attested is found by its whole digest, and says that it was never signed', async () => {
    const digest = digestOf(manifest(3));
    assert.deepEqual(await hits(digest), [{ type: 'image', digest, repository: 'shop/api' }]);
    assert.deepEqual(
      (await hits(digest.slice(0, -1))).filter(({ type }) => type === 'image'),
      [],
    );
  });

  test('an image is found by the tag that its signature names, the newest first, as it was typed', async () => {
    const tags = async (text: string, caller?: Caller) =>
      (await hits(text, caller)).flatMap((hit) => (hit.type === 'tag' ? [[hit.repository, hit.tag, hit.digest]] : []));
    const [first, second, third] = TAGGED.map(([repository, number, tag]) => [
      repository,
      tag,
      digestOf(manifest(number)),
    ]);
    assert.deepEqual(await tags('1.4'), [second, first, third]);
    assert.deepEqual(await tags('1.4.2-R'), [third]);
    assert.deepEqual(await tags('1.4.2-rc'), []);
    assert.deepEqual(await tags('shop/tool:1.4'), [second, first]);
    assert.deepEqual(await tags('1.4', within('bank/*')), [third]);
    assert.deepEqual(await tags('bank/tool:1.4', within('shop/*')), []);
    assert.deepEqual(await tags('not'), []);
  });

  test('commits are found by runs, or by the whole of them where they were only attested', async () => {
    const counted = { type: 'commit', commit: COMMIT, repository: 'shop/api', runs: 1 };
    assert.deepEqual(await hits('5bcd'), [counted]);
    assert.deepEqual(await hits(`gitCommit:${COMMIT}`, within('shop/*')), [counted]);
    assert.deepEqual(await hits(COMMIT, within('bank/*')), []);
    assert.deepEqual(await hits(ONLY_ATTESTED), [
      { type: 'commit', commit: ONLY_ATTESTED, repository: 'shop/lib', runs: 0 },
    ]);
  });

  test('a run is found by its id, with how it ended', async () => {
    assert.deepEqual(await hits(run), [{ type: 'run', run, repository: 'shop/api', commit: COMMIT, state: 'open' }]);
    assert.deepEqual(await hits(run.slice(0, 8), within('bank/*')), []);
    assert((await service.closeRun(under.admin, run, 'failed')).ok);
    const [hit] = await hits(run);
    assert.equal(hit?.type === 'run' && hit.state, 'failed');
  });

  test('signers and contracts are found by everybody, repositories by those who may read them', async () => {
    const { signer } = under.keys.image;
    assert.deepEqual(
      (await hits(signer.slice(0, 10), within('nothing/here'))).map(({ type }) => type),
      ['signer'],
    );
    const named = async (text: string, caller?: Caller) =>
      (await hits(text, caller)).map((hit) =>
        hit.type === 'repository' ? hit.repository : hit.type === 'contract' ? `contract ${hit.contract}` : hit.type,
      );
    assert.deepEqual(await named('shop'), ['shop/api', 'shop/lib', 'shop/tool', 'shop/web', 'contract shop']);
    assert.deepEqual(await named('SHOP/'), ['shop/api', 'shop/lib', 'shop/tool', 'shop/web']);
    assert.deepEqual(await named('shop', within('shop/api')), ['shop/api', 'contract shop']);
    assert.deepEqual(await named('bank/', within('shop/*')), []);
    assert.deepEqual(await named('shop_'), []);
  });

  test('more of a type than asked for is said, and the first of them are shown', async () => {
    const found = await service.search(under.admin, 'shop/', 2);
    assert(found.ok);
    assert.deepEqual(found.value.more, ['repository']);
    assert.deepEqual(
      found.value.items.map((hit) => hit.type === 'repository' && hit.repository),
      ['shop/api', 'shop/lib'],
    );
  });

  test('a rebuild finds the same again', async () => {
    const texts = ['shop', '5bcd', '1.4', digestOf(FIRST), run.slice(0, 4)];
    const before = await Promise.all(texts.map((text) => hits(text)));
    const owner = openKysely<Tables>(openPool(under.database.ownerUrl, { max: 1, applicationName: 'rebuild' }));
    const names = sql`SELECT area, name, seq FROM known_name ORDER BY area, name`;
    const known = (await names.execute(owner)).rows;
    await rebuildProjections(owner);
    assert.deepEqual((await names.execute(owner)).rows, known);
    await owner.destroy();
    assert.deepEqual(await Promise.all(texts.map((text) => hits(text))), before);
  });

  test('repositories are listed by name with what was last done in them, page by page', async () => {
    const names = async (caller: Caller, limit: number) => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await service.listRepositories(caller, { limit, ...(cursor === undefined ? {} : { cursor }) });
        assert(page.ok, JSON.stringify(page));
        found.push(...page.value.items.map(({ repository }) => repository));
        cursor = page.value.next;
      } while (cursor !== undefined);
      return found;
    };
    const all = ['bank/api', 'bank/tool', 'shop/api', 'shop/lib', 'shop/tool', 'shop/web'];
    for (const limit of [1, 3, 50]) assert.deepEqual(await names(under.admin, limit), all);
    assert.deepEqual(await names(within('shop/*'), 1), all.slice(2));
    assert.deepEqual(await names(within('shop'), 1), []);
    const page = await service.listRepositories(within('shop/*'), { limit: 10 });
    assert(page.ok);
    const [api, lib, , web] = page.value.items;
    assert.deepEqual([api?.images, lib?.images, web?.images], [2, 0, 1]);
    assert.equal(api?.newest?.digest, digestOf(SECOND));
    assert.deepEqual([lib?.newest, lib?.activeAt, lib?.verdict], [undefined, undefined, undefined]);
    assert.deepEqual([web?.verdict?.digest, web?.verdict?.verdict], [digestOf(FIRST), 'fail']);
    assert.equal(web?.activeAt, web?.verdict?.time);
    for (const cursor of [
      'x',
      Buffer.from('Shop').toString('base64url'),
      `${Buffer.from('shop').toString('base64')}=`,
    ]) {
      const refused = await service.listRepositories(under.admin, { limit: 1, cursor });
      assert.equal(refused.ok ? undefined : refused.fault.code, 'http/malformed-parameter', cursor);
    }
  });
});
