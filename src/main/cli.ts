import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { runProgram } from '../cli/program.ts';
import type { World } from '../cli/world.ts';
import { knownPrograms } from '../report/known-programs.ts';
import { endProcess } from './interruption.ts';
import { runCommand } from './run-command.ts';
import { SERVICE_COMMANDS } from './service-commands.ts';
import { readVersion } from './version.ts';

const world: World = {
  version: readVersion(),
  environment: process.env,
  home: homeFolder(),
  now: () => new Date(),
  write: (text) => process.stdout.write(text),
  note: (text) => process.stderr.write(text),
  colour: process.stdout.isTTY === true && !process.env.NO_COLOR,
  knownPrograms: knownPrograms(ownProgram()),
  runCommand,
  ...(process.stdout.isTTY && process.stdout.columns > 0 ? { outColumns: process.stdout.columns } : {}),
  ...(process.stderr.isTTY && process.stderr.columns > 0 ? { noteColumns: process.stderr.columns } : {}),
};

// Whoever reads the output may stop reading, as `head` does; that is no defect of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

endProcess(await runProgram(world, process.argv.slice(2), SERVICE_COMMANDS));

/** The program that was built together with this one. Source and compiled program lie equally deep below `dist`. */
function ownProgram(): readonly { readonly version: string; readonly sha256: string }[] {
  const path = new URL('../../dist/web/program.json', import.meta.url);
  if (!existsSync(path)) return [];
  const built: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof built !== 'object' || built === null || !('sha256' in built)) return [];
  return [{ version: readVersion(), sha256: String(built.sha256) }];
}

/** The home folder; the root where a container's user has none, so that only what is remembered there is amiss. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}
