import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedDatabase } from '../../postgres/resolve-database.ts';
import type { ServiceKeys } from '../../service/ports.ts';
import { openSuperuser, type Superuser } from '../../tamper/superuser.ts';
import { openReplica, type Replica } from '../open-replica.ts';
import { copyDatabase, dropDatabase, withDatabase } from './scratch-database.ts';

/** A ledger that is copied, and what is kept outside of its database. */
export type Original = {
  readonly database: ResolvedDatabase;
  /** Database on that server to copy, where it is not the one that the URLs name. */
  readonly name?: string;
  readonly keys: ServiceKeys;
  /** Folder of the anchor. */
  readonly stateFolder: string;
  /** For copies of the anchor. */
  readonly scratchFolder: string;
};

/** A copy of a ledger with a copy of its anchor: a database of its own on the same server. */
export type LedgerCopy = {
  readonly name: string;
  readonly ownerUrl: string;
  readonly stateFolder: string;
  /** A replica that serves the copy; whoever opens it closes it. */
  readonly open: () => Promise<Replica>;
  /** Runs `use` as whoever the database obeys. */
  readonly asSuperuser: <T>(use: (superuser: Superuser) => Promise<T>) => Promise<T>;
};

/** Runs `use` with a copy of a ledger, and drops it afterwards. The ledger itself is never touched. */
export async function withLedgerCopy<T>(original: Original, use: (copy: LedgerCopy) => Promise<T>): Promise<T> {
  const adminUrl = adminUrlOf(original);
  const name = await copyDatabase(adminUrl, original.name);
  try {
    const stateFolder = join(original.scratchFolder, name);
    cpSync(original.stateFolder, stateFolder, { recursive: true });
    return await use(ledgerCopy(original, name, stateFolder));
  } finally {
    await dropDatabase(adminUrl, name);
  }
}

/** Whoever may create databases on the server of a ledger, and is obeyed in them. */
export function adminUrlOf({ database }: Pick<Original, 'database'>): string {
  return database.superuserUrl ?? database.ownerUrl;
}

function ledgerCopy(original: Original, name: string, stateFolder: string): LedgerCopy {
  const { serviceUrl, ownerUrl, setRole } = original.database;
  return {
    name,
    ownerUrl: withDatabase(ownerUrl, name),
    stateFolder,
    open: () =>
      openReplica({
        serviceUrl: withDatabase(serviceUrl, name),
        ...(setRole === undefined ? {} : { setRole }),
        connections: 3,
        stateFolder,
        keys: original.keys,
      }),
    asSuperuser: async (use) => {
      const superuser = openSuperuser(withDatabase(adminUrlOf(original), name));
      try {
        return await use(superuser);
      } finally {
        await superuser.close();
      }
    },
  };
}
