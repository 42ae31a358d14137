import type pg from 'pg';
import { equalBytes } from '../core/encoding/bytes.ts';
import type { HeadAuthenticator, StoredHead } from '../service/ports.ts';
import { type Statement, underLedgerLock } from './ledger-transaction.ts';
import { readLockedState } from './read-under-lock.ts';

/** The wait for a standby that is away ends with a warning, also for commands whose statements may take any time. */
const BOUND_COMMIT: Statement = { name: 'bound-commit', text: `SET LOCAL statement_timeout = '5s'` };

/** Knows which heads a promoted standby would have, too. */
export type HeadConfirmation = {
  /** Takes a head as confirmed: the COMMIT of the transaction that read or wrote it returned without a warning. */
  readonly note: (head: StoredHead) => void;
  /** The head itself where it is confirmed, else the newest one, after a transaction of our own was committed. */
  readonly confirm: (head: StoredHead) => Promise<StoredHead>;
};

/**
 * With a synchronous standby, a commit whose wait was cut short (a cancelled statement, a restart of the primary) can be
 * read by everybody and lacks on the standby. A checkpoint over it would outlive it. What a transaction under the
 * ledger's lock has read is safe once its own COMMIT, which comes later in the write-ahead log, was confirmed.
 */
export function openHeadConfirmation(
  pool: pg.Pool,
  origin: string,
  authenticator: HeadAuthenticator,
): HeadConfirmation {
  let confirmed: StoredHead | undefined;
  const isConfirmed = ({ frontier, root }: StoredHead) =>
    confirmed !== undefined && confirmed.frontier.size === frontier.size && equalBytes(confirmed.root, root);
  const note = (head: StoredHead) => {
    confirmed = head;
  };
  return {
    note,
    confirm: async (head) => {
      if (isConfirmed(head)) return head;
      const locked = await underLedgerLock(pool, async (run) => {
        await run(BOUND_COMMIT);
        return readLockedState(run, origin, authenticator);
      });
      note(locked.head);
      return locked.head;
    },
  };
}
