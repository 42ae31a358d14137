import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { parseVkey } from '../../core/checkpoint/signed-note.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { invariant } from '../../core/fault.ts';
import { type Receipt, verifyReceipt } from '../../core/receipt/receipt.ts';
import { openAnchorFile } from '../../keys/anchor-file.ts';
import { type AuditOptions, auditLedger } from '../../postgres/audit-ledger.ts';
import { openKysely, openPool } from '../../postgres/pool.ts';
import type { ResolvedDatabase } from '../../postgres/resolve-database.ts';
import type { Tables } from '../../postgres/tables.ts';
import type { Caller } from '../../service/caller.ts';
import { openService } from '../../service/open-service.ts';
import { type Anchor, ServiceError, type ServiceKeys } from '../../service/ports.ts';
import { openSuperuser } from '../../tamper/superuser.ts';
import type { Tampering } from '../../tamper/tamperings.ts';
import { openReplica, type Replica } from '../open-replica.ts';
import { copyDatabase, dropDatabase, withDatabase } from './demo-database.ts';

/** Somebody who looks at the ledger, and the codes by which he notices that it is not what it was. */
export type Observation = { readonly by: string; readonly codes: readonly string[] };

/** What was done to a copy of the ledger, who noticed it, and how its image was judged there afterwards. */
export type PlayedTampering = {
  readonly id: string;
  readonly sentence: string;
  readonly done: string;
  readonly noticed: readonly Observation[];
  /** Verdict of a service on that database; absent where it refuses to serve. */
  readonly verdict?: string;
};

/** The ledger that is played with, and what is kept outside of it. */
export type Stage = {
  readonly database: ResolvedDatabase;
  readonly keys: ServiceKeys;
  readonly stateFolder: string;
  /** For copies of the anchor. */
  readonly scratchFolder: string;
  /** What a pipeline kept; verified against the log key. */
  readonly receipt: Receipt;
  readonly caller: Caller;
  readonly image: { readonly digest: string; readonly repository: string };
};

/**
 * Plays one tampering on a copy of the database, or none at all, and asks everybody who could notice: an audit beside
 * the service, somebody who kept one receipt and has no key, a service that starts, the one that was running, and the
 * custody checks. The ledger itself is never touched.
 */
export async function playTampering(stage: Stage, tampering: Tampering | undefined): Promise<PlayedTampering> {
  const adminUrl = stage.database.superuserUrl ?? stage.database.ownerUrl;
  const name = await copyDatabase(adminUrl);
  const stateFolder = join(stage.scratchFolder, name);
  cpSync(stage.stateFolder, stateFolder, { recursive: true });
  const open = () => openCopy(stage, name, stateFolder);
  try {
    return await watch(stage, tampering, { adminUrl, name, open });
  } finally {
    await dropDatabase(adminUrl, name);
  }
}

async function watch(
  stage: Stage,
  tampering: Tampering | undefined,
  copy: { readonly adminUrl: string; readonly name: string; readonly open: () => Promise<Replica> },
): Promise<PlayedTampering> {
  const { adminUrl, name, open } = copy;
  const running = await open();
  try {
    const done = tampering === undefined ? 'nothing was done' : await apply(tampering, withDatabase(adminUrl, name));
    const beside = await observeAudits(stage, withDatabase(stage.database.ownerUrl, name), running);
    const start = await codesOf(async () => {
      await (await open()).close();
      return [];
    });
    const judged = start.length > 0 ? undefined : await judge(stage, running);
    const append = await codesOf(() => appendOne(stage, running));
    const noticed = [
      ...beside,
      { by: 'a service that starts', codes: start },
      { by: 'the running service, at its next append', codes: append },
      { by: 'the custody checks', codes: judged?.codes ?? [] },
    ];
    return {
      id: tampering?.id ?? 'untouched',
      sentence: tampering?.sentence ?? 'Do nothing, to see that nobody complains.',
      done,
      noticed: noticed.filter(({ codes }) => codes.length > 0),
      ...(judged === undefined ? {} : { verdict: judged.verdict }),
    };
  } finally {
    await running.close();
  }
}

function openCopy(stage: Stage, name: string, stateFolder: string): Promise<Replica> {
  const { serviceUrl, setRole } = stage.database;
  return openReplica({
    serviceUrl: withDatabase(serviceUrl, name),
    ...(setRole === undefined ? {} : { setRole }),
    connections: 4,
    stateFolder,
    keys: stage.keys,
  });
}

async function apply(tampering: Tampering, url: string): Promise<string> {
  const superuser = openSuperuser(url);
  try {
    return await tampering.apply(superuser);
  } finally {
    await superuser.close();
  }
}

async function observeAudits(stage: Stage, url: string, running: Replica): Promise<readonly Observation[]> {
  const { origin } = running.context.store;
  const anchor = await openAnchorFile(join(stage.stateFolder, 'anchor.json')).read();
  const authenticator = stage.keys.headAuthenticator;
  const own = { origin, authenticator, ...(anchor === undefined ? {} : { anchor }) };
  const alone = await auditCodes(url, { origin });
  const remembered = await auditCodes(url, { origin, anchor: rememberedBy(stage.receipt, running) });
  return [
    { by: 'an audit with the log key and the anchor', codes: await auditCodes(url, own) },
    // What anybody sees in the database is no merit of the receipt.
    { by: 'whoever kept one receipt', codes: remembered.filter((code) => !alone.includes(code)) },
  ];
}

async function auditCodes(url: string, options: AuditOptions): Promise<readonly string[]> {
  const database = openKysely<Tables>(openPool(url, { max: 1, applicationName: 'waybill audit' }));
  try {
    const { findings } = await auditLedger(database, options);
    return [...new Set(findings.map(({ code }) => code))].sort();
  } finally {
    await database.destroy();
  }
}

function rememberedBy(receipt: Receipt, running: Replica): Anchor {
  const key = parseVkey(running.context.logSigner.vkey);
  invariant(key.ok, 'the log key of a service of ours reads');
  const verified = verifyReceipt(receipt, [key.value]);
  invariant(verified.ok, 'the receipt was verified when it was given');
  return verified.value.checkpoint;
}

async function appendOne(stage: Stage, running: Replica): Promise<readonly string[]> {
  const body = encodeUtf8('{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"afterwards"}},"results":[]}]}');
  const { digest, repository } = stage.image;
  const service = openService(running.context);
  const asked = { body, subject: digest, repository, stage: 'afterwards' };
  const appended = await service.submitAttestation(stage.caller, asked);
  return appended.ok ? [] : [appended.fault.code];
}

async function judge(
  stage: Stage,
  running: Replica,
): Promise<{ readonly verdict: string; readonly codes: readonly string[] }> {
  const judged = await openService(running.context).verifyCustody(stage.caller, stage.image);
  if (!judged.ok) return { verdict: 'none', codes: [judged.fault.code] };
  const { verdict, checks } = judged.value;
  const failed = checks.filter(({ outcome }) => outcome === 'fail').map(({ reason, code }) => reason ?? code);
  return { verdict, codes: [...new Set(failed)] };
}

/** What `use` found, or the code that the service refused with. */
async function codesOf(use: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof ServiceError) return [error.fault.code];
    throw error;
  }
}
