import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_NAME, OWNER, SERVICE } from './cluster.ts';
import { readPidFile, serversOn } from './postmaster.ts';

/** A server that another process runs. Closing connections to it is all that whoever attached may do. */
export type AttachedPostgres = { readonly ownerUrl: string; readonly serviceUrl: string };

/**
 * The server that a running service keeps on `dataFolder`, or undefined where none is ready there. For commands that
 * work beside the service; reading its credentials takes the same rights as starting it.
 */
export function attachEmbeddedPostgres(dataFolder: string): AttachedPostgres | undefined {
  if (!existsSync(dataFolder)) return undefined;
  const folder = realpathSync(dataFolder);
  const cluster = join(folder, 'cluster');
  const server = existsSync(cluster) ? readPidFile(cluster) : undefined;
  if (server?.status !== 'ready' || !serversOn(cluster).includes(server.pid)) return undefined;
  const credentials: Partial<Record<string, string>> = JSON.parse(
    readFileSync(join(folder, 'credentials.json'), 'utf8'),
  );
  const urlFor = (role: string) =>
    `postgresql://${role}:${credentials[role] ?? ''}@${encodeURIComponent(server.socketFolder)}:5432/${DATABASE_NAME}`;
  return { ownerUrl: urlFor(OWNER), serviceUrl: urlFor(SERVICE) };
}
