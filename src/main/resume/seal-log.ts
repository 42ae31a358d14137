import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../cli/exit-codes.ts';
import { Stop, stop } from '../../cli/stop.ts';
import type { Config } from '../../config/config.ts';
import { formatCanonicalJson } from '../../core/encoding/canonical-json.ts';
import type { LogSealed } from '../../core/entry/kinds/log-sealed.ts';
import { invariant } from '../../core/fault.ts';
import { SERVICE_PRINCIPAL } from '../../core/trust/grant-document.ts';
import { ORIGIN_FILE } from '../../keys/origin-file.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { ServiceContext } from '../../service/context.ts';
import { makeReceipt } from '../../service/make-receipt.ts';
import type { ServiceKeys } from '../../service/ports.ts';
import { ServiceError } from '../../service/ports.ts';
import { submissionIdentity } from '../../service/submission-identity.ts';
import { openReplica } from '../open-replica.ts';
import { MIGRATIONS_FOLDER } from '../package-folders.ts';
import { drawSuccessor } from './open-successor.ts';
import type { ResumeDatabase } from './resume-database.ts';
import { STATE_EXITS } from './state-exits.ts';
import type { Survey } from './survey-log.ts';

/**
 * Appends the last entry of a log that is in order: it names the successor's origin and key, so that whoever trusts this
 * log can trust that one. A log that is sealed already stays as it is. Keeps the receipt of that entry in the state
 * folder, since nobody can ask the sealed log for it later, and gives its path.
 */
export async function sealLog(
  config: Config,
  keys: ServiceKeys,
  { urls }: ResumeDatabase,
  survey: Survey,
): Promise<string | undefined> {
  if (survey.state === 'unopened' || survey.sealedFor !== undefined) {
    const sealed = survey.state === 'unopened' ? survey.before : survey.origin;
    const kept = sealed === undefined ? undefined : sealReceiptPath(config, sealed);
    if (kept !== undefined && existsSync(kept)) return kept;
    if (survey.state !== 'in-order') return undefined;
  }
  if (survey.state !== 'in-order') {
    const message = 'Only a log that is in order is sealed.';
    throw new Stop(STATE_EXITS[survey.state], { code: survey.fault?.code ?? 'anchor/missing', message });
  }
  if (survey.head === undefined || survey.head.frontier.size === 0)
    throw stop(EXIT.decision, 'resume/log-intact', 'There is no log that could be sealed.');
  await migrate(urls.ownerUrl, MIGRATIONS_FOLDER);
  const replica = await openReplica({
    serviceUrl: urls.serviceUrl,
    ...(urls.setRole === undefined ? {} : { setRole: urls.setRole }),
    connections: 2,
    stateFolder: config.stateFolder,
    keys,
    originFile: join(config.keysFolder, ORIGIN_FILE),
  });
  try {
    const { origin } = replica.context.store;
    const path = sealReceiptPath(config, origin);
    const sealed = survey.last.find(({ kind }) => kind === 'log.sealed')?.seq;
    const seq = sealed ?? (await appendSeal(replica.context, keys));
    const made = await makeReceipt(replica.context, seq);
    invariant(made !== undefined, 'the entry that was committed is there');
    writeFileSync(path, formatCanonicalJson(made.receipt), { mode: 0o644 });
    return path;
  } finally {
    await replica.close();
  }
}

/** The seal's seq. */
async function appendSeal({ sequencer, store }: ServiceContext, keys: ServiceKeys): Promise<number> {
  const successor = drawSuccessor();
  const body: LogSealed = { successor, logKeys: [keys.logSigner(successor).vkey] };
  const { appended } = await sequencer.sequence({
    identity: submissionIdentity('sealing', [store.origin, successor]),
    proposal: { kind: 'log.sealed', principal: SERVICE_PRINCIPAL, body },
    restsOn: [],
  });
  if (appended.outcome === 'refused' || appended.outcome === 'declined') throw new ServiceError(appended.fault);
  invariant(appended.outcome !== 'stale', 'a seal rests on nothing');
  return appended.seq;
}

/** Beside the anchors: `sealed-<origin>.receipt.json`. */
function sealReceiptPath({ stateFolder }: Config, origin: string): string {
  return join(stateFolder, `sealed-${origin}.receipt.json`);
}
