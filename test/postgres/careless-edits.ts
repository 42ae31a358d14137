import type { AuditResult } from '../../src/postgres/audit-ledger.ts';
import { query } from '../harness/embedded-folder.ts';
import { audit } from '../harness/grown-ledger.ts';
import type { ServiceUnderTest } from '../harness/service-under-test.ts';

/** An audit beside the service. */
export const auditOf = (service: ServiceUnderTest): Promise<AuditResult> =>
  audit(service.database.ownerUrl, {
    origin: service.context.store.origin,
    authenticator: service.keys.headAuthenticator,
  });

/** Changes the database as somebody would who does not care whether anything fits afterwards. */
export async function carelessly(service: ServiceUnderTest, ...statements: readonly string[]): Promise<void> {
  const guarded = ['entry', 'head', 'tile', 'payload', 'ledger'];
  await query(
    service.database.ownerUrl,
    [
      ...guarded.map((table) => `ALTER TABLE ${table} DISABLE TRIGGER USER`),
      'ALTER TABLE entry DROP CONSTRAINT IF EXISTS entry_prev_seq_prev_fkey',
      'ALTER TABLE entry DROP CONSTRAINT IF EXISTS entry_leaf_says_place',
      ...statements,
    ].join('; '),
  );
}
