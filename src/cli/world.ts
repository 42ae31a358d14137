import type { Json } from '../core/encoding/json.ts';
import type { KnownProgram } from '../report/known-programs.ts';

/**
 * How a command ended: its exit code, 128 and the number of the signal that ended it, or, where it could not be started, 127
 * or 126. `interrupted` where a signal asked us to stop meanwhile; it was handed on.
 */
export type CommandEnd = { readonly code: number; readonly interrupted: boolean; readonly error?: string };
export type RunCommand = (
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
) => Promise<CommandEnd>;

/** What the command line sees of the machine; only `src/main` reads it from the process. */
export type World = {
  /** Version of this package, as in its `package.json`. */
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Home folder, for the state that is remembered between commands. */
  readonly home: string;
  readonly now: () => Date;
  /** Standard output: what was asked for. */
  readonly write: (text: string | Uint8Array) => void;
  /** Standard error: notes, progress and complaints. */
  readonly note: (text: string) => void;
  /** Columns of the terminal behind standard output and standard error; absent where a file or pipe is. */
  readonly outColumns?: number;
  readonly noteColumns?: number;
  /** Whether outcomes on standard output may be coloured. */
  readonly colour: boolean;
  /** Programs that a report may carry without a warning. */
  readonly knownPrograms: readonly KnownProgram[];
  /** Runs a command with these variables added to the environment, its input and outputs ours; absent where none can be run. */
  readonly runCommand?: RunCommand;
  /** For tests; the platform's where absent. */
  readonly fetch?: typeof fetch;
};

/** Writes what a command found: JSON on one line where `--json` was given, else lines for people. */
export type Printer = {
  readonly json: boolean;
  readonly result: (value: Json, lines: () => string) => void;
  /** A remark for people, on standard error; left out with `--json`, where it belongs into the value. */
  readonly remark: (text: string) => void;
};

export function openPrinter(world: World, json: boolean): Printer {
  return {
    json,
    result: (value, lines) => {
      const text = json ? JSON.stringify(value) : lines();
      world.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    remark: (text) => {
      if (!json) world.note(`${text}\n`);
    },
  };
}
