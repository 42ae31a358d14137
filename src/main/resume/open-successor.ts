import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Cli } from '../../cli/cli.ts';
import { EXIT } from '../../cli/exit-codes.ts';
import { openProgress } from '../../cli/progress.ts';
import { Stop, stop } from '../../cli/stop.ts';
import type { Config } from '../../config/config.ts';
import type { ControlSet } from '../../core/control/control-keys.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import type { Predecessor } from '../../core/entry/kinds/log-opened.ts';
import { openAnchorFile } from '../../keys/anchor-file.ts';
import { ORIGIN_FILE, succeedOrigin } from '../../keys/origin-file.ts';
import { type AuditResult, auditLedger } from '../../postgres/audit-ledger.ts';
import { migrate } from '../../postgres/migrate.ts';
import { openOrigin } from '../../postgres/open-origin.ts';
import { openKysely, openPool } from '../../postgres/pool.ts';
import { countServices, endedSchema, isSetAside, readEndedNames, setLogAside } from '../../postgres/set-log-aside.ts';
import type { Tables } from '../../postgres/tables.ts';
import { drawOrigin } from '../../service/open-log.ts';
import type { Anchor, ServiceKeys } from '../../service/ports.ts';
import { writeBootstrapToken } from '../bootstrap-token.ts';
import { anchorPath, endedAnchorPath, openReplica } from '../open-replica.ts';
import { MIGRATIONS_FOLDER } from '../package-folders.ts';
import { controlOf } from '../serve.ts';
import type { ResumeDatabase } from './resume-database.ts';
import { controlOfSuccessor, type EndedControl, readEndedControl } from './successor-control.ts';
import type { Survey } from './survey-log.ts';

const CLOSING_MS_MAX = 2_000;

/** A successor that was opened, and what is left of the log before it. */
export type OpenedSuccessor = {
  readonly origin: string;
  readonly logVkey: string;
  readonly predecessor: Predecessor;
  /** The control keys that it was opened with; absent where there are none. */
  readonly control?: ControlSet;
  readonly tokenFile: string;
  /** Schema that keeps the ended log; absent where nothing of it is left. */
  readonly schema?: string;
  /** Findings of the audit of what is left. */
  readonly findings: AuditResult['findings'];
  /** What the ended log knew, and the successor does not. */
  readonly names: readonly { readonly area: string; readonly name: string }[];
};

/**
 * Ends the log that keys and anchor remember and opens another one in its place, under the same keys and another origin.
 * Each step can be repeated, so that a run that was cut short is simply run again:
 * the anchor is kept under the name of the ended log; the log itself, where it is in the database, is moved into a schema
 * of its own and audited there; the keys remember the new origin, from which on the old one is refused everywhere; and
 * the new log is opened by an entry that names the old one, what was known of it, and what is left.
 */
export async function openSuccessor(
  cli: Cli,
  config: Config,
  keys: ServiceKeys,
  { database, urls }: ResumeDatabase,
  survey: Survey,
): Promise<OpenedSuccessor> {
  const ended = requireEndable(survey);
  await refuseBesideServices(database);
  const anchored = await archiveAnchor(config, ended, survey);
  if (survey.origin === ended) await setLogAside(database, ended);
  const kept = await isSetAside(database, ended);
  const audited = kept ? await auditEnded(cli, urls.ownerUrl, keys, ended, anchored) : undefined;
  const predecessor = describePredecessor(ended, anchored, audited);
  // Before anything is bound to the successor.
  const control = controlOfSuccessor(controlOf(config).control, audited?.control, predecessor.recovered !== undefined);
  const origin = successorOf(survey, ended);
  await migrate(urls.ownerUrl, MIGRATIONS_FOLDER);
  const originFile = join(config.keysFolder, ORIGIN_FILE);
  await succeedOrigin(originFile, ended, origin);
  await openOrigin(database, () => origin);
  dropAnchor(config, survey);
  const replica = await openReplica({
    serviceUrl: urls.serviceUrl,
    ...(urls.setRole === undefined ? {} : { setRole: urls.setRole }),
    connections: 2,
    stateFolder: config.stateFolder,
    keys,
    originFile,
    predecessor,
    ...(control === undefined ? {} : { control }),
  });
  try {
    const tokenFile = join(config.dataFolder, 'admin.token');
    // It is one of the ended log: nobody knows it any more.
    rmSync(tokenFile, { force: true });
    await writeBootstrapToken(replica.context, tokenFile);
    return {
      origin,
      logVkey: replica.context.logSigner.vkey,
      predecessor,
      ...(control === undefined ? {} : { control }),
      tokenFile,
      ...(kept ? { schema: endedSchema(ended) } : {}),
      findings: audited?.findings ?? [],
      names: kept ? await readEndedNames(database, ended) : [],
    };
  } finally {
    await replica.close();
  }
}

/** The origin of the log that ends. A log that is whole is sealed or continued instead: `resume/log-intact`. */
function requireEndable({ state, fault, origin, anchor, inForce, before, sealedFor }: Survey): string {
  if (state === 'foreign') throw new Stop(EXIT.integrity, fault ?? { code: 'log/wrong-origin', message: '' });
  if (state === 'unopened' && before !== undefined) return before;
  if (sealedFor === undefined && (state === 'in-order' || state === 'intact')) {
    const message = 'Nothing of the log is missing: continue it, or seal it and open its successor with --seal.';
    throw stop(EXIT.decision, 'resume/log-intact', message);
  }
  const ended = origin ?? anchor?.origin ?? inForce;
  if (ended === undefined) throw stop(EXIT.decision, 'resume/log-intact', 'There is no log that could end.');
  return ended;
}

/** Where an earlier run has drawn the origin already, or sealed the log in its favour, it is that one. */
function successorOf({ inForce, sealedFor }: Survey, ended: string): string {
  if (sealedFor !== undefined) return sealedFor;
  return inForce !== undefined && inForce !== ended ? inForce : drawSuccessor();
}

/** The origin of a log to come. */
export function drawSuccessor(): string {
  return drawOrigin((bytes) => new Uint8Array(randomBytes(bytes)));
}

async function refuseBesideServices(database: Kysely<Tables>): Promise<void> {
  // Connections that were closed a moment ago are counted for a moment longer.
  for (let waitedMs = 0; (await countServices(database)) > 0 && waitedMs < CLOSING_MS_MAX; waitedMs += 100)
    await sleep(100);
  const count = await countServices(database);
  if (count === 0) return;
  throw stop(
    EXIT.input,
    'resume/service-running',
    `Services hold ${count} connections to this database: stop all replicas first.`,
  );
}

/** Keeps the anchor under the name of its log. Gives the most that anybody is known to have seen of it. */
async function archiveAnchor(config: Config, ended: string, survey: Survey): Promise<Anchor | undefined> {
  const archive = openAnchorFile(endedAnchorPath(config.stateFolder, ended));
  const own = survey.anchor?.origin === ended ? survey.anchor : await archive.read();
  const views = [own, ...survey.witnesses.map(({ anchor }) => anchor)].filter((view) => view !== undefined);
  const newest = views.sort((a, b) => b.size - a.size)[0];
  if (own !== undefined) await archive.write(own);
  await archive.close();
  return newest;
}

/** Its copy is durable by now; one that did not read is kept as it is. */
function dropAnchor({ stateFolder }: Config, { anchor }: Survey): void {
  const path = anchorPath(stateFolder);
  if (anchor === undefined && existsSync(path)) renameSync(path, `${path}.malformed`);
  else rmSync(path, { force: true });
}

/** What is left of a log that ended. */
type AuditedLog = AuditResult & { readonly control: EndedControl | undefined };

async function auditEnded(
  cli: Cli,
  ownerUrl: string,
  keys: ServiceKeys,
  ended: string,
  anchored: Anchor | undefined,
): Promise<AuditedLog> {
  const pool = openPool(ownerUrl, {
    max: 2,
    applicationName: 'waybill resume',
    statementTimeoutMs: 0,
    schema: endedSchema(ended),
  });
  const database = openKysely<Tables>(pool);
  const progress = openProgress(cli.world, 'Auditing', 'entries');
  try {
    const audited = await auditLedger(database, {
      origin: ended,
      authenticator: keys.headAuthenticator,
      ...(anchored === undefined ? {} : { anchor: anchored }),
      onProgress: progress.at,
    });
    return { ...audited, control: await readEndedControl(database) };
  } finally {
    progress.end();
    await database.destroy();
  }
}

/** What is left counts as recovered where it holds together by itself, whatever the anchor says of it. */
function describePredecessor(
  origin: string,
  anchored: Anchor | undefined,
  audited: AuditResult | undefined,
): Predecessor {
  // That a change was not agreed to says nothing against what is left.
  const faults = audited?.findings.filter(({ code }) => !EXPECTED.has(code) && !code.startsWith('control/')) ?? [];
  return {
    origin,
    ...(anchored === undefined ? {} : { anchored: { size: anchored.size, root: formatHex(anchored.root) } }),
    ...(audited === undefined || audited.size === 0 || faults.length > 0
      ? {}
      : { recovered: { size: audited.size, root: audited.root } }),
  };
}

/** What is found in every log that ends after a loss, and in what is only derived. */
const EXPECTED: ReadonlySet<string> = new Set([
  'head/behind-anchor',
  'head/not-consistent-with-anchor',
  'database/projection-differs',
]);
