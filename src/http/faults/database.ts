import type { DatabaseFaultCode } from '../../core/fault-codes/database.ts';
import type { FaultRow } from './faults.ts';

/** The database. Requests meet a few of them; most keep the service from starting. */
export const DATABASE_FAULTS = {
  'database/binaries-missing': [
    503,
    'No embedded database is installed for this platform.',
    'Install with optional dependencies, or set DATABASE_URL.',
  ],
  'database/data-missing': [
    503,
    'The ledger’s data folder is gone, while its anchor exists.',
    'Restore the data folder; a new ledger is not begun in its place.',
  ],
  'database/data-in-use': [503, 'A live service already runs on this data folder.', 'Stop it, or use another folder.'],
  'database/data-unusable': [503, 'The data folder cannot be used.', 'See the log for what is wrong with it.'],
  'database/version-mismatch': [
    503,
    'The data was written by another major version of Postgres.',
    'Upgrade the cluster, or install the version that wrote it.',
  ],
  'database/no-system-user': [
    503,
    'There is no unprivileged user that could run the database.',
    'Start as another user than root, or set DATABASE_URL.',
  ],
  'database/start-failed': [503, 'The database did not start.', 'See the log for its last lines.'],
  'database/unreachable': [503, 'The database does not answer.', 'Try again; repeating a submission is always safe.'],
  'database/in-recovery': [
    503,
    'The database is a standby, which takes no writes.',
    'Connect the service to the primary; repeating a submission is always safe.',
  ],
  'database/contended': [
    503,
    'The database was too busy with others to finish.',
    'Try again; repeating a submission is always safe.',
  ],
  'database/exhausted': [
    503,
    'The database has run out of disk, memory or connections.',
    'Give it room, then try again.',
  ],
  'database/refused': [
    500,
    'The database refused what the service asked.',
    'Give the request id to whoever runs the service.',
  ],
  'database/projection-differs': [
    503,
    'What is kept for searching differs from what the entries say.',
    'Run `waybill rebuild`; verdicts read entries only.',
  ],
  'database/unsafe-settings': [
    503,
    'The database is set so that it could lose what it confirmed.',
    'Turn fsync and full_page_writes on.',
  ],
  'database/too-old': [503, 'The database is older than Postgres 15.', 'Upgrade it.'],
  'database/newer-than-code': [
    503,
    'The database was migrated by a newer version.',
    'Run that version, or a newer one.',
  ],
  'database/unreleased-ledger': [
    503,
    'The ledger was written by a program before the first release.',
    'Keep it with that program, and begin a new ledger in another database.',
  ],
  'database/migration-edited': [
    503,
    'A migration that was applied differs from its file.',
    'Install the version unchanged; migrations are never edited.',
  ],
  'database/migration-failed': [503, 'A migration failed; nothing of it remains.', 'See the log.'],
  'database/role-missing': [
    503,
    'The database role of the service is missing.',
    'Run once with DATABASE_OWNER_URL, or create the role.',
  ],
} as const satisfies Readonly<Record<DatabaseFaultCode, FaultRow>>;
