/** Fault codes of the database area; docs/spec/faults.md lists every code. */
export const DATABASE_FAULT_CODES = [
  /** No embedded binaries for this platform are installed, or they cannot be completed or run. */
  'database/binaries-missing',
  /** A cluster was expected in the data folder (an anchor exists, or a link points there) and there is none. */
  'database/data-missing',
  /** A live service already runs on this data folder. */
  'database/data-in-use',
  /** The data folder cannot be used: wrong owner, not reachable, not empty, or half a cluster. */
  'database/data-unusable',
  /** The cluster was written by another major version than the binaries. */
  'database/version-mismatch',
  /** Started as root, and the machine has no unprivileged system user that could run the server. */
  'database/no-system-user',
  /** The server did not come up; the message ends with the last lines of its log. */
  'database/start-failed',
  /** The server does not answer, or refuses the credentials. */
  'database/unreachable',
  /** The server is a standby, which takes no writes until it is promoted. */
  'database/in-recovery',
  'database/contended',
  'database/exhausted',
  'database/refused',
  /** A projection does not say what the entries say; it is derived, and rebuilt. */
  'database/projection-differs',
  /** `fsync` or `full_page_writes` is off: an acknowledged commit could be lost. */
  'database/unsafe-settings',
  /** The server is older than Postgres 15. */
  'database/too-old',
  /** The database holds migrations that this version does not know. */
  'database/newer-than-code',
  /** The ledger's entries are of a version before the one that is frozen; their hashes would change. */
  'database/unreleased-ledger',
  /** A migration that was already applied differs from the file of the same name. */
  'database/migration-edited',
  /** A migration failed; nothing of it remains. */
  'database/migration-failed',
  /** The role `waybill_service` is missing and may not be created, or may not be taken on. */
  'database/role-missing',
] as const;
export type DatabaseFaultCode = (typeof DATABASE_FAULT_CODES)[number];
