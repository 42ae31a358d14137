import { createHash } from 'node:crypto';
import type { Contract } from '../../src/core/contract/contract.ts';
import { CONTRACT_MEDIA_TYPE, formatContract } from '../../src/core/contract/contract.ts';
import type { Question } from '../../src/core/custody/evidence.ts';
import { DSSE_MEDIA_TYPE, formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { formatSignedImage, SIGNED_IMAGE_MEDIA_TYPE } from '../../src/core/image/signed-image.ts';
import { simpleSigningPayload } from '../../src/core/image/simple-signing.ts';
import { buildStatement, imageSignatureStatement } from '../../src/core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../src/core/statement/envelope-statement.ts';
import { type PredicateTypeName, predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { formatStatement } from '../../src/core/statement/statement.ts';
import { formatGrantDocument, GRANT_MEDIA_TYPE } from '../../src/core/trust/grant-document.ts';
import { formatSignerDocument, SIGNER_MEDIA_TYPE } from '../../src/core/trust/signer-document.ts';
import type { SigningKey } from '../../src/service/ports.ts';
import { buildImageBundle } from '../../src/sigstore/image-bundle.ts';
import { flipBit, openScenarioLedger, type ScenarioLedger } from './scenario-ledger.ts';

export const ORIGIN = 'waybill-shop-7f3a9c';
export const REPOSITORY = 'shop/api';

const MEDIA = 'application/vnd.oci.image.';
const MANIFEST = encodeUtf8(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: `${MEDIA}manifest.v1+json`,
    config: { mediaType: `${MEDIA}config.v1+json`, digest: `sha256:${'1'.repeat(64)}`, size: 1470 },
    layers: [{ mediaType: `${MEDIA}layer.v1.tar+gzip`, digest: `sha256:${'2'.repeat(64)}`, size: 31_457_280 }],
  }),
);
export const IMAGE = digestOf(MANIFEST);
const INDEX_MANIFEST = encodeUtf8(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: `${MEDIA}index.v1+json`,
    manifests: [
      {
        mediaType: `${MEDIA}manifest.v1+json`,
        digest: IMAGE,
        size: MANIFEST.length,
        platform: { architecture: 'amd64', os: 'linux' },
      },
    ],
  }),
);
const INDEX = digestOf(INDEX_MANIFEST);
export const QUESTION: Question = { subject: IMAGE, repository: REPOSITORY };

/** A stage of the scenario: its name, what it reports, and whether the pipeline signed it itself. */
type Stage = readonly [stage: string, type: PredicateTypeName, own: boolean];

const STAGES: readonly Stage[] = [
  ['source-review', 'scai', true],
  ['lint', 'sarif', false],
  ['unit-test', 'junit', true],
  ['dependency-licences', 'custom', false],
  ['sbom', 'cyclonedx', true],
  ['sbom-spdx', 'spdx-v2.3', false],
  ['secret-scan', 'sarif', true],
  ['static-analysis', 'sarif', true],
  ['vulnerability-scan', 'vulns', true],
  ['base-image', 'reference', false],
  ['integration-test', 'junit', true],
  ['contract-test', 'junit', true],
  ['load-test', 'test-result', false],
  ['dynamic-scan', 'sarif', false],
  ['exploitability', 'openvex', true],
  ['accessibility', 'test-result', false],
  ['release-notes', 'release', true],
];

const CONTRACT: Contract = {
  contract: 'shop-release',
  title: 'What a release of the shop brings',
  repositories: ['shop/*'],
  stages: [
    { stage: 'build', predicateTypes: [predicateTypeUri('slsa-provenance')], assurance: 'pipeline' },
    { stage: 'sbom', predicateTypes: [predicateTypeUri('cyclonedx'), predicateTypeUri('spdx-v2.3')], after: ['build'] },
    { stage: 'unit-test', predicateTypes: [predicateTypeUri('junit')], assurance: 'pipeline' },
    { stage: 'vulnerability-scan', predicateTypes: [predicateTypeUri('vulns')], after: ['sbom'], count: 'latest' },
  ],
};

export type ScenarioOptions = {
  /** What all keys follow from; another secret is another world under the same names. */
  readonly secret?: string;
  /** Stages that nobody attested. */
  readonly without?: readonly string[];
  readonly contract?: Contract | 'none';
  /** A stage whose signature a lying server recorded although it is false. */
  readonly falselySigned?: string;
};

/** A ledger with one image whose list has 20 entries: index and image signed, provenance of the index, 17 stages. */
export function imageScenario(options: ScenarioOptions = {}): ScenarioLedger {
  const { secret = 'honest', without = [], contract = CONTRACT, falselySigned } = options;
  const ledger = openScenarioLedger(ORIGIN, secret);
  const [service, image, pipeline] = [ledger.key('service'), ledger.key('image'), ledger.key('pipeline')];
  openTrust(ledger, service, image, pipeline);
  if (contract !== 'none') {
    ledger.append('2026-11-09T10:15:00.000Z', {
      kind: 'contract.published',
      principal: 'bootstrap-admin',
      body: { contract: contract.contract, version: 1, repositories: contract.repositories, previousRepositories: [] },
      document: { mediaType: CONTRACT_MEDIA_TYPE, bytes: formatContract(contract) },
    });
  }
  const clock = makeClock('2026-11-22T21:48:11.340Z');
  sign(ledger, clock(), image, INDEX_MANIFEST, 'index');
  sign(ledger, clock(), image, MANIFEST, 'image');
  if (!without.includes('build')) attest(ledger, clock(), pipeline, INDEX, ['build', 'slsa-provenance', true]);
  for (const stage of STAGES) {
    if (without.includes(stage[0])) continue;
    const key = stage[2] ? pipeline : service;
    const liar = { ...key, sign: (message: Uint8Array) => flipBit(key.sign(message), 7) };
    attest(ledger, clock(), falselySigned === stage[0] ? liar : key, IMAGE, stage);
  }
  return ledger;
}

function openTrust(ledger: ScenarioLedger, service: SigningKey, image: SigningKey, pipeline: SigningKey): void {
  const start = '2026-11-02T08:00:01.000Z';
  grant(ledger, start, 'service', 'bootstrap-admin', 'admin', ['*']);
  register(ledger, start, 'service', 'service', service, ['*'], 'Waybill service');
  register(ledger, start, 'service', 'image', image, ['*'], 'Waybill images');
  grant(ledger, '2026-11-03T09:30:00.000Z', 'bootstrap-admin', 'shop-ci', 'pipeline', ['shop/*']);
  register(ledger, '2026-11-03T09:31:12.500Z', 'bootstrap-admin', 'attest', pipeline, ['shop/*'], 'Shop pipeline');
}

function grant(
  ledger: ScenarioLedger,
  time: string,
  by: string,
  principal: string,
  role: 'admin' | 'pipeline',
  repositories: readonly string[],
): void {
  const bytes = formatGrantDocument({ role, repositories, stages: ['*'] });
  const document = { mediaType: GRANT_MEDIA_TYPE, bytes };
  ledger.append(time, { kind: 'principal.granted', principal: by, body: { principal, role }, document });
}

function register(
  ledger: ScenarioLedger,
  time: string,
  by: string,
  use: string,
  key: SigningKey,
  repositories: readonly string[],
  title: string,
): void {
  const bytes = formatSignerDocument({ key: key.publicKey, repositories, stages: ['*'], title });
  const document = { mediaType: SIGNER_MEDIA_TYPE, bytes };
  ledger.append(time, { kind: 'signer.registered', principal: by, body: { signer: key.signer, use }, document });
}

function sign(
  ledger: ScenarioLedger,
  time: string,
  key: SigningKey,
  manifest: Uint8Array,
  shape: 'image' | 'index',
): void {
  const digest = digestOf(manifest);
  const statement = imageSignatureStatement(digest);
  const signature = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
  const payload = simpleSigningPayload(REPOSITORY, digest);
  const bytes = formatSignedImage({
    bundle: encodeUtf8(buildImageBundle(IN_TOTO_PAYLOAD_TYPE, statement, signature, key.publicKey)),
    manifest,
    simpleSigning: { payload, signature: key.sign(payload) },
  });
  ledger.append(time, {
    kind: 'image.signed',
    principal: 'shop-ci',
    repository: REPOSITORY,
    signer: key.signer,
    assurance: 'service',
    predicateType: predicateTypeUri('cosign-sign'),
    body: {
      digest,
      mediaType: `${MEDIA}${shape === 'index' ? 'index' : 'manifest'}.v1+json`,
      size: manifest.length,
      shape,
      children: shape === 'index' ? [IMAGE] : [],
    },
    document: { mediaType: SIGNED_IMAGE_MEDIA_TYPE, bytes },
  });
}

function attest(
  ledger: ScenarioLedger,
  time: string,
  key: SigningKey,
  digest: string,
  [stage, type, own]: Stage,
): void {
  const predicateType = predicateTypeUri(type);
  const predicate = { note: `what ${stage} found`, passed: true };
  const statement = buildStatement({ digest, repository: REPOSITORY, stage, predicateType, predicate });
  const payload = encodeUtf8(formatStatement(statement));
  const sig = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, payload));
  const envelope = { payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signatures: [{ keyid: key.signer, sig }] };
  ledger.append(time, {
    kind: 'attestation.recorded',
    principal: 'shop-ci',
    repository: REPOSITORY,
    stage,
    signer: key.signer,
    assurance: own ? 'pipeline' : 'service',
    predicateType,
    body: { form: 'envelope', subjects: [digest] },
    document: { mediaType: DSSE_MEDIA_TYPE, bytes: encodeUtf8(formatEnvelope(envelope)) },
  });
}

/** Each call a while later than the last, by steps that only look irregular. */
function makeClock(start: string): () => string {
  let [now, step] = [Date.parse(start), 0];
  return () => {
    step += 1;
    now += 11_000 + ((step * step * 47_300) % 590_000);
    return new Date(now).toISOString();
  };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
