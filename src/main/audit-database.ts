import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError, readPassphrase } from '../config/config.ts';
import { openAnchorFile } from '../keys/anchor-file.ts';
import { openServiceKeys } from '../keys/service-keys.ts';
import { type AuditResult, auditLedger } from '../postgres/audit-ledger.ts';
import { readOrigin } from '../postgres/read-ledger.ts';
import { withDatabase } from './with-database.ts';

/**
 * Audits the ledger of a configuration. The service's key, where it is at hand, adds the MACs of the heads; the anchor,
 * where there is one, adds what this machine has seen before.
 */
export function auditDatabase(config: Config, log: (line: string) => void): Promise<AuditResult> {
  return withDatabase(config, 'service', log, async (database) => {
    const origin = await readOrigin(database);
    if (origin === undefined) throw new ConfigError('the database holds no ledger yet');
    const anchor = await openAnchorFile(join(config.stateFolder, 'anchor.json')).read();
    const hasKeys = existsSync(join(config.keysFolder, 'log.key'));
    if (!hasKeys) log('note: no keys at hand, so that the MACs of heads are not checked');
    return auditLedger(database, {
      origin,
      ...(anchor === undefined ? {} : { anchor }),
      ...(hasKeys
        ? { authenticator: openServiceKeys(config.keysFolder, readPassphrase(config)).headAuthenticator }
        : {}),
    });
  });
}
