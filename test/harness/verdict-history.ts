import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Verdict } from '../../src/core/entry/kinds/verdict-recorded.ts';
import type { Result } from '../../src/core/fault.ts';
import { buildStatement } from '../../src/core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../src/core/statement/envelope-statement.ts';
import { predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { formatStatement } from '../../src/core/statement/statement.ts';
import type { Caller } from '../../src/service/caller.ts';
import type { Service } from '../../src/service/service.ts';

const REPOSITORY = 'shop/api';
const STAGES = ['test', 'scan', 'audit'] as const;
/** Verdicts that are recorded at once, as many pipelines do. */
const AT_ONCE = 16;

type Image = { readonly digest: string; readonly manifest: Uint8Array };
type Signer = { readonly id: string; readonly key: KeyObject };

/** What a history came to: every recorded verdict by its seq, and how often contracts, signers and grants changed. */
export type History = {
  readonly verdicts: ReadonlyMap<number, Verdict>;
  readonly changes: { contracts: number; revocations: number; grants: number };
};

/**
 * A history with `verdicts` recorded verdicts on a tenth as many images: stages are attested by keys of the pipeline, keys are
 * revoked for times before, grants come and go, and the contract is made stricter and looser, all while verdicts are
 * recorded.
 */
export async function growVerdicts(
  service: Service,
  admin: Caller,
  verdicts: number,
  random: () => number,
): Promise<History> {
  const images = Array.from({ length: Math.max(3, Math.ceil(verdicts / 10)) }, (_, index) => imageOf(index));
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] ?? assert.fail('nothing to pick from');
  const recorded = new Map<number, Verdict>();
  const changes = { contracts: 0, revocations: 0, grants: 0 };
  let signer = await registerSigner(service, admin);
  await together(images, (image) =>
    value(service.signImage(admin, { manifest: image.manifest, repository: REPOSITORY })),
  );
  // So many verdicts between two changes that a hundred of those are seen, or twenty of a short history.
  const round = Math.min(100, Math.ceil(verdicts / 20));
  while (recorded.size < verdicts) {
    const some = Array.from({ length: Math.min(verdicts - recorded.size, round) }, () => pick(images));
    const stages = some.map((image) => ({ image, stage: pick(STAGES) }));
    await together(stages, ({ image, stage }) => attest(service, admin, signer, image, stage, random()));
    const found = await together(some, (image) =>
      value(service.recordVerdict(admin, { digest: image.digest, repository: REPOSITORY, environment: 'production' })),
    );
    for (const { result, recorded: at } of found) recorded.set(at.seq, result.verdict);
    const roll = random();
    if (roll < 0.4) {
      const stagesAsked = STAGES.filter(() => random() < 0.4).map((stage) => ({ stage }));
      const document = {
        contract: 'shop',
        title: `change ${changes.contracts}`,
        repositories: ['shop/*'],
        stages: stagesAsked,
      };
      await value(service.publishContract(admin, document));
      changes.contracts += 1;
    } else if (roll < 0.5 && changes.contracts > 0) {
      await value(service.withdrawContract(admin, 'shop'));
      changes.contracts += 1;
    } else if (roll < 0.75) {
      // For a time before: what was attested since then no longer counts, and did when it was judged.
      const effective = new Date(Date.now() - Math.floor(random() * 3_000)).toISOString();
      await value(service.revokeSigner(admin, signer.id, effective));
      signer = await registerSigner(service, admin);
      changes.revocations += 1;
    } else {
      const principal = `ci-${changes.grants}`;
      await value(
        service.grantPrincipal(admin, { principal, role: 'pipeline', repositories: ['shop/*'], stages: ['*'] }),
      );
      await value(service.revokePrincipal(admin, principal));
      changes.grants += 1;
    }
  }
  return { verdicts: recorded, changes };
}

function imageOf(index: number): Image {
  const digest = `sha256:${createHash('sha256').update(String(index)).digest('hex')}`;
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 2 };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = encodeUtf8(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] }));
  return { manifest, digest: `sha256:${createHash('sha256').update(manifest).digest('hex')}` };
}

async function registerSigner(service: Service, admin: Caller): Promise<Signer> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = String(publicKey.export({ format: 'pem', type: 'spki' }));
  const scope = { repositories: ['shop/*'], stages: ['*'] };
  const { signer } = await value(service.registerSigner(admin, { publicKeyPem, ...scope }));
  return { id: signer, key: privateKey };
}

function attest(service: Service, admin: Caller, signer: Signer, { digest }: Image, stage: string, note: number) {
  const predicateType = predicateTypeUri('junit');
  const built = buildStatement({ digest, repository: REPOSITORY, stage, predicateType, predicate: { note } });
  const payload = encodeUtf8(formatStatement(built));
  const sig = sign(null, pae(IN_TOTO_PAYLOAD_TYPE, payload), signer.key);
  const body = encodeUtf8(
    formatEnvelope({ payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signatures: [{ keyid: '', sig }] }),
  );
  return value(service.submitAttestation(admin, { body, repository: REPOSITORY, stage }));
}

/** Some at a time, in order. */
async function together<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  return results;
}

async function value<T>(answer: Promise<Result<T>>): Promise<T> {
  const result = await answer;
  if (result.ok) return result.value;
  return assert.fail(JSON.stringify(result.fault));
}
