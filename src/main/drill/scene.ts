import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../../cli/world.ts';
import { type Config, readPassphrase } from '../../config/config.ts';
import { formatPublicKeyPem } from '../../core/crypto/public-key.ts';
import { invariant, type Result } from '../../core/fault.ts';
import { type Receipt, readReceipt } from '../../core/receipt/receipt.ts';
import { openServiceKeys } from '../../keys/service-keys.ts';
import { openKysely, openPool } from '../../postgres/pool.ts';
import type { Tables } from '../../postgres/tables.ts';
import type { Caller } from '../../service/caller.ts';
import type { ServiceKeys, SigningKey } from '../../service/ports.ts';
import type { Service } from '../../service/service.ts';
import { readShadow, type ShadowLedger } from '../../tamper/shadow-ledger.ts';
import { adminUrlOf, type Original } from '../scratch/ledger-copy.ts';
import { copyDatabase, dropDatabase, withDatabase } from '../scratch/scratch-database.ts';
import type { RunningService } from '../serve.ts';
import { makeImage, makeKey, signAttestation } from './pipeline.ts';

/** Where the images of the scene belong, and where they do not. */
export const REPOSITORY = 'shop/api';
export const OTHER_REPOSITORY = 'shop/web';
/** Stages that the pipeline may attest, in the order that the contract asks for. */
export const STAGES = ['build', 'test', 'scan'] as const;
/** The contract of everybody, which asks for the scan; a liar would rather not show it. */
export const STRICT_CONTRACT = 'house-rules';

/** What every drill begins with: a ledger in which custody of `image` passes, frozen, and what each party keeps of it. */
export type Scene = {
  readonly world: World;
  /** A folder of this run's own. */
  readonly folder: string;
  readonly original: Original;
  readonly keys: ServiceKeys;
  readonly origin: string;
  readonly logVkey: string;
  readonly image: { readonly digest: string; readonly repository: string };
  /** Another image of the repository: signed, built and tested, not scanned. */
  readonly other: { readonly digest: string };
  readonly pipeline: SigningKey;
  readonly tokens: { readonly admin: string; readonly pipeline: string };
  readonly callers: { readonly admin: Caller; readonly pipeline: Caller };
  /** Receipts of the image, by stage; `signed` is that of its signature. */
  readonly receipts: ReadonlyMap<string, Receipt>;
  /** Every signed checkpoint that somebody outside has seen, by size. */
  readonly checkpoints: ReadonlyMap<number, string>;
  /** Evidence of the image as the service gave it. */
  readonly evidence: Uint8Array;
  /** The whole database as it was then. */
  readonly shadow: ShadowLedger;
};

/** A scene, and what takes its database away again. */
export type OpenScene = { readonly scene: Scene; readonly close: () => Promise<void> };

/** Lives a small history through a service that runs, and freezes it: database and anchor are copied from then on. */
export async function openScene(
  world: World,
  folder: string,
  config: Config,
  running: RunningService,
): Promise<OpenScene> {
  const { service, database } = running;
  const token = readFileSync(running.tokenFile, 'utf8').trim();
  const lived = await live(service, token);
  const evidence = given(await service.readEvidence(lived.callers.admin, lived.image));
  const adminUrl = adminUrlOf({ database });
  const name = await copyDatabase(adminUrl);
  const stateFolder = join(folder, 'frozen-state');
  cpSync(config.stateFolder, stateFolder, { recursive: true });
  const scratchFolder = join(folder, 'copies');
  mkdirSync(scratchFolder, { recursive: true });
  const keys = openServiceKeys(config.keysFolder, readPassphrase(config));
  const scene: Scene = {
    world,
    folder,
    original: { database, name, keys, stateFolder, scratchFolder },
    keys,
    origin: service.origin,
    logVkey: service.logVkey,
    ...lived,
    evidence,
    shadow: await shadowOf(withDatabase(database.ownerUrl, name)),
  };
  return { scene, close: () => dropDatabase(adminUrl, name) };
}

async function live(service: Service, adminToken: string) {
  const admin = given(await service.authenticate(adminToken));
  const pipeline = makeKey();
  await agree(service, admin, pipeline);
  const pipelineToken = await letIn(service, admin, 'ci', 'shop/*');
  const ci = given(await service.authenticate(pipelineToken));
  const receipts = new Map<string, Receipt>();
  const checkpoints = new Map<number, string>();
  const keep = (name: string, receipt: Receipt) => {
    receipts.set(name, receipt);
    checkpoints.set(Number(receipt.checkpoint.split('\n')[1]), receipt.checkpoint);
  };
  const other = makeImage('the other image');
  await record(service, ci, pipeline, other, ['build', 'test'], () => undefined);
  const image = makeImage('the image');
  await record(service, ci, pipeline, image, STAGES, keep);
  // A scan that failed stands before the newest one; liars would leave it out.
  const again = { digest: image.digest, repository: REPOSITORY, stage: 'scan', note: 'clean' };
  const scanned = await service.submitAttestation(ci, { ...placed(again), body: signAttestation(pipeline, again) });
  keep('scan-again', receiptOf(scanned));
  return {
    image: { digest: image.digest, repository: REPOSITORY },
    other: { digest: other.digest },
    pipeline,
    tokens: { admin: adminToken, pipeline: pipelineToken },
    callers: { admin, pipeline: ci },
    receipts,
    checkpoints,
  };
}

/** Registers the pipeline's key and publishes two contracts: one of the repository, and a stricter one of everybody. */
async function agree(service: Service, admin: Caller, pipeline: SigningKey): Promise<void> {
  const publicKeyPem = formatPublicKeyPem(pipeline.publicKey);
  given(
    await service.registerSigner(admin, { publicKeyPem, repositories: ['shop/*'], stages: STAGES, title: 'pipeline' }),
  );
  const own = { assurance: 'pipeline' } as const;
  given(
    await service.publishContract(admin, {
      contract: 'shop-api',
      repositories: [REPOSITORY],
      stages: [
        { stage: 'build', ...own },
        { stage: 'test', after: ['build'], ...own },
      ],
    }),
  );
  given(
    await service.publishContract(admin, {
      contract: STRICT_CONTRACT,
      repositories: ['*'],
      stages: [{ stage: 'test' }, { stage: 'scan', after: ['test'], ...own }],
    }),
  );
}

/** Makes `principal` a pipeline of the repositories, and gives its token. */
async function letIn(service: Service, admin: Caller, principal: string, repository: string): Promise<string> {
  const grant = { principal, role: 'pipeline', repositories: [repository], stages: STAGES } as const;
  given(await service.grantPrincipal(admin, grant));
  return given(await service.createToken(admin, { principal, title: 'drill', lifetimeSeconds: 3_600 })).token;
}

async function record(
  service: Service,
  caller: Caller,
  key: SigningKey,
  image: ReturnType<typeof makeImage>,
  stages: readonly string[],
  keep: (name: string, receipt: Receipt) => void,
): Promise<void> {
  const { manifest, digest } = image;
  keep('signed', receiptOf(await service.signImage(caller, { manifest, repository: REPOSITORY })));
  for (const stage of stages) {
    const attested = { digest, repository: REPOSITORY, stage, note: stage === 'scan' ? '3 findings' : '' };
    const body = signAttestation(key, attested);
    keep(stage, receiptOf(await service.submitAttestation(caller, { ...placed(attested), body })));
  }
}

/** Where a submission says that it belongs. */
export function placed({ digest, repository, stage }: { digest: string; repository: string; stage: string }) {
  return { subject: digest, repository, stage };
}

/** The value of an answer that must be one. */
export function given<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`the scene cannot be set: ${result.fault.code}: ${result.fault.message}`);
}

/** The receipt of a write that must have succeeded. */
export function receiptOf(answer: Result<{ readonly receipt: Parameters<typeof readReceipt>[0] }>): Receipt {
  const receipt = readReceipt(given(answer).receipt);
  invariant(receipt.ok, 'a receipt of a service of ours reads');
  return receipt.value;
}

/** Everything that the database at `url` holds. */
export async function shadowOf(url: string): Promise<ShadowLedger> {
  const database = openKysely<Tables>(openPool(url, { max: 1, applicationName: 'waybill drill' }));
  try {
    return await readShadow(database);
  } finally {
    await database.destroy();
  }
}
