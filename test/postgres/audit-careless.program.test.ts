import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openKysely, openPool } from '../../src/postgres/pool.ts';
import { rebuildProjections } from '../../src/postgres/rebuild-projections.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import { signImage } from '../../src/service/sign-image.ts';
import { query } from '../harness/embedded-folder.ts';
import { audit, codesOf, growLedger, IMAGE, IMAGE_REPOSITORY, MANIFEST } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { auditOf, carelessly } from './careless-edits.ts';

const CARELESS = {
  'an entry that is gone': [
    'DELETE FROM entry WHERE seq = 6',
    [
      ...['database/projection-differs', 'entry/link-broken', 'entry/missing', 'head/not-ours', 'list/link-broken'],
      ...['map/count-differs', 'map/page-differs', 'map/root-mismatch'],
    ],
  ],
  'the last entry that is gone': ['DELETE FROM entry WHERE seq = 13', ['entry/missing']],
  'a head with another root': [
    `UPDATE head SET root = decode(repeat('00', 32), 'hex') WHERE size = 8`,
    ['head/not-ours'],
  ],
  'a head with another MAC': [
    `UPDATE head SET mac = decode(repeat('00', 32), 'hex') WHERE size = 8`,
    ['head/not-ours'],
  ],
  'a frontier that does not read': [`UPDATE head SET frontier = '' WHERE size = 8`, ['head/not-ours']],
  'a payload that is gone': [
    'DELETE FROM payload WHERE commitment IN (SELECT commitment FROM payload LIMIT 1)',
    ['payload/absent'],
  ],
  'a longer payload': [
    `UPDATE payload SET bytes = bytes || ' ' WHERE commitment IN (SELECT commitment FROM payload LIMIT 1)`,
    ['payload/size-wrong'],
  ],
  'a list that hides its newest entry': [
    `DELETE FROM list_entry WHERE seq = 12 AND key LIKE 'image:%'`,
    ['database/projection-differs'],
  ],
  'a page of the map that is gone': [
    'DELETE FROM map_page WHERE bucket = (SELECT min(bucket) FROM map_page)',
    ['map/page-differs'],
  ],
  'a page of the map in another bucket': [
    'INSERT INTO map_page SELECT bucket - 1, hash, body FROM map_page WHERE bucket > 0 ORDER BY bucket LIMIT 1',
    ['map/page-differs'],
  ],
  'a bucket with another hash': [
    `UPDATE map_page SET hash = decode(repeat('00', 32), 'hex') WHERE bucket = (SELECT min(bucket) FROM map_page)`,
    ['map/page-differs'],
  ],
  'a page of the map with another value': [
    'UPDATE map_page SET body = set_byte(body, 60, get_byte(body, 60) # 1) WHERE bucket = (SELECT min(bucket) FROM map_page)',
    ['map/page-differs'],
  ],
  'a head with another map': [
    `UPDATE head SET map_root = decode(repeat('00', 32), 'hex') WHERE size = 8`,
    ['head/not-ours'],
  ],
  'a verdict that was never recorded': [
    `INSERT INTO recorded_verdict VALUES ('${IMAGE}', '${IMAGE_REPOSITORY}', 8, 'pass')`,
    ['database/projection-differs'],
  ],
  'a repository that no entry names': [
    `INSERT INTO known_name VALUES ('repository', 'ghost/api', 8)`,
    ['database/projection-differs'],
  ],
  'a repository that is gone': [
    `DELETE FROM known_name WHERE area = 'repository' AND name = '${IMAGE_REPOSITORY}'`,
    ['database/projection-differs'],
  ],
  'a repository under a later entry than the first that names it': [
    `UPDATE known_name SET seq = (SELECT max(seq) FROM recorded_subject) WHERE area = 'repository'`,
    ['database/projection-differs'],
  ],
  'a principal that is gone': [
    `DELETE FROM known_name WHERE area = 'principal' AND name = 'bootstrap-admin'`,
    ['database/projection-differs'],
  ],
  'a tag of an image that has none': [
    `INSERT INTO image_tag SELECT 'latest', repository, digest, seq FROM signed_image`,
    ['database/projection-differs'],
  ],
  'a tag of an entry that signs nothing': [
    `INSERT INTO image_tag VALUES ('latest', '${IMAGE_REPOSITORY}', '${IMAGE}', 8)`,
    ['database/projection-differs'],
  ],
  'a name under an entry that is not there': [
    `INSERT INTO known_name VALUES ('signer', 'ghost', 1000000)`,
    ['database/projection-differs'],
  ],
  'a verdict under an entry that is not there': [
    `INSERT INTO recorded_verdict VALUES ('${IMAGE}', '${IMAGE_REPOSITORY}', -1, 'pass')`,
    ['database/projection-differs'],
  ],
} as const satisfies Readonly<Record<string, readonly [string, readonly string[]]>>;

for (const [what, [statement, codes]] of Object.entries(CARELESS)) {
  test(`${what}: the audit says ${codes.join(', ')}`, async () => {
    await using service = await openServiceUnderTest();
    await growLedger(service, 3);
    await carelessly(service, statement);
    assert.deepEqual(codesOf(await auditOf(service)), codes);
  });
}

test('tags and names are held to entries on every page, however short, and what a rebuild writes is what an audit wants', async () => {
  await using service = await openServiceUnderTest();
  const { context, admin } = service;
  for (const [tag, repository] of [
    ['1.0', 'shop/api'],
    ['1.1', 'shop/api'],
    ['2.0', 'shop/web'],
  ] as const) {
    const annotations = { 'org.opencontainers.image.ref.name': tag };
    assert((await signImage(context, admin, { manifest: MANIFEST, repository, annotations })).ok);
  }
  const read = async () => [
    await query(service.database.ownerUrl, 'SELECT * FROM image_tag ORDER BY seq'),
    await query(service.database.ownerUrl, 'SELECT * FROM known_name ORDER BY area, name'),
  ];
  const grown = await read();
  assert.deepEqual(
    grown[0]?.map(({ tag, repository }) => [tag, repository]),
    [
      ['1.0', 'shop/api'],
      ['1.1', 'shop/api'],
      ['2.0', 'shop/web'],
    ],
  );
  const { origin } = context.store;
  const codes = async () =>
    Promise.all(
      [1, 3, 2_000].map(async (pageEntriesMax) =>
        codesOf(await audit(service.database.ownerUrl, { origin, pageEntriesMax })),
      ),
    );
  const differs = Array(3).fill(['database/projection-differs']);
  assert.deepEqual(await codes(), [[], [], []]);
  for (const planted of [
    `UPDATE image_tag SET tag = '9.9' WHERE tag = '1.1'`,
    `DELETE FROM image_tag WHERE tag = '2.0'`,
    `UPDATE image_tag SET repository = 'shop/web' WHERE tag = '1.0'`,
    `UPDATE known_name SET seq = (SELECT max(seq) FROM signed_image WHERE repository = 'shop/api') WHERE name = 'shop/api'`,
    `DELETE FROM known_name WHERE name = 'shop/api'`,
  ]) {
    await carelessly(service, planted);
    assert.deepEqual(await codes(), differs, planted);
    const owner = openKysely<Tables>(openPool(service.database.ownerUrl, { max: 1, applicationName: 'rebuild' }));
    await rebuildProjections(owner);
    await owner.destroy();
    assert.deepEqual(await read(), grown, planted);
    assert.deepEqual(await codes(), [[], [], []]);
  }
});
