import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../src/cli/program.ts';
import type { World } from '../../src/cli/world.ts';

/** The one program that reports may carry on the machines of these tests. */
export const KNOWN_PROGRAM = 'console.log("verifies")';

export type Ran = { readonly exit: number; readonly out: string; readonly err: string };

/**
 * A machine of its own for a test: a home folder that nothing else has, and outputs that are kept. `knownSha256` is of the
 * one program of reports that it knows.
 */
export function openMachine(
  environment: Readonly<Record<string, string>> = {},
  knownSha256 = createHash('sha256').update(KNOWN_PROGRAM).digest('hex'),
) {
  const home = mkdtempSync(join(tmpdir(), 'waybill-cli-'));
  /** Runs command lines whose requests go through `fetcher`. */
  const runWith =
    (fetcher: typeof fetch | undefined) =>
    async (...args: readonly string[]): Promise<Ran> => {
      const parts: { out: string[]; err: string[] } = { out: [], err: [] };
      const world: World = {
        version: '0.0.0-test',
        environment: { XDG_STATE_HOME: join(home, 'state'), ...environment },
        home,
        now: () => new Date(),
        colour: false,
        knownPrograms: [{ version: '0.0.0-test', sha256: knownSha256 }],
        write: (text) => parts.out.push(typeof text === 'string' ? text : Buffer.from(text).toString('utf8')),
        note: (text) => parts.err.push(text),
        ...(fetcher === undefined ? {} : { fetch: fetcher }),
      };
      const exit = await runProgram(world, args, []);
      return { exit, out: parts.out.join(''), err: parts.err.join('') };
    };
  return { home, run: runWith(undefined), runWith };
}

/** Code of the error in what `--json` printed. */
export function errorCode(ran: Ran): unknown {
  return (JSON.parse(ran.out) as { readonly error?: { readonly code?: unknown } }).error?.code;
}
