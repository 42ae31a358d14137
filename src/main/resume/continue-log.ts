import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { type Kysely, sql } from 'kysely';
import type { Cli } from '../../cli/cli.ts';
import { EXIT } from '../../cli/exit-codes.ts';
import { openProgress } from '../../cli/progress.ts';
import { Stop, stop } from '../../cli/stop.ts';
import type { Config } from '../../config/config.ts';
import { equalBytes } from '../../core/encoding/bytes.ts';
import { invariant } from '../../core/fault.ts';
import { openAnchorFile } from '../../keys/anchor-file.ts';
import { type AuditResult, auditLedger } from '../../postgres/audit-ledger.ts';
import { readHead } from '../../postgres/head-row.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { Tables } from '../../postgres/tables.ts';
import type { Anchor, ServiceKeys, StoredHead } from '../../service/ports.ts';
import { anchorPath } from '../open-replica.ts';
import { MIGRATIONS_FOLDER } from '../package-folders.ts';
import type { ResumeDatabase } from './resume-database.ts';
import type { Survey } from './survey-log.ts';

export type ContinueOptions = {
  /** The size that the operator answers for, where nothing is remembered. */
  readonly acceptSize?: number;
  readonly skipAudit: boolean;
};

/**
 * Continues a log that lost nothing: audits it and writes the anchor anew, for the cluster and timeline where it is now.
 * Stops with the survey's own code where it may not be continued, and with `resume/audit-failed` on any finding.
 */
export async function continueLog(
  cli: Cli,
  config: Config,
  keys: ServiceKeys,
  { database, urls }: ResumeDatabase,
  survey: Survey,
  options: ContinueOptions,
): Promise<AuditResult | undefined> {
  const head = requireContinuable(survey, options);
  await migrate(urls.ownerUrl, MIGRATIONS_FOLDER);
  const audited = options.skipAudit ? undefined : await audit(cli, database, keys, survey, head);
  await database.transaction().execute(async (transaction) => {
    // Nobody appends while the anchor is written: it is that of the head that was judged.
    await sql`SELECT id FROM ledger_lock WHERE id = 1 FOR UPDATE`.execute(transaction);
    const now = await readHead(transaction, head.origin, keys.headAuthenticator);
    if (now.frontier.size !== head.frontier.size || !equalBytes(now.root, head.root))
      throw stop(EXIT.input, 'resume/service-running', 'The log grew meanwhile: a service is running.');
    await writeAnchor(config, {
      origin: head.origin,
      size: head.frontier.size,
      root: head.root,
      cluster: survey.cluster,
    });
  });
  return audited;
}

function requireContinuable({ state, fault, head }: Survey, { acceptSize }: ContinueOptions): StoredHead {
  if (state === 'lost' || state === 'foreign' || state === 'unopened') {
    invariant(fault !== undefined, 'what may not be continued has a reason');
    throw new Stop(state === 'lost' ? EXIT.history : EXIT.integrity, { code: fault.code, message: fault.message });
  }
  invariant(head !== undefined, 'a log that is neither lost nor foreign has a head');
  if (state === 'intact') return head;
  const size = head.frontier.size;
  if (acceptSize === undefined) {
    const message = 'Nothing is at hand to compare the log with: give --checkpoint or --accept-size.';
    throw new Stop(EXIT.decision, { code: fault?.code ?? 'anchor/missing', message });
  }
  if (acceptSize === size) return head;
  throw stop(EXIT.decision, 'resume/size-differs', `The log has ${size} entries, not ${acceptSize}.`);
}

async function audit(
  cli: Cli,
  database: Kysely<Tables>,
  keys: ServiceKeys,
  { anchor, witnesses }: Survey,
  head: StoredHead,
): Promise<AuditResult> {
  const progress = openProgress(cli.world, 'Auditing', 'entries');
  const seen = anchor ?? witnesses[0]?.anchor;
  const result = await auditLedger(database, {
    origin: head.origin,
    authenticator: keys.headAuthenticator,
    ...(seen === undefined ? {} : { anchor: seen }),
    onProgress: progress.at,
  }).finally(progress.end);
  // Projections are derived: they are made anew, and no verdict reads them. That a change was not agreed to is true of the
  // log wherever it goes on, and every reader is told.
  const isBearable = (code: string) => code === 'database/projection-differs' || code.startsWith('control/');
  const [first, ...others] = result.findings.filter(({ code }) => !isBearable(code));
  if (first === undefined) return result;
  const more = others.length === 0 ? '' : ` And ${others.length} more; waybill audit lists them.`;
  throw stop(EXIT.integrity, 'resume/audit-failed', `${first.code} at ${first.seq}: ${first.message}${more}`);
}

/** An anchor that does not read is kept beside the new one. */
async function writeAnchor(config: Config, anchor: Anchor): Promise<void> {
  const path = anchorPath(config.stateFolder);
  const file = openAnchorFile(path);
  const isWhole = await file.read().then(
    () => true,
    () => false,
  );
  if (!isWhole && existsSync(path)) await rename(path, `${path}.malformed`);
  await file.write(anchor);
  await file.close();
}
