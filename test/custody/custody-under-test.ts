import { createHash } from 'node:crypto';
import { CONTRACT_MEDIA_TYPE, type Contract, formatContract } from '../../src/core/contract/contract.ts';
import type { Question } from '../../src/core/custody/evidence.ts';
import { DSSE_MEDIA_TYPE, formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { BUNDLE_MEDIA_TYPE } from '../../src/core/dsse/sigstore-bundle.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Role } from '../../src/core/entry/kinds/principal-granted.ts';
import { formatSignedImage, SIGNED_IMAGE_MEDIA_TYPE } from '../../src/core/image/signed-image.ts';
import { simpleSigningPayload } from '../../src/core/image/simple-signing.ts';
import { buildStatement, imageSignatureStatement } from '../../src/core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../src/core/statement/envelope-statement.ts';
import { type PredicateTypeName, predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { formatStatement, type Statement } from '../../src/core/statement/statement.ts';
import { formatGrantDocument, GRANT_MEDIA_TYPE } from '../../src/core/trust/grant-document.ts';
import { formatSignerDocument, SIGNER_MEDIA_TYPE } from '../../src/core/trust/signer-document.ts';
import { buildImageBundle } from '../../src/sigstore/image-bundle.ts';
import { type Draft, LedgerUnderTest } from './ledger-under-test.ts';

export const REPOSITORY = 'shop/api';
const OCI = 'application/vnd.oci.image.';

/** Exact manifest bytes of an image; another `seed`, another digest. */
export function imageManifest(seed = '1'): Uint8Array {
  return encodeUtf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${OCI}manifest.v1+json`,
      config: { mediaType: `${OCI}config.v1+json`, digest: `sha256:${seed.padStart(64, '0')}`, size: 2 },
      layers: [],
    }),
  );
}

/** Exact manifest bytes of an index of these manifests. */
export function indexManifest(children: readonly Uint8Array[]): Uint8Array {
  const manifests = children.map((child) => ({
    mediaType: `${OCI}${isIndex(child) ? 'index' : 'manifest'}.v1+json`,
    digest: digestOf(child),
    size: child.length,
  }));
  return encodeUtf8(JSON.stringify({ schemaVersion: 2, mediaType: `${OCI}index.v1+json`, manifests }));
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export const MANIFEST = imageManifest();
export const IMAGE = digestOf(MANIFEST);
export const QUESTION: Question = { subject: IMAGE, repository: REPOSITORY };

type Scoped = { readonly repositories?: readonly string[]; readonly stages?: readonly string[] };
/** Anything that stands in the entry otherwise than the honest writer would have it. */
type Deviation = { readonly entry?: Partial<Draft> };

/** Grants `principal` a role, by the bootstrap administrator unless told. */
export function grant(
  ledger: LedgerUnderTest,
  principal: string,
  role: Role,
  options: Scoped & Deviation & { readonly by?: string; readonly person?: string } = {},
): number {
  const { repositories = ['*'], stages = ['*'], by = 'bootstrap-admin', person, entry } = options;
  const bytes = formatGrantDocument({ role, repositories, stages, ...(person === undefined ? {} : { person }) });
  const document = { mediaType: GRANT_MEDIA_TYPE, bytes };
  return ledger.append({ kind: 'principal.granted', principal: by, body: { principal, role }, document, ...entry });
}

/** Registers the key of that name as a signer. */
export function register(
  ledger: LedgerUnderTest,
  name: string,
  options: Scoped & Deviation & { readonly use?: string; readonly by?: string } = {},
): number {
  const { repositories = ['*'], stages = ['*'], use = 'attest', by = 'bootstrap-admin', entry } = options;
  const key = ledger.key(name);
  const bytes = formatSignerDocument({ key: key.publicKey, repositories, stages });
  const document = { mediaType: SIGNER_MEDIA_TYPE, bytes };
  return ledger.append({
    kind: 'signer.registered',
    principal: by,
    body: { signer: key.signer, use },
    document,
    ...entry,
  });
}

export function revoke(ledger: LedgerUnderTest, name: string, effective: string, by = 'bootstrap-admin'): number {
  return ledger.append({
    kind: 'signer.revoked',
    principal: by,
    body: { signer: ledger.key(name).signer, effective },
  });
}

/** Publishes a contract; version and previous globs are those of a first version unless told. */
export function publish(
  ledger: LedgerUnderTest,
  contract: Contract,
  options: Deviation & { readonly version?: number; readonly previous?: readonly string[]; readonly by?: string } = {},
): number {
  const { version = 1, previous = [], by = 'bootstrap-admin', entry } = options;
  return ledger.append({
    kind: 'contract.published',
    principal: by,
    body: {
      contract: contract.contract,
      version,
      repositories: contract.repositories,
      previousRepositories: previous,
      ...(contract.from === undefined ? {} : { from: contract.from }),
    },
    document: { mediaType: CONTRACT_MEDIA_TYPE, bytes: formatContract(contract) },
    ...entry,
  });
}

type SignOptions = Deviation & {
  readonly repository?: string;
  readonly by?: string;
  readonly key?: string;
  readonly statement?: Uint8Array;
  readonly simple?: Uint8Array;
  readonly manifest?: Uint8Array;
  readonly children?: readonly string[];
};

/** Signs the image of these manifest bytes with the image key. */
export function sign(ledger: LedgerUnderTest, manifest = MANIFEST, options: SignOptions = {}): number {
  const { repository = REPOSITORY, by = 'shop-ci', key: name = 'image', entry } = options;
  const key = ledger.key(name);
  const digest = digestOf(manifest);
  const statement = options.statement ?? imageSignatureStatement(digest);
  const signature = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
  const payload = options.simple ?? simpleSigningPayload(repository, digest);
  const bytes = formatSignedImage({
    bundle: encodeUtf8(buildImageBundle(IN_TOTO_PAYLOAD_TYPE, statement, signature, key.publicKey)),
    manifest: options.manifest ?? manifest,
    simpleSigning: { payload, signature: key.sign(payload) },
  });
  return ledger.append({
    kind: 'image.signed',
    principal: by,
    repository,
    signer: key.signer,
    assurance: 'service',
    predicateType: predicateTypeUri('cosign-sign'),
    body: {
      digest,
      mediaType: `${OCI}${isIndex(manifest) ? 'index' : 'manifest'}.v1+json`,
      size: manifest.length,
      shape: isIndex(manifest) ? 'index' : 'image',
      children: options.children ?? childrenOf(manifest),
    },
    document: { mediaType: SIGNED_IMAGE_MEDIA_TYPE, bytes },
    ...entry,
  });
}

type AttestOptions = Deviation & {
  readonly stage?: string;
  readonly type?: PredicateTypeName;
  readonly digest?: string;
  readonly repository?: string;
  /** Name of the key; `service` makes it an attestation by the service. */
  readonly key?: string;
  readonly by?: string;
  readonly note?: string;
  readonly form?: 'envelope' | 'bundle';
  /** Changes the statement before it is signed. */
  readonly alter?: (statement: Statement) => Statement;
};

/** Records what a stage attests, signed by the key `pipeline` unless told. */
export function attest(ledger: LedgerUnderTest, options: AttestOptions = {}): number {
  const { stage = 'test', type = 'junit', digest = IMAGE, repository = REPOSITORY, key: name = 'pipeline' } = options;
  const { by = 'shop-ci', note = '', form = 'envelope', alter = (statement) => statement, entry } = options;
  const predicateType = predicateTypeUri(type);
  const built = buildStatement({ digest, repository, stage, predicateType, predicate: { stage, note } });
  const payload = encodeUtf8(formatStatement(alter(built)));
  const key = ledger.key(name);
  const sig = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, payload));
  const envelope = { payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signatures: [{ keyid: '', sig }] };
  const text =
    form === 'bundle' ? buildImageBundle(IN_TOTO_PAYLOAD_TYPE, payload, sig, key.publicKey) : formatEnvelope(envelope);
  return ledger.append({
    kind: 'attestation.recorded',
    principal: by,
    repository,
    stage,
    signer: key.signer,
    assurance: name === 'service' ? 'service' : 'pipeline',
    predicateType,
    body: { form, subjects: [digest] },
    document: { mediaType: form === 'bundle' ? BUNDLE_MEDIA_TYPE : DSSE_MEDIA_TYPE, bytes: encodeUtf8(text) },
    ...entry,
  });
}

/** The contract of the scenario: a test, then a scan. */
export const CONTRACT: Contract = {
  contract: 'shop',
  repositories: ['shop/*'],
  stages: [
    { stage: 'test', predicateTypes: [predicateTypeUri('junit')] },
    { stage: 'scan', after: ['test'] },
  ],
};

/**
 * A log that was just opened: entry 0, the service's own three signers (1 to 3), the bootstrap grant (4), a pipeline
 * `shop-ci` in `shop/*` (5) and its key `pipeline` (6).
 */
export function openedLedger(origin?: string, secret?: string): LedgerUnderTest {
  const ledger = new LedgerUnderTest(origin, secret);
  ledger.append({
    kind: 'log.opened',
    principal: 'service',
    body: { mapRule: 'waybill/map/v1', logKeys: [ledger.vkey], controlKeys: [], controlThreshold: 0 },
  });
  for (const use of ['image', 'service', 'verdict']) register(ledger, use, { use, by: 'service' });
  grant(ledger, 'bootstrap-admin', 'admin', { by: 'service' });
  grant(ledger, 'shop-ci', 'pipeline', { repositories: ['shop/*'] });
  register(ledger, 'pipeline', { repositories: ['shop/*'] });
  return ledger;
}

export type CustodyOptions = {
  readonly contracts?: readonly Contract[];
  /** Stages that are attested, in order. */
  readonly stages?: readonly string[];
  readonly origin?: string;
  readonly secret?: string;
};

/** The opened log, its contracts (7 on), the image signed, and one attestation for each stage: custody that passes. */
export function custodyLedger({
  contracts = [CONTRACT],
  stages = ['test', 'scan'],
  origin,
  secret,
}: CustodyOptions = {}): LedgerUnderTest {
  const ledger = openedLedger(origin, secret);
  for (const contract of contracts) publish(ledger, contract);
  sign(ledger);
  for (const stage of stages) attest(ledger, { stage });
  return ledger;
}

/** A ledger whose image has `entries` entries of its own, for measurements. */
export function longLedger(entries: number): LedgerUnderTest {
  const ledger = custodyLedger();
  for (let made = 3; made < entries; made += 1) {
    attest(ledger, { stage: `stage-${made % 40}`, key: made % 3 === 0 ? 'service' : 'pipeline', note: `run ${made}` });
  }
  return ledger;
}

function isIndex(manifest: Uint8Array): boolean {
  return manifestOf(manifest).manifests !== undefined;
}

function childrenOf(manifest: Uint8Array): readonly string[] {
  return manifestOf(manifest).manifests?.map(({ digest }) => digest) ?? [];
}

function manifestOf(manifest: Uint8Array): { readonly manifests?: readonly { readonly digest: string }[] } {
  return JSON.parse(new TextDecoder().decode(manifest));
}
