import { homedir } from 'node:os';
import { runProgram } from '../cli/program.ts';
import type { World } from '../cli/world.ts';
import { readVersion } from './version.ts';

const world: World = {
  version: readVersion(),
  environment: process.env,
  home: homedir(),
  now: () => new Date(),
  write: (text) => process.stdout.write(text),
  note: (text) => process.stderr.write(text),
  ...(process.stdout.isTTY ? { outColumns: process.stdout.columns } : {}),
  ...(process.stderr.isTTY ? { noteColumns: process.stderr.columns } : {}),
};

process.exitCode = await runProgram(world, process.argv.slice(2), []);
