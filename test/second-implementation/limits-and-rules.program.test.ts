import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract } from '../../src/core/contract/contract.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import {
  attest,
  digestOf,
  indexManifest,
  openedLedger,
  publish,
  REPOSITORY,
  revoke,
  sign,
} from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { billOf } from '../custody/previous-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { compareVerifiers, type EvidenceCase } from './compare-verifiers.ts';
import { skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const STAGING = 'shop/staging';
const BASE = { name: 'docker.io/library/alpine:3.20', digest: `sha256:${'ab'.repeat(32)}` };

/** An image of three layers of 10 bytes and a config of 2, built upon a base that it names. */
const MANIFEST = manifestOf(BASE);
const IMAGE = digestOf(MANIFEST);
const QUESTION = { subject: IMAGE, repository: REPOSITORY };

function manifestOf({ name, digest }: { readonly name?: string; readonly digest?: string }): Uint8Array {
  const descriptor = (size: number) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: `sha256:${'1'.repeat(64)}`,
    size,
  });
  return encodeUtf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: descriptor(2),
      layers: [10, 10, 10].map(descriptor),
      annotations: {
        ...(name === undefined ? {} : { 'org.opencontainers.image.base.name': name }),
        ...(digest === undefined ? {} : { 'org.opencontainers.image.base.digest': digest }),
      },
    }),
  );
}

type Step = (ledger: LedgerUnderTest) => unknown;
type Asked = Omit<Contract, 'contract' | 'repositories' | 'stages'> & { readonly stages?: Contract['stages'] };

function caseOf(name: string, asked: Asked, ...steps: readonly Step[]): EvidenceCase {
  const ledger = openedLedger();
  publish(ledger, { contract: 'shop', repositories: ['shop/*'], stages: [], ...asked });
  sign(ledger, MANIFEST);
  for (const step of steps) step(ledger);
  const bytes = ledger.evidenceBytes(QUESTION);
  return { name, bytes, question: QUESTION, evaluatedAt: ledger.time, trust: trustOf(ledger) };
}

async function agreed(cases: readonly EvidenceCase[], ...expected: readonly string[]): Promise<void> {
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  for (const verdict of expected) assert((verdicts.get(verdict) ?? 0) > 1, [...verdicts].join());
}

const bill =
  (count: number, options: object = {}): Step =>
  (ledger) =>
    billOf(ledger, IMAGE, count, options);
const attested =
  (predicate: object, options: object = {}): Step =>
  (ledger) =>
    attest(ledger, {
      digest: IMAGE,
      stage: 'sbom',
      type: 'cyclonedx',
      alter: (statement) => ({ ...statement, predicate: JSON.parse(JSON.stringify(predicate)) }),
      ...options,
    });

test('two implementations hold an image to the same limits, to the last byte, layer and component', {
  skip,
}, async () => {
  const around = [-1, 0, 1];
  const cases = [
    ...around.map((by) => caseOf(`bytes ${by}`, { limits: { imageBytesMax: 32 + by } })),
    ...around.map((by) => caseOf(`layers ${by}`, { limits: { layersMax: 3 + by } })),
    ...around.map((by) => caseOf(`components ${by}`, { limits: { componentsMax: 5 + by } }, bill(5))),
    ...[
      [BASE.name],
      [BASE.digest],
      ['docker.io/library/*'],
      ['docker.io/library/alpine:3.2'],
      ['*'],
      [`${BASE.name}*`],
      ['sha256:*'],
      ['docker.io/library/alpine:3.2*', 'x'],
    ].map((baseImages) => caseOf(`base ${baseImages}`, { limits: { baseImages } })),
    caseOf(
      'all of them',
      { limits: { imageBytesMax: 32, layersMax: 2, componentsMax: 4, baseImages: ['x'] } },
      bill(5),
    ),
  ];
  await agreed(cases, 'pass', 'fail');
});

test('two implementations find the same facts in what counts, and miss the same', { skip }, async () => {
  const limits = { componentsMax: 8, layersMax: 3 };
  const two = { from: [STAGING], limits };
  const broken = attested({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 7 }] });
  const cases = [
    caseOf('nothing stated', { limits }),
    caseOf('two bills, one above the limit', { limits }, bill(5), bill(9, { name: 'other' })),
    caseOf('two bills of the same', { limits }, bill(5), bill(8)),
    caseOf('two bills that are together above it', { limits }, bill(5), bill(4, { name: 'other' })),
    caseOf('one that cannot be read', { limits }, bill(5), broken),
    caseOf('a fault first', { limits }, broken, bill(5)),
    caseOf('by a key that was revoked', { limits }, bill(5), bill(9, { key: 'other', name: 'other' })),
    caseOf('of another repository', { limits }, bill(5), bill(9, { repository: STAGING })),
    caseOf('promoted', two, bill(5), bill(9, { repository: STAGING, name: 'other' })),
    caseOf('posted again', { limits }, bill(5), bill(5)),
    caseOf('SPDX', { limits }, attested({ spdxVersion: 'SPDX-2.3', packages: [{ name: 'a' }] }, { type: 'spdx' })),
    caseOf('a later signature', { limits }, bill(5), (ledger) => sign(ledger, MANIFEST)),
    caseOf('by a revoked pipeline', { limits }, bill(5), (ledger) =>
      revoke(ledger, 'pipeline', '2020-01-01T00:00:00.000Z'),
    ),
    caseOf('below an index', { limits }, bill(5), (ledger) => sign(ledger, indexManifest([MANIFEST]))),
    caseOf('of a type that states none', { limits }, bill(5), attested({ name: 'x' }, { type: 'link' })),
  ];
  await agreed(cases, 'pass', 'fail');
});

test('two implementations come to the same by rules of a contract and of its stages', { skip }, async () => {
  const rule = (expression: string, name = 'one') => ({ rule: name, expression });
  const ofContract = [
    'true',
    'false',
    '1',
    'facts.components.count == 5',
    'facts.components.list.all(c, c.version == "1")',
    'facts.tests.failed == 0',
    '!has(facts.findings)',
    'facts.image.bytes == 32 && facts.image.layers == 3',
    'facts.baseImage.name.startsWith("docker.io/")',
    'image.repository == "shop/api" && image.digest.matches("^sha256:[0-9a-f]{64}$")',
    'facts.licences.unstated == 5',
    'has(facts.image.children)',
    'facts == facts',
    '[1, 2].map(x, x / 0) == []',
    '!has(previous.facts)',
    'facts.components.list.all(a, facts.components.list.all(b, a == a && b == b || "x" in a))',
  ].map((expression) => caseOf(`contract: ${expression}`, { rules: [rule(expression)] }, bill(5)));
  const stage = (expression: string, more: object = {}) => ({
    stages: [{ stage: 'sbom', rules: [rule(expression)], ...more }],
  });
  const ofStages = [
    'predicate.components.size() == 5',
    'predicate.components.exists(c, c.name == "part-4")',
    'attestation.stage == "sbom" && attestation.repository == "shop/api"',
    'attestation.predicateType == "https://cyclonedx.org/bom" && attestation.assurance == "pipeline"',
    'size(attestation.signer) == 64',
    'predicate.missing == 1',
  ].flatMap((expression) => [
    caseOf(`stage: ${expression}`, stage(expression), bill(5)),
    caseOf(`twice: ${expression}`, stage(expression), bill(5), bill(6)),
    caseOf(`latest: ${expression}`, stage(expression, { count: 'latest' }), bill(6), bill(5)),
    caseOf(`none: ${expression}`, stage(expression)),
  ]);
  const several = [
    caseOf('one of several', { rules: [rule('true', 'a'), rule('false', 'b'), rule('true', 'c')] }, bill(5)),
    caseOf('one that is malformed', { rules: [rule('true', 'a'), rule('1 +', 'b')] }, bill(5)),
    caseOf('one that is not supported', { rules: [rule('predicate.a == 1', 'a')] }, bill(5)),
  ];
  await agreed([...ofContract, ...ofStages, ...several], 'pass', 'fail');
});

test('two implementations read whose VEX counts, and find every fact that does not depend on it', {
  skip,
}, async () => {
  const rule = (expression: string) => ({ rules: [{ rule: 'one', expression }] });
  const statements = [{ vulnerability: { name: 'CVE-2026-0001' }, status: 'not_affected' }];
  const vex = (stage: string) =>
    attested({ '@context': 'https://openvex.dev/ns', statements }, { stage, type: 'openvex' });
  const steps = [bill(5), vex('sbom'), vex('lint')];
  const unread = attested({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 7 }] });
  const cases = [
    undefined,
    [],
    ['sbom'],
    ['lint'],
    ['sbom', 'lint'],
    ['sbom', 'none'],
    ['sbom', 'sbom'],
    ['*'],
  ].flatMap((vexFrom) => {
    const stages = [{ stage: 'sbom' }, { stage: 'lint', count: 'latest' as const }];
    const asked = { stages, ...(vexFrom === undefined ? {} : { vexFrom }) };
    const named = (what: string, more: object, ...also: readonly Step[]) =>
      caseOf(`${what}, VEX of ${vexFrom?.join(' ') ?? 'everybody'}`, { ...asked, ...more }, ...steps, ...also);
    return [
      named('nothing else', {}),
      named('five components', { limits: { componentsMax: 5 } }),
      named('four components', { limits: { componentsMax: 4 } }),
      named('a rule over components', rule('facts.components.count == 5')),
      named('a rule over what is not there', rule('facts.tests.failed == 0')),
      named('a bill that cannot be read', rule('!has(facts.components)'), unread),
    ];
  });
  await agreed(cases, 'pass', 'fail');
  // What depends on it the other one does not read, and says so.
  const asked = { stages: [{ stage: 'sbom' }], vexFrom: ['sbom'], ...rule('!has(facts.vulnerabilities)') };
  const { differences } = await compareVerifiers([caseOf('vulnerabilities', asked, ...steps)]);
  assert.match(differences.join('\n'), /^vulnerabilities: verdict \w+ \/ not-judged\n/);
  assert.equal(differences.length, 1);
});
