import { join } from 'node:path';
import { type Config, readConfig } from '../../src/config/config.ts';
import { openServiceKeys } from '../../src/keys/service-keys.ts';
import { openReplica, type Replica } from '../../src/main/open-replica.ts';
import type { ServiceUnderTest } from '../harness/service-under-test.ts';

/** A configuration of the service under test, as `serve` reads it. */
export function configOf({ database, folder }: ServiceUnderTest): Config {
  const environment = {
    WAYBILL_DATA: join(folder, 'data'),
    WAYBILL_KEYS: join(folder, 'keys'),
    WAYBILL_STATE: join(folder, 'state'),
    DATABASE_URL: database.serviceUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
  };
  return readConfig(environment, folder);
}

/** A replica that starts now, with the keys of the folder. It sweeps when it is told to, and not meanwhile. */
export async function startReplica(
  { database, folder }: ServiceUnderTest,
  keysFolder = join(folder, 'keys'),
): Promise<Replica> {
  return openReplica({
    serviceUrl: database.serviceUrl,
    ...(database.setRole === undefined ? {} : { setRole: database.setRole }),
    connections: 4,
    stateFolder: join(folder, 'state'),
    keys: openServiceKeys(keysFolder, undefined, { mustExist: true }),
    sweepMs: 3_600_000,
  });
}
