import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { ImageFacts } from '../../src/core/custody/image-facts.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Caller } from '../../src/service/caller.ts';
import { openService } from '../../src/service/open-service.ts';
import type { PastQuestion, Service } from '../../src/service/service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const MANIFEST = encodeUtf8(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 7 },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${'2'.repeat(64)}`, size: 1_000 }],
  }),
);
const subject = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
const repository = 'shop/api';
const PURL = 'pkg:deb/debian/openssl@3.0.11';
const SCAN = {
  SchemaVersion: 2,
  ArtifactName: 'shop/api',
  Results: [
    {
      Class: 'os-pkgs',
      Vulnerabilities: ['CVE-2024-0001', 'CVE-2024-0002'].map((id) => ({
        VulnerabilityID: id,
        PkgName: 'openssl',
        PkgIdentifier: { PURL: `${PURL}?arch=amd64` },
        Severity: 'CRITICAL',
      })),
    },
  ],
};
const VEX = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  statements: [{ vulnerability: { name: 'CVE-2024-0001' }, status: 'not_affected', products: [{ '@id': PURL }] }],
};

/** Attests as the admin; a text is a file of XML. */
async function attest(service: Service, caller: Caller, stage: string, document: object | string): Promise<number> {
  const body = encodeUtf8(typeof document === 'string' ? document : JSON.stringify(document));
  const attested = await service.submitAttestation(caller, { body, subject, repository, stage });
  assert(attested.ok, JSON.stringify(attested));
  return attested.value.seq;
}

async function readFacts(service: Service, caller: Caller, asOf?: PastQuestion['asOf']): Promise<ImageFacts> {
  const facts = await service.readFacts(caller, { digest: subject, ...(asOf === undefined ? {} : { asOf }) });
  assert(facts.ok, JSON.stringify(facts));
  return JSON.parse(new TextDecoder().decode(facts.value));
}

test('facts of an image rest on its sound attestations, together and by stage', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const { admin } = under;
  assert((await service.signImage(admin, { manifest: MANIFEST, repository })).ok);
  const signed = await readFacts(service, admin);
  assert.deepEqual(signed.facts, { image: { shape: 'image', layers: 1, bytes: 1_007 } });
  assert.equal(signed.intact, true);

  const scan = await attest(service, admin, 'scan', SCAN);
  assert.equal((await readFacts(service, admin)).facts.vulnerabilities?.critical, 2);
  const vex = await attest(service, admin, 'vex', VEX);
  const tests = await attest(
    service,
    admin,
    'test',
    '<testsuite><testcase/><testcase><skipped/></testcase></testsuite>',
  );
  // The same file once more is the same statement, and counts once.
  await attest(service, admin, 'test', '<testsuite><testcase/><testcase><skipped/></testcase></testsuite>');
  const { facts, stages, documents, unsound, size, subject: about } = await readFacts(service, admin);
  assert.deepEqual([facts.vulnerabilities?.critical, facts.vulnerabilities?.suppressed], [1, 1]);
  assert.deepEqual(facts.tests, { total: 2, passed: 1, failed: 0, skipped: 1 });
  assert.equal(stages.scan?.vulnerabilities?.critical, 1);
  assert.deepEqual(Object.keys(stages.vex ?? {}), ['vex']);
  assert.deepEqual(
    documents.map(({ seq, stage }) => [seq, stage]),
    [
      [scan, 'scan'],
      [vex, 'vex'],
      [tests, 'test'],
    ],
  );
  assert.deepEqual([unsound, about], [[], subject]);
  assert((size ?? 0) > tests);
});

test('files of tools are attested as they were written, and state their facts', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const { admin } = under;
  assert((await service.signImage(admin, { manifest: MANIFEST, repository })).ok);
  const commit = 'c0'.repeat(20);
  const files: readonly (readonly [format: string, document: object | string, fact: string, value: unknown])[] = [
    [
      'github-code-scanning',
      [{ number: 1, state: 'open', rule: { severity: 'error' }, tool: {} }],
      'findings.error',
      1,
    ],
    [
      'github-dependabot',
      [
        {
          number: 1,
          state: 'open',
          dependency: { package: { ecosystem: 'npm', name: 'a' } },
          security_advisory: { ghsa_id: 'GHSA-1' },
          security_vulnerability: { severity: 'low' },
        },
      ],
      'vulnerabilities.low',
      1,
    ],
    ['grype-json', { matches: [], descriptor: { name: 'grype' } }, 'vulnerabilities.total', 0],
    ['twistcli-json', { results: [{ vulnerabilityDistribution: { total: 0 } }] }, 'vulnerabilities.total', 0],
    [
      'cobertura-xml',
      '<!DOCTYPE coverage SYSTEM "a.dtd"><coverage line-rate="0.5"/>',
      'coverage.lines.basisPoints',
      5_000,
    ],
    ['jacoco-xml', '<report><counter type="LINE" missed="1" covered="1"/></report>', 'coverage.lines.total', 2],
    [
      'pull-request-review',
      { change: { commit }, authors: ['p-a'], reviews: [{ reviewer: 'p-b', decision: 'approved', commit }] },
      'approvals.count',
      1,
    ],
  ];
  for (const [format, document] of files) {
    const body = encodeUtf8(typeof document === 'string' ? document : JSON.stringify(document));
    const attested = await service.submitAttestation(admin, { body, subject, repository, stage: format });
    assert(attested.ok, JSON.stringify(attested));
    assert.equal(attested.value.recognised, format);
  }
  const { stages } = await readFacts(service, admin);
  for (const [format, , fact, value] of files) {
    const found = fact
      .split('.')
      .reduce<unknown>((of, name) => (of as Record<string, unknown>)?.[name], stages[format]);
    assert.equal(found, value, format);
  }
});

test('facts as of a past state rest on what that held', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const { admin } = under;
  assert((await service.signImage(admin, { manifest: MANIFEST, repository })).ok);
  await attest(service, admin, 'scan', SCAN);
  const { size = 0 } = await readFacts(service, admin);
  await attest(service, admin, 'vex', VEX);
  assert.equal((await readFacts(service, admin)).facts.vulnerabilities?.critical, 1);
  for (const view of ['then', 'now'] as const) {
    const { facts, asOf, documents } = await readFacts(service, admin, { size, view });
    assert.equal(facts.vulnerabilities?.critical, 2);
    assert.deepEqual(asOf, { size, view });
    assert.equal(documents.length, 1);
  }
});

test('what a document that cannot be read would state is missing, and its entry says why', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const { admin } = under;
  assert((await service.signImage(admin, { manifest: MANIFEST, repository })).ok);
  await attest(service, admin, 'unit', '<testsuite><testcase/></testsuite>');
  const broken = await attest(service, admin, 'system', '<testsuite><testcase></testsuite>');
  const { facts, stages, documents } = await readFacts(service, admin);
  assert.equal(facts.tests, undefined);
  assert.equal(stages.unit?.tests?.total, 1);
  const entry = documents.find(({ seq }) => seq === broken);
  assert.equal(entry?.fault?.code, 'facts/malformed-xml');
  assert.equal(entry?.fault?.at, '33');
});

test('large documents are read by workers, with the same bytes as on the spot', async () => {
  await using under = await openServiceUnderTest();
  const { admin } = under;
  const service = openService(under.context);
  assert((await service.signImage(admin, { manifest: MANIFEST, repository })).ok);
  const components = Array.from({ length: 20_000 }, (_, i) => ({ name: `component-${i}`, version: '1.0.0' }));
  await attest(service, admin, 'sbom', { bomFormat: 'CycloneDX', specVersion: '1.6', components });
  const jobs: number[] = [];
  const evidenceWorkers: typeof under.context.evidenceWorkers = {
    format: (parts) => under.context.evidenceWorkers.format(parts),
    judge: (...asked) => under.context.evidenceWorkers.judge(...asked),
    facts: (evidence, ...asked) => {
      jobs.push(evidence.length);
      return under.context.evidenceWorkers.facts(evidence, ...asked);
    },
    table: (...asked) => under.context.evidenceWorkers.table(...asked),
  };
  const counting = openService({ ...under.context, evidenceWorkers });
  const first = await counting.readFacts(admin, { digest: subject });
  const second = await counting.readFacts(admin, { digest: subject });
  assert(first.ok && second.ok);
  assert.deepEqual(first.value, second.value);
  assert.equal(jobs.length, 2);
  assert((jobs[0] ?? 0) > 64 * 1024);
  assert.equal(JSON.parse(new TextDecoder().decode(first.value)).facts.components.count, 20_000);
});

test('every role reads facts within its scope, and nobody outside of it (auth/repository-out-of-scope)', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  assert((await service.signImage(under.admin, { manifest: MANIFEST, repository })).ok);
  for (const role of ['pipeline', 'release-manager', 'auditor', 'operator', 'admin'] as const) {
    const inScope: Caller = { ...under.admin, role, repositories: ['shop/*'] };
    assert((await service.readFacts(inScope, { digest: subject, repository })).ok, role);
    const outside: Caller = { ...under.admin, role, repositories: ['other/*'] };
    const refused = await service.readFacts(outside, { digest: subject, repository });
    assert.equal(!refused.ok && refused.fault.code, 'auth/repository-out-of-scope', role);
    const unknown = await service.readFacts(outside, { digest: subject });
    assert.equal(!unknown.ok && unknown.fault.code, 'image/unknown', role);
  }
});
