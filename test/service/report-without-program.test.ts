import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const MANIFEST = encodeUtf8(
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":' +
    `{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:${'1'.repeat(64)}","size":7},"layers":[]}`,
);
const digest = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;

test('an installation that was not built refuses the page by its code, and gives what needs no program', async () => {
  await using under = await openServiceUnderTest();
  const { renderReport, ...unbuilt } = under.context;
  assert(renderReport !== undefined, 'this checkout is built: npm ci builds it');
  const built = openService(under.context);
  const service = openService(unbuilt);
  assert((await built.signImage(under.admin, { manifest: MANIFEST, repository: 'shop/api' })).ok);

  assert((await built.readReport(under.admin, { digest }, 'html')).ok);
  const page = await service.readReport(under.admin, { digest }, 'html');
  assert.equal(page.ok ? 'given' : page.fault.code, 'report/no-program');
  for (const format of ['json', 'csv'] as const) assert((await service.readReport(under.admin, { digest }, format)).ok);
});
