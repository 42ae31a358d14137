import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlSet } from '../../src/core/control/control-keys.ts';
import { openServiceKeys } from '../../src/keys/service-keys.ts';
import { openReplica, type Replica } from '../../src/main/open-replica.ts';
import type { Caller } from '../../src/service/caller.ts';
import type { ServiceKeys } from '../../src/service/ports.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** A service over a database of its own, with new keys; further replicas share all three. */
export type ServiceUnderTest = Replica & {
  readonly database: TestDatabase;
  readonly keys: ServiceKeys;
  readonly folder: string;
  /** The bootstrap administrator as a caller. */
  readonly admin: Caller;
  openAnother(stateFolder?: string, more?: { readonly control?: ControlSet }): Promise<Replica>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** `control` are the control keys that its log is opened with. */
export async function openServiceUnderTest(options: { readonly control?: ControlSet } = {}): Promise<ServiceUnderTest> {
  const database = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  const keys = openServiceKeys(join(folder, 'keys'), undefined);
  const open = (stateFolder: string, more = options) =>
    openReplica({
      serviceUrl: database.serviceUrl,
      ...(database.setRole === undefined ? {} : { setRole: database.setRole }),
      connections: 8,
      stateFolder,
      keys,
      ...more,
    });
  const replica = await open(join(folder, 'state'));
  const others: Replica[] = [];
  return {
    ...replica,
    database,
    keys,
    folder,
    admin: { principal: 'bootstrap-admin', role: 'admin', repositories: ['*'], stages: ['*'], grants: 1 },
    openAnother: async (stateFolder = join(folder, 'state'), more) => {
      const other = await open(stateFolder, more);
      others.push(other);
      return other;
    },
    [Symbol.asyncDispose]: async () => {
      for (const other of others) await other.close();
      await replica.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
