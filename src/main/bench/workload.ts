import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { signerKeyId } from '../../core/crypto/public-key.ts';
import { formatEnvelope } from '../../core/dsse/envelope.ts';
import { pae } from '../../core/dsse/pae.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { buildStatement } from '../../core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../core/statement/envelope-statement.ts';
import { type PredicateTypeName, predicateTypeUri } from '../../core/statement/predicate-types.ts';
import { formatStatement } from '../../core/statement/statement.ts';
import { signingKey } from '../../keys/service-keys.ts';

/** Stages of every image, in their order, and what each attests. */
const STAGES: readonly (readonly [stage: string, type: PredicateTypeName])[] = [
  ['build', 'slsa-provenance'],
  ['sbom', 'cyclonedx'],
  ['licences', 'spdx'],
  ['lint', 'sarif'],
  ['unit-test', 'test-result'],
  ['integration-test', 'junit'],
  ['scan', 'vulns'],
  ['review', 'scai'],
  ['acceptance', 'test-result'],
  ['release-notes', 'release'],
];
export const STAGES_OF_AN_IMAGE = STAGES.length;
export const REPOSITORIES: readonly string[] = Array.from({ length: 8 }, (_, n) => `bench/service-${n}`);
export const CONTRACT_NAME = 'bench';

const DIGESTS = new Map<number, string>();
const DIGESTS_MAX = 10_000;

/** One pipeline's own key: it may attest every stage of one repository. */
export type WorkloadSigner = {
  readonly repository: string;
  readonly privateKey: KeyObject;
  readonly publicKeyPem: string;
  /** Its name in the ledger, 64 hex digits; stands in envelopes as the key id, which the service does not look at. */
  readonly signer: string;
};

/** What is posted in a run: which keys sign. Image n belongs to repository n modulo their number. */
export type Workload = { readonly signers: readonly WorkloadSigner[] };

/** Stage `stage` (an index) of image `image`; `round` makes another attestation of the same stage. */
export type AttestationPlace = { readonly image: number; readonly stage: number; readonly round: number };

export function createWorkload(): Workload {
  const signers = REPOSITORIES.map((repository) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    return {
      repository,
      privateKey,
      publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      signer: signerKeyId(signingKey(privateKey).publicKey),
    };
  });
  return { signers };
}

export function repositoryOf(image: number): string {
  return REPOSITORIES[image % REPOSITORIES.length] ?? '';
}

/** An OCI manifest of image number `image`: three layers, no two images alike. */
export function manifestOf(image: number): Uint8Array {
  const layer = (name: string, size: number) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: `sha256:${sha256Hex(`${name} of image ${image}`)}`,
    size,
  });
  return encodeUtf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { ...layer('config', 1_474), mediaType: 'application/vnd.oci.image.config.v1+json' },
      layers: [layer('system', 31_357_624), layer('packages', 8_423_117), layer('program', 1_204_431)],
    }),
  );
}

/** Its digest. Remembered for images under way: everything that is said of one names it. */
export function digestOf(image: number): string {
  const known = DIGESTS.get(image);
  if (known !== undefined) return known;
  const digest = `sha256:${createHash('sha256').update(manifestOf(image)).digest('hex')}`;
  if (DIGESTS.size >= DIGESTS_MAX) DIGESTS.clear();
  DIGESTS.set(image, digest);
  return digest;
}

export function stageNameOf(stage: number): string {
  return STAGES[stage]?.[0] ?? '';
}

export function predicateTypeOf(stage: number): string {
  return predicateTypeUri(STAGES[stage]?.[1] ?? 'custom');
}

/** Children of an index: as many as one may have. */
export const CHILDREN_OF_AN_INDEX = 64;

/** An OCI index of number `index`, as a build for many platforms leaves it; its children are in no other index. */
export function indexManifestOf(index: number): Uint8Array {
  const child = (n: number) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${sha256Hex(`child ${n} of index ${index}`)}`,
    size: 1_024 + n,
  });
  return encodeUtf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: Array.from({ length: CHILDREN_OF_AN_INDEX }, (_, n) => child(n)),
    }),
  );
}

/** A DSSE envelope of about 1.5 KB around an in-toto statement that is bound to its place, as `waybill attest --key` makes it. */
export function envelopeOf({ signers }: Workload, place: AttestationPlace): Uint8Array {
  const signer = signers[place.image % signers.length];
  if (signer === undefined) throw new Error('a workload has signers');
  const statement = encodeUtf8(
    formatStatement(
      buildStatement({
        digest: digestOf(place.image),
        repository: signer.repository,
        stage: stageNameOf(place.stage),
        predicateType: predicateTypeOf(place.stage),
        predicate: predicateOf(place),
      }),
    ),
  );
  const sig = sign(null, pae(IN_TOTO_PAYLOAD_TYPE, statement), signer.privateKey);
  return encodeUtf8(
    formatEnvelope({
      payloadType: IN_TOTO_PAYLOAD_TYPE,
      payload: statement,
      signatures: [{ keyid: signer.signer, sig: new Uint8Array(sig) }],
    }),
  );
}

/** About 600 bytes of result, no two alike. */
function predicateOf({ image, stage, round }: AttestationPlace) {
  const name = stageNameOf(stage);
  return {
    result: 'PASSED',
    url: `https://ci.example/${repositoryOf(image)}/runs/${image}-${stage}-${round}`,
    configuration: [{ name: `${name}.yaml`, digest: { sha256: sha256Hex(`${name} configuration`) } }],
    resolved: [{ name: 'base', digest: { sha256: sha256Hex(`base ${image % 50}`) } }],
    passedTests: Array.from({ length: 8 }, (_, n) => `${name}/case-${n}-of-image-${image}`),
  };
}

/** The contract that demands every stage of every image, signed by the pipelines themselves. */
export function contractDocument(): Uint8Array {
  return encodeUtf8(
    JSON.stringify({
      contract: CONTRACT_NAME,
      repositories: ['bench/*'],
      stages: STAGES.map((_, stage) => ({
        stage: stageNameOf(stage),
        predicateTypes: [predicateTypeOf(stage)],
        assurance: 'pipeline',
      })),
    }),
  );
}

/**
 * Places of `count` attestations over `count / 10` images from number `firstImage` on: stage after stage, so that many
 * pipelines are under way at once and neighbours on the wire are about different images.
 */
export function placesOver(firstImage: number, count: number): readonly AttestationPlace[] {
  const images = Math.ceil(count / STAGES.length);
  return Array.from({ length: count }, (_, n) => ({
    image: firstImage + (n % images),
    stage: Math.floor(n / images),
    round: 0,
  }));
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
