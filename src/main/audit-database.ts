import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../cli/exit-codes.ts';
import { stop } from '../cli/stop.ts';
import { type Config, ConfigError, readPassphrase } from '../config/config.ts';
import { openAnchorFile } from '../keys/anchor-file.ts';
import { openServiceKeys } from '../keys/service-keys.ts';
import { verifyInPool } from '../native/verify-in-pool.ts';
import { type AuditOptions, type AuditResult, auditLedger } from '../postgres/audit-ledger.ts';
import { type AuditState, formatAuditState, parseAuditState } from '../postgres/audit-state.ts';
import { readOrigin } from '../postgres/read-ledger.ts';
import { endedSchema, isSetAside } from '../postgres/set-log-aside.ts';
import { writeDurably } from './monitor/write-durably.ts';
import { anchorPath, endedAnchorPath } from './open-replica.ts';
import { withDatabase } from './with-database.ts';

export type AuditRequest = {
  /** The origin of a log that a successor took the place of, and that is kept beside it. */
  readonly ended?: string;
  /** Verifies signatures too. */
  readonly signatures?: boolean;
  /** A file with the state of an earlier audit, which this one goes on from and keeps up to date; made where it is missing. */
  readonly stateFile?: string;
  readonly onProgress?: AuditOptions['onProgress'];
  readonly isStopping?: () => boolean;
};

/**
 * Audits the ledger of a configuration. The service's key, where it is at hand, adds the MACs of the heads; the anchor,
 * where there is one, adds what this machine has seen before. Stops with `cli/state-unusable` where the state file does
 * not read, is of another log, or of an audit that checked less.
 */
export function auditDatabase(
  config: Config,
  log: (line: string) => void,
  request: AuditRequest = {},
): Promise<AuditResult> {
  const { ended, stateFile } = request;
  // The service's role has no right to an ended log.
  const way =
    ended === undefined ? ({ as: 'service' } as const) : ({ as: 'owner', schema: endedSchema(ended) } as const);
  return withDatabase(config, way, log, async (database) => {
    const origin = ended === undefined || (await isSetAside(database, ended)) ? await readOrigin(database) : undefined;
    if (origin === undefined) throw new ConfigError('the database holds no such ledger');
    const { stateFolder } = config;
    const path = ended === undefined ? anchorPath(stateFolder) : endedAnchorPath(stateFolder, origin);
    const anchor = await openAnchorFile(path).read();
    const hasKeys = existsSync(join(config.keysFolder, 'log.key'));
    if (!hasKeys) log('note: no keys at hand, so that the MACs of heads are not checked');
    const checks = { macs: hasKeys, signatures: request.signatures === true };
    const from = stateFile === undefined ? undefined : readState(stateFile, origin, checks);
    if (from !== undefined) log(`goes on at entry ${from.next}, where ${stateFile} was left`);
    return auditLedger(database, {
      origin,
      ...(anchor === undefined ? {} : { anchor }),
      ...(hasKeys
        ? { authenticator: openServiceKeys(config.keysFolder, readPassphrase(config)).headAuthenticator }
        : {}),
      ...(checks.signatures ? { verifySignature: verifyInPool } : {}),
      ...(from === undefined ? {} : { from }),
      ...(stateFile === undefined ? {} : { onPage: stateWriter(stateFile, request.isStopping) }),
      ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
      ...(request.isStopping === undefined ? {} : { isStopping: request.isStopping }),
    });
  });
}

/** A state is written again only after so many times what the last writing took, and at the end. */
const SAVE_EVERY_TIMES = 20;
const SAVE_EVERY_MS_MIN = 2_000;

function stateWriter(path: string, isStopping: () => boolean = () => false): NonNullable<AuditOptions['onPage']> {
  let saveAt = 0;
  return async (state, isLast) => {
    if (!isLast && performance.now() < saveAt && !isStopping()) return;
    const begun = performance.now();
    writeDurably(path, ...formatAuditState(await state()));
    saveAt = performance.now() + Math.max(SAVE_EVERY_MS_MIN, (performance.now() - begun) * SAVE_EVERY_TIMES);
  };
}

function readState(
  path: string,
  origin: string,
  checks: { readonly macs: boolean; readonly signatures: boolean },
): AuditState | undefined {
  if (!existsSync(path)) return undefined;
  const hint = 'Without that file the ledger is audited from its first entry.';
  const read = parseAuditState(readFileSync(path), origin);
  if (!read.ok) throw stop(EXIT.input, 'cli/state-unusable', `${path} does not read: ${read.fault.message}`, hint);
  const lacks = [
    ...(checks.macs && !read.value.macs ? ['the MACs of heads'] : []),
    ...(checks.signatures && read.value.signatures === undefined ? ['signatures'] : []),
  ];
  if (lacks.length === 0) return read.value;
  throw stop(
    EXIT.input,
    'cli/state-unusable',
    `${path} is of an audit that did not check ${lacks.join(' and ')}.`,
    hint,
  );
}
