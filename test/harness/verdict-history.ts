import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { formatPublicKeyPem } from '../../src/core/crypto/public-key.ts';
import type { Check } from '../../src/core/custody/check.ts';
import { formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { parseJson } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Role } from '../../src/core/entry/kinds/principal-granted.ts';
import type { Verdict } from '../../src/core/entry/kinds/verdict-recorded.ts';
import type { Result } from '../../src/core/fault.ts';
import { buildStatement } from '../../src/core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../src/core/statement/envelope-statement.ts';
import { predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { formatStatement } from '../../src/core/statement/statement.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import { signRotation } from '../../src/keys/sign-rotation.ts';
import type { Caller } from '../../src/service/caller.ts';
import type { SigningKey } from '../../src/service/ports.ts';
import type { Service } from '../../src/service/service.ts';

const REPOSITORY = 'shop/api';
const STAGES = ['test', 'scan', 'audit'] as const;
const SCOPE = { repositories: ['shop/*'], stages: ['*'] };
/** Verdicts that are recorded at once, as many pipelines do. */
const AT_ONCE = 16;
const DAY_MS = 86_400_000;
/** Long enough for a second person on a busy machine. */
const MOMENT_MS = 10_000;
/** Most images for which people ask for waivers at a time. */
const WAIVED_AT_ONCE = 4;

type Image = { readonly digest: string; readonly manifest: Uint8Array };
type Found = { readonly image: Image; readonly verdict: Verdict; readonly checks: readonly Check[] };

/** How often something changed that verdicts rest on. */
export type Changes = {
  contracts: number;
  rotations: number;
  revocations: number;
  waivers: number;
  waiversRevoked: number;
  grants: number;
};

/** What a history came to: every recorded verdict by its seq, and what changed meanwhile. */
export type History = { readonly verdicts: ReadonlyMap<number, Verdict>; readonly changes: Changes };

/** A history as it goes on. */
type World = {
  readonly service: Service;
  readonly admin: Caller;
  /** The pipeline that builds everything, and the two people who waive what is missing. */
  readonly ci: Caller;
  readonly people: readonly [asking: Caller, approving: Caller];
  readonly random: () => number;
  readonly pick: <T>(of: readonly T[]) => T;
  readonly changes: Changes;
  readonly recorded: Map<number, Verdict>;
  /** Keys of the pipeline that follow each other, the one in use last. */
  keys: readonly SigningKey[];
};

/** What happens between two rounds of verdicts: the first whose bound is above what was drawn. */
const HAPPENINGS: readonly (readonly [
  below: number,
  happen: (world: World, found: readonly Found[]) => Promise<void>,
])[] = [
  [0.25, publishContract],
  [0.32, withdrawContract],
  [0.5, rotateKey],
  [0.62, revokeKey],
  [0.9, waiveMissing],
  [1, grantAndRevoke],
];

/**
 * A history with `verdicts` recorded verdicts on a tenth as many images: stages are attested by keys of the pipeline; keys
 * are followed by others and revoked for times before, grants come and go, the contract is made stricter and looser, and
 * two people waive what is missing, for long and for moments, all while verdicts are recorded.
 */
export async function growVerdicts(
  service: Service,
  admin: Caller,
  verdicts: number,
  random: () => number,
): Promise<History> {
  const images = Array.from({ length: Math.max(3, Math.ceil(verdicts / 10)) }, (_, index) => imageOf(index));
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] ?? assert.fail('nothing to pick from');
  const changes = { contracts: 0, rotations: 0, revocations: 0, waivers: 0, waiversRevoked: 0, grants: 0 };
  const recorded = new Map<number, Verdict>();
  const person = (principal: string, role: Role) => grantPerson(service, admin, principal, role);
  const ci = await person('ci', 'pipeline');
  const people = [await person('anna', 'release-manager'), await person('ben', 'release-manager')] as const;
  const keys = [await registerSigner(service, admin)];
  const world: World = { service, admin, ci, people, random, pick, changes, recorded, keys };
  await together(images, ({ manifest }) => value(service.signImage(ci, { manifest, repository: REPOSITORY })));
  // So many verdicts between two changes that a hundred of those are seen, or twenty of a short history.
  const round = Math.min(100, Math.ceil(verdicts / 20));
  while (recorded.size < verdicts) {
    const some = Array.from({ length: Math.min(verdicts - recorded.size, round) }, () => pick(images));
    const stages = some.map((image) => ({ image, stage: pick(STAGES) }));
    await together(stages, ({ image, stage }) => attest(world, image, stage, random()));
    const found = await record(world, some);
    const roll = random();
    const [, happen] = HAPPENINGS.find(([below]) => roll < below) ?? assert.fail('something always happens');
    await happen(world, found.slice(0, verdicts - recorded.size));
  }
  return { verdicts: recorded, changes };
}

function record({ service, ci, recorded }: World, images: readonly Image[]): Promise<readonly Found[]> {
  return together(images, async (image) => {
    const question = { digest: image.digest, repository: REPOSITORY, environment: 'production' };
    const { result, recorded: at } = await value(service.recordVerdict(ci, question));
    recorded.set(at.seq, result.verdict);
    return { image, verdict: result.verdict, checks: result.checks };
  });
}

async function publishContract({ service, admin, random, changes }: World): Promise<void> {
  const stages = STAGES.filter(() => random() < 0.4).map((stage) => ({ stage }));
  const title = `change ${changes.contracts}`;
  await value(service.publishContract(admin, { contract: 'shop', title, repositories: ['shop/*'], stages }));
  changes.contracts += 1;
}

async function withdrawContract({ service, admin, changes }: World): Promise<void> {
  if (changes.contracts === 0) return;
  await value(service.withdrawContract(admin, 'shop'));
  changes.contracts += 1;
}

async function rotateKey(world: World): Promise<void> {
  const { service, admin, random, keys, changes } = world;
  const next = newKey();
  const terms = { log: service.origin, until: inMs(Math.floor(random() * 2_000)), ...SCOPE };
  const rotation = parseJson(encodeUtf8(signRotation(keyInUse(world), next, terms)));
  assert(rotation.ok);
  await value(service.rotateSigner(admin, keyInUse(world).signer, rotation.value));
  world.keys = [...keys, next];
  changes.rotations += 1;
}

/**
 * For a time before: what was attested since then no longer counts, and did when it was judged. Of a key that was followed
 * the next ones fall with it, where it was revoked from before it vouched for them.
 */
async function revokeKey(world: World): Promise<void> {
  const { service, admin, random, pick, keys, changes } = world;
  await value(service.revokeSigner(admin, pick(keys).signer, inMs(-Math.floor(random() * 3_000))));
  world.keys = [await registerSigner(service, admin)];
  changes.revocations += 1;
}

/** Of some images everything that is missing, for long or for moments; some of it is taken back. Then they are judged again. */
async function waiveMissing(world: World, found: readonly Found[]): Promise<void> {
  const { service, people, random, changes } = world;
  const lacking = found.filter(isLacking).slice(0, WAIVED_AT_ONCE);
  for (const { image, checks } of lacking)
    for (const check of checks.filter(({ outcome }) => outcome === 'fail')) {
      const waiver = await waive(service, people, image, check, inMs(random() < 0.7 ? DAY_MS : MOMENT_MS));
      changes.waivers += 1;
      if (random() >= 0.2) continue;
      await value(service.revokeWaiver(people[0], waiver));
      changes.waiversRevoked += 1;
    }
  await record(
    world,
    lacking.map(({ image }) => image),
  );
}

async function grantAndRevoke({ service, admin, changes }: World): Promise<void> {
  const principal = `ci-${changes.grants}`;
  await value(service.grantPrincipal(admin, { principal, role: 'pipeline', ...SCOPE }));
  await value(service.revokePrincipal(admin, principal));
  changes.grants += 1;
}

/** The time so much from now, or before. */
function inMs(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toISOString();
}

function imageOf(index: number): Image {
  const digest = `sha256:${createHash('sha256').update(String(index)).digest('hex')}`;
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 2 };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = encodeUtf8(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] }));
  return { manifest, digest: `sha256:${createHash('sha256').update(manifest).digest('hex')}` };
}

/** A principal with a person of the same name behind it. */
async function grantPerson(service: Service, admin: Caller, principal: string, role: Role): Promise<Caller> {
  await value(service.grantPrincipal(admin, { principal, role, ...SCOPE, person: principal }));
  return { principal, role, ...SCOPE, person: principal, grants: 1 };
}

function newKey(): SigningKey {
  return signingKey(generateKeyPairSync('ed25519').privateKey);
}

async function registerSigner(service: Service, admin: Caller): Promise<SigningKey> {
  const key = newKey();
  await value(service.registerSigner(admin, { publicKeyPem: formatPublicKeyPem(key.publicKey), ...SCOPE }));
  return key;
}

function keyInUse({ keys }: World): SigningKey {
  return keys.at(-1) ?? assert.fail('no key');
}

function attest(world: World, { digest }: Image, stage: string, note: number) {
  const predicateType = predicateTypeUri('junit');
  const statement = buildStatement({ digest, repository: REPOSITORY, stage, predicateType, predicate: { note } });
  const payload = encodeUtf8(formatStatement(statement));
  const sig = keyInUse(world).sign(pae(IN_TOTO_PAYLOAD_TYPE, payload));
  const envelope = { payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signatures: [{ keyid: '', sig }] };
  const body = encodeUtf8(formatEnvelope(envelope));
  return value(world.service.submitAttestation(world.ci, { body, repository: REPOSITORY, stage }));
}

/** Whether nothing speaks against an image but stages that are missing, which people may waive. */
function isLacking({ verdict, checks }: Found): boolean {
  const found = checks.filter(({ outcome }) => outcome === 'fail' || outcome === 'not-run');
  return verdict === 'fail' && found.every(({ reason }) => reason === 'contract/stage-missing');
}

async function waive(
  service: Service,
  [asking, approving]: readonly [Caller, Caller],
  { digest }: Image,
  { contract = '', code, stage }: Check,
  expires: string,
): Promise<string> {
  const { waiver } = await value(
    service.requestWaiver(asking, {
      digest,
      repository: REPOSITORY,
      contract,
      check: code,
      ...(stage === undefined ? {} : { stage }),
      expires,
      breakGlass: false,
      reason: 'no runner is free',
    }),
  );
  await value(service.approveWaiver(approving, waiver));
  return waiver;
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
