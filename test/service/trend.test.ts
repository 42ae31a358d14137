import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Page } from '../../src/service/answers.ts';
import type { Caller } from '../../src/service/caller.ts';
import type { TrendPoint } from '../../src/service/found-answers.ts';
import { openService } from '../../src/service/open-service.ts';
import type { Service } from '../../src/service/service.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

const REPOSITORY = 'shop/api';
const IMAGES = 4;

function manifest(number: number): Uint8Array {
  return encodeUtf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 7 },
      layers: [
        {
          mediaType: 'application/vnd.oci.image.layer.v1.tar',
          digest: `sha256:${'2'.repeat(64)}`,
          size: 1_000 * number,
        },
      ],
    }),
  );
}

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const sbom = (components: number) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  components: Array.from({ length: components }, (_, n) => ({ type: 'library', name: `part-${n}`, version: '1' })),
});
const scan = (vulnerabilities: number) => ({
  SchemaVersion: 2,
  ArtifactName: REPOSITORY,
  Results: [
    {
      Class: 'os-pkgs',
      Vulnerabilities: Array.from({ length: vulnerabilities }, (_, n) => ({
        VulnerabilityID: `CVE-2024-000${n}`,
        PkgName: 'openssl',
        PkgIdentifier: { PURL: 'pkg:deb/debian/openssl@3.0.11' },
        Severity: 'HIGH',
      })),
    },
  ],
});

describe('over a repository of some images', () => {
  let under: ServiceUnderTest;
  let service: Service;

  async function trend(request: { readonly limit?: number; readonly cursor?: string } = {}, caller?: Caller) {
    const page = await service.readTrend(caller ?? under.admin, { repository: REPOSITORY, limit: 50, ...request });
    assert(page.ok, JSON.stringify(page));
    return page.value as Page<TrendPoint>;
  }
  async function attest(number: number, stage: string, document: object) {
    const place = { subject: digestOf(manifest(number)), repository: REPOSITORY, stage };
    const attested = await service.submitAttestation(under.admin, {
      body: encodeUtf8(JSON.stringify(document)),
      ...place,
    });
    assert(attested.ok, JSON.stringify(attested));
  }

  before(async () => {
    under = await openServiceUnderTest();
    service = openService(under.context);
    for (let number = 1; number <= IMAGES; number += 1) {
      const signed = { manifest: manifest(number), repository: REPOSITORY };
      assert((await service.signImage(under.admin, signed)).ok);
      if (number > 1) await attest(number, 'sbom', sbom(number));
    }
  });
  after(() => under[Symbol.asyncDispose]());

  test('each image has its numbers, the newest first, and what nothing states is missing', async () => {
    const { items, next } = await trend();
    assert.equal(next, undefined);
    assert.deepEqual(
      items.map(({ digest, intact, facts }) => [digest, intact, facts]),
      [4, 3, 2, 1].map((number) => [
        digestOf(manifest(number)),
        true,
        { bytes: 1_000 * number + 7, layers: 1, ...(number === 1 ? {} : { components: number }) },
      ]),
    );
  });

  test('a page goes on where the one before ended', async () => {
    const first = await trend({ limit: 3 });
    const second = await trend({ limit: 3, cursor: String(first.next) });
    assert.deepEqual([...first.items, ...second.items], (await trend()).items);
    assert.equal(second.next, undefined);
  });

  test('a page that takes long ends early, and is gone on with', async () => {
    let now = Date.now();
    // Four seconds go by whenever the clock is read.
    const clock = () => {
      now += 4_000;
      return new Date(now);
    };
    const slow = openService({ ...under.context, now: clock });
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const request = { repository: REPOSITORY, limit: 50, ...(cursor === undefined ? {} : { cursor }) };
      const page = await slow.readTrend(under.admin, request);
      assert(page.ok, JSON.stringify(page));
      assert(page.value.items.length > 0, 'every page shows something');
      seen.push(...page.value.items.map(({ digest }) => digest));
      cursor = page.value.next;
      pages += 1;
    } while (cursor !== undefined);
    assert(pages > 1);
    assert.deepEqual(
      seen,
      [4, 3, 2, 1].map((number) => digestOf(manifest(number))),
    );
  });

  test('what is attested later is in the next answer, though numbers are kept', async () => {
    assert.equal((await trend()).items[0]?.facts?.vulnerabilities, undefined);
    await attest(IMAGES, 'scan', scan(2));
    const { list: _list, ...numbers } = { list: 0, ...(await trend()).items[0]?.facts?.vulnerabilities };
    assert.deepEqual(numbers, {
      total: 2,
      critical: 0,
      high: 2,
      medium: 0,
      low: 0,
      negligible: 0,
      unknown: 0,
      fixable: 0,
      suppressed: 0,
    });
    const judged = await service.recordVerdict(under.admin, { digest: digestOf(manifest(1)), repository: REPOSITORY });
    assert(judged.ok);
    assert.equal((await trend()).items.at(-1)?.verdict, 'unjudged');
  });

  test('numbers are answered again without their evidence while nothing grows, by whichever replica', async () => {
    const counting = { payloads: 0 };
    const store = {
      ...under.context.store,
      payloads: (commitments: readonly string[]) => {
        counting.payloads += commitments.length;
        return under.context.store.payloads(commitments);
      },
    };
    const replica = openService({ ...under.context, store });
    const read = () => replica.readTrend(under.admin, { repository: REPOSITORY, limit: 50 });
    const first = await read();
    const after = counting.payloads;
    assert(after > 0);
    assert.deepEqual(await read(), first);
    assert.equal(counting.payloads, after, 'nothing was read again');
    // Another replica appends: the next answer has it.
    await attest(3, 'scan', scan(1));
    const grown = await read();
    assert(grown.ok && grown.value.items[1]?.facts?.vulnerabilities?.high === 1);
  });

  test('whoever may not read there is refused, and a repository that nobody knows has no images', async () => {
    const outside: Caller = { ...under.admin, role: 'auditor', repositories: ['bank/*'] };
    const refused = await service.readTrend(outside, { repository: REPOSITORY, limit: 1 });
    assert.equal(refused.ok ? undefined : refused.fault.code, 'auth/repository-out-of-scope');
    const unknown = await service.readTrend(under.admin, { repository: 'shop/none', limit: 1 });
    assert.deepEqual(unknown, { ok: true, value: { items: [] } });
    const cursor = await service.readTrend(under.admin, { repository: REPOSITORY, limit: 1, cursor: 'x' });
    assert.equal(cursor.ok ? undefined : cursor.fault.code, 'http/malformed-parameter');
  });

  test('an image whose document was exchanged in the database states nothing', async () => {
    const superuser = openSuperuser(under.database.adminUrl);
    try {
      await withoutGuards(superuser, (transaction) =>
        sql`UPDATE payload SET bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1) WHERE commitment IN (
          SELECT referred.commitment FROM payload_reference referred
          JOIN recorded_subject about ON about.seq = referred.seq WHERE about.stage = 'sbom')`.execute(transaction),
      );
    } finally {
      await superuser.close();
    }
    const fresh = openService(under.context);
    const page = await fresh.readTrend(under.admin, { repository: REPOSITORY, limit: 50 });
    assert(page.ok, JSON.stringify(page));
    for (const { intact, facts, fault } of page.value.items.slice(0, 3)) {
      assert.equal(facts?.components, undefined);
      assert(intact === false || fault !== undefined, 'it is said that something is wrong');
    }
  });
});
