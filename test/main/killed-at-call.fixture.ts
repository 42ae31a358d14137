/**
 * For `node --import`: ends the process as `kill -9` does, before the call number `KILLED_AT` of those that leave something
 * outside of it: each change of a file below `KILLED_IN`, and, with `KILLED_AT_SOCKETS`, each write to a socket that holds an
 * INSERT or a COMMIT. A number beyond the last one ends nothing. Only the main thread is watched.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { isMainThread } from 'node:worker_threads';

const { KILLED_AT = '0', KILLED_IN = '', KILLED_AT_SOCKETS } = process.env;
let calls = 0;

function strike(): void {
  calls += 1;
  if (calls === Number(KILLED_AT)) process.kill(process.pid, 'SIGKILL');
}

function isWatched(path: unknown): boolean {
  return typeof path === 'string' && path.startsWith(KILLED_IN);
}

/** The method, struck before each call that is about a watched path. */
function watchSync(name: 'renameSync' | 'linkSync' | 'writeFileSync' | 'unlinkSync'): void {
  const original = fs[name] as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]) => {
    if (isWatched(args[0])) strike();
    return original(...args);
  };
  (fs as unknown as Record<string, unknown>)[name] = watched;
}

if (isMainThread && KILLED_IN !== '') {
  for (const name of ['renameSync', 'linkSync', 'writeFileSync', 'unlinkSync'] as const) watchSync(name);
  const { open } = fs.promises;
  fs.promises.open = async (...args: Parameters<typeof open>) => {
    if (!isWatched(args[0])) return open(...args);
    strike();
    const file = await open(...args);
    for (const name of ['writeFile', 'sync', 'close'] as const) {
      const original = file[name].bind(file) as (...rest: unknown[]) => unknown;
      (file as unknown as Record<string, unknown>)[name] = (...rest: unknown[]) => {
        strike();
        return original(...rest);
      };
    }
    return file;
  };
  for (const name of ['rename', 'link', 'writeFile'] as const) {
    const original = fs.promises[name] as (...args: unknown[]) => unknown;
    (fs.promises as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
      if (isWatched(args[0])) strike();
      return original(...args);
    };
  }
  syncBuiltinESMExports();
  if (KILLED_AT_SOCKETS === 'yes') {
    const { write } = net.Socket.prototype;
    net.Socket.prototype.write = function (this: net.Socket, ...args: unknown[]) {
      const [sent] = args;
      const text =
        typeof sent === 'string' ? sent : sent instanceof Uint8Array ? Buffer.from(sent).toString('latin1') : '';
      if (/\b(?:insert into|commit)\b/i.test(text)) strike();
      return Reflect.apply(write, this, args);
    } as typeof write;
  }
}
