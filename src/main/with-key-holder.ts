import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { ORIGIN_FILE } from '../keys/origin-file.ts';
import type { ServiceContext } from '../service/context.ts';
import type { ServiceKeys } from '../service/ports.ts';
import { openReplica } from './open-replica.ts';
import { withDatabaseUrls } from './with-database.ts';

export type KeyHolder = {
  readonly config: Config;
  readonly keys: ServiceKeys;
  readonly log: (line: string) => void;
};

/**
 * Opens a replica beside services that run, or without any, for whoever has the folder of the keys: also where one of them
 * counts no more, so that another may take its place. Faults: those of `openReplica`.
 */
export async function withKeyHolder<T>(
  { config, keys, log }: KeyHolder,
  use: (context: ServiceContext) => Promise<T>,
): Promise<T> {
  return withDatabaseUrls(config, log, async ({ serviceUrl, setRole }) => {
    const replica = await openReplica({
      serviceUrl,
      ...(setRole === undefined ? {} : { setRole }),
      connections: 2,
      stateFolder: config.stateFolder,
      keys,
      originFile: join(config.keysFolder, ORIGIN_FILE),
      mayBeRetired: true,
    });
    try {
      return await use(replica.context);
    } finally {
      await replica.close();
    }
  });
}
