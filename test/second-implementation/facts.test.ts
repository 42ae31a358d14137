import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isJsonObject, type Json } from '../../src/core/encoding/json.ts';
import { combineFacts } from '../../src/core/facts/combine-facts.ts';
import { formatFacts } from '../../src/core/facts/facts.ts';
import { type Manifest, parseManifest } from '../../src/core/image/manifest.ts';
import { type PredicateTypeName, predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { askLayers, base64, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();

type Document = { readonly predicateType: string; readonly predicate: Json };
type Case = { readonly name: string; readonly documents: readonly Document[]; readonly manifest?: string };

/** Holds what the second implementation finds against the first, but for the members that it says it does not judge. */
async function compare(cases: readonly Case[]): Promise<{ readonly judged: number; readonly missing: number }> {
  const answers = await askLayers(
    cases.map(({ documents, manifest }) => ({
      run: 'facts',
      documents: documents.map((one) => JSON.stringify(one)),
      ...(manifest === undefined ? {} : { manifest: base64(Buffer.from(manifest)) }),
    })),
  );
  let [judged, missing] = [0, 0];
  for (const [index, { name, documents, manifest }] of cases.entries()) {
    const { combined } = combineFacts(documents, manifest === undefined ? {} : { manifest: manifestOf(manifest) });
    const { value, fault } = answers[index] ?? {};
    assert.equal(fault, undefined, name);
    const { facts, unjudged } = value as { readonly facts: string; readonly unjudged: readonly string[] };
    const own = Object.entries(JSON.parse(formatFacts(combined))).filter(([member]) => !unjudged.includes(member));
    assert.deepEqual(JSON.parse(facts), Object.fromEntries(own), `${name}\n${JSON.stringify(documents)}`);
    if (!unjudged.includes('components')) judged += 1;
    if (combined.components === undefined) missing += 1;
  }
  return { judged, missing };
}

function manifestOf(text: string): Manifest {
  const read = parseManifest(Buffer.from(text));
  assert(read.ok, text);
  return read.value;
}

const of = (type: PredicateTypeName, predicate: Json): Document => ({
  predicateType: predicateTypeUri(type),
  predicate,
});

const CYCLONEDX: Json = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [
    {
      type: 'library',
      'bom-ref': 'one',
      name: 'b',
      group: 'org.apache',
      version: '2',
      purl: 'pkg:npm/%40scope/b@2?arch=x&os=y#sub',
      licenses: [{ license: { id: 'MIT' } }, { license: { name: 'Our Own 1.0' } }],
      components: [
        { type: 'library', name: 'c', components: [{ type: 'file', name: '/etc', components: [{ name: 'd' }] }] },
      ],
    },
    {
      type: 'application',
      name: 'b',
      version: '2',
      purl: 'pkg:npm/%40scope/b@2',
      licenses: [{ expression: '(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0' }],
    },
    { type: 'file', name: '/bin/sh' },
    { name: 'e', version: '1' },
    { name: 'e', version: '2', purl: 'pkg:golang/example.com/e' },
  ],
};
const AFFECTING: Json = {
  ...CYCLONEDX,
  vulnerabilities: [
    {
      id: 'CVE-2024-0001',
      references: [{ id: 'GHSA-1' }],
      ratings: [{ severity: 'low' }, { score: 9.1 }, { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      affects: [{ ref: 'one' }, { ref: 'three' }],
      analysis: { state: 'exploitable' },
    },
  ],
};
const SPDX: Json = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  documentDescribes: ['SPDXRef-app'],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-app' },
    { spdxElementId: 'SPDXRef-app', relationshipType: 'DESCRIBED_BY', relatedSpdxElement: 'SPDXRef-DOCUMENT' },
    { spdxElementId: 'SPDXRef-app', relationshipType: 'CONTAINS', relatedSpdxElement: 'SPDXRef-a' },
  ],
  packages: [
    { SPDXID: 'SPDXRef-app', name: 'app', versionInfo: '1' },
    {
      SPDXID: 'SPDXRef-a',
      name: 'a',
      versionInfo: '1.2',
      licenseConcluded: 'NOASSERTION',
      licenseDeclared: 'MIT AND (ISC OR BSD-3-Clause)',
      externalRefs: [
        { referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:a:a:1.2:*:*:*:*:*:*:*' },
        { referenceType: 'purl', referenceLocator: 'pkg:deb/debian/a@1.2?arch=amd64' },
      ],
    },
    { SPDXID: 'SPDXRef-img', name: 'img', primaryPackagePurpose: 'CONTAINER' },
    { SPDXID: 'SPDXRef-f', name: 'f', primaryPackagePurpose: 'FILE', licenseConcluded: 'MIT' },
  ],
};
const OTHER: readonly Document[] = [
  of('junit', { mediaType: 'application/xml', document: '' }),
  of('sarif', { version: '2.1.0', runs: [] }),
  of('link', {}),
];
const SEEDS: readonly Document[] = [
  of('cyclonedx', CYCLONEDX),
  of('cyclonedx', AFFECTING),
  of('spdx', SPDX),
  of('spdx-v2.3', { ...SPDX, spdxVersion: 'SPDX-2.2' }),
];
const ODD: readonly Json[] = [
  null,
  '',
  0,
  1.5,
  true,
  [],
  {},
  'x',
  ['x'],
  [null],
  [{}],
  'a'.repeat(1_025),
  'a\nb',
  'é'.repeat(129),
  'SPDXRef-a',
  '1.5',
  'file',
  'pkg:npm/x@1',
  'pkg:NPM//a%2fb@c@2?x=%40',
  'pkg:/npm/@x/y',
  'pkg:npm/x%403@',
  `pkg:npm/x?${'a=b&'.repeat(32)}`,
  'MIT OR',
  'mit and (isc or NONE)',
  'A WITH B WITH C',
  '((MIT))',
  'MIT, ISC',
  '()',
];

/** The document with one member, at any depth, replaced or left out. */
function mutated(document: Document, random: () => number): Document {
  const predicate = structuredClone(document.predicate);
  const places: (() => void)[] = [];
  const odd = () => structuredClone(ODD[Math.floor(random() * ODD.length)] ?? null);
  const walk = (value: Json) => {
    if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) {
        places.push(() => Object.assign(value, { [index]: odd() }));
        walk(one);
      }
    } else if (isJsonObject(value)) {
      for (const [name, one] of Object.entries(value)) {
        places.push(() => Object.assign(value, { [name]: odd() }));
        places.push(() => Reflect.deleteProperty(value, name));
        walk(one);
      }
    }
  };
  walk(predicate);
  for (let times = 1 + Math.floor(random() * 2); times > 0; times -= 1)
    places[Math.floor(random() * places.length)]?.();
  return { ...document, predicate };
}

test('bills of materials state the same components and licences for both, whatever is wrong with them', {
  skip,
}, async () => {
  const random = seededRandom(53);
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T;
  const cases = Array.from({ length: 500 }, (_, index): Case => {
    const documents = [mutated(pick(SEEDS), random)];
    if (random() < 0.3) documents.push(random() < 0.5 ? mutated(pick(SEEDS), random) : pick(SEEDS));
    if (random() < 0.2) documents.splice(Math.floor(random() * 2), 0, pick(OTHER));
    return { name: `case ${index}`, documents };
  });
  const { judged, missing } = await compare([...SEEDS.map((one) => ({ name: 'seed', documents: [one] })), ...cases]);
  assert(judged > 450 && missing > 80 && missing < 420, `${judged} judged, ${missing} missing`);
});

test('examples and depths of bills are the same for both', { skip }, async () => {
  const example = JSON.parse(readFileSync(new URL('../../examples/sbom.cdx.json', import.meta.url), 'utf8'));
  const nested = (depth: number): Json => {
    let components: Json = [{ name: 'inmost' }];
    for (let level = 1; level < depth; level += 1) components = [{ name: `level ${level}`, components }];
    return { specVersion: '1.6', components };
  };
  const licences = (count: number): Json => ({
    specVersion: '1.6',
    components: [{ name: 'a', licenses: Array.from({ length: count }, (_, n) => ({ license: { id: `l${n}` } })) }],
  });
  const bills = [example, ...[15, 16, 17].map(nested), ...[63, 64, 65].map(licences)];
  await compare(bills.map((predicate, index) => ({ name: `bill ${index}`, documents: [of('cyclonedx', predicate)] })));
});

test('manifests state the same size and base for both', { skip }, async () => {
  const descriptor = (size: number) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: `sha256:${'ab'.repeat(32)}`,
    size,
  });
  const image = (more: object, ...sizes: readonly number[]) =>
    JSON.stringify({ schemaVersion: 2, config: descriptor(5), layers: sizes.map(descriptor), ...more });
  const base = (name: unknown, digest: unknown) => ({
    annotations: { 'org.opencontainers.image.base.name': name, 'org.opencontainers.image.base.digest': digest },
  });
  const good = `sha256:${'cd'.repeat(32)}`;
  const manifests = [
    image({}),
    image({}, 1, 2, 3),
    image({}, 2 ** 53 - 6),
    image(base('x', good), 2 ** 53 - 5),
    image(base('docker.io/library/alpine:3.20', good), 7),
    image(base('', good), 7),
    image(base('a'.repeat(1_024), 'sha256:short'), 7),
    image(base('a'.repeat(1_025), `${good}0`), 7),
    image(base('', ''), 7),
    JSON.stringify({ schemaVersion: 2, manifests: [descriptor(1), descriptor(1)] }),
    JSON.stringify({ schemaVersion: 2, manifests: [], ...base('x', good) }),
  ];
  await compare(manifests.map((manifest, index) => ({ name: `manifest ${index}`, documents: [], manifest })));
});
