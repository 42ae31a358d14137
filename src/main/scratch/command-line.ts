import { runProgram } from '../../cli/program.ts';
import type { World } from '../../cli/world.ts';

/** What a command line came to: its exit code, and what it wrote on standard output and standard error. */
export type CommandRun = { readonly exit: number; readonly output: string; readonly notes: string };

const COLUMNS_MAX = 110;
/** What is said is shown so many columns further in. */
const INDENT = 5;

/**
 * Runs this program's own command line against a service, as a shell would: nothing but arguments goes in, nothing but
 * text and an exit code comes out. `environment` is all that it sees of the process's.
 */
export async function runCommand(
  world: World,
  environment: World['environment'],
  home: string,
  args: readonly string[],
): Promise<CommandRun> {
  let output = '';
  let notes = '';
  const exit = await runProgram(
    {
      version: world.version,
      environment,
      home,
      now: world.now,
      write: (text) => {
        output += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
      },
      note: (text) => {
        notes += text;
      },
      colour: world.colour && !args.includes('--json'),
      knownPrograms: world.knownPrograms,
      ...(world.fetch === undefined ? {} : { fetch: world.fetch }),
      outColumns: Math.max(60, Math.min(world.outColumns ?? COLUMNS_MAX, COLUMNS_MAX) - INDENT),
    },
    args,
    [],
  );
  return { exit, output, notes };
}
