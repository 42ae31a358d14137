import type { Command } from 'commander';
import type { Json, JsonObject } from '../core/encoding/json.ts';
import { type Connection, connect, type ServiceOptions } from './connect.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Field } from './layout-text.ts';
import type { TakenReceipt } from './take-receipt.ts';
import { openPrinter, type Printer, type World } from './world.ts';

/** What every command's action works with. */
export type Cli = {
  readonly world: World;
  readonly print: Printer;
  readonly connect: (options: ServiceOptions) => Connection;
};

/** Adds a command to the program. Actions end through `perform`, which keeps the exit code that they return. */
export type AddCommands = (program: Command, perform: Perform) => void;

/** Turns an action into one for commander: `action` gets the session, the arguments, and the options of the command. */
export type Perform = <O>(
  action: (cli: Cli, options: O, ...args: readonly string[]) => Promise<ExitCode | undefined> | ExitCode | undefined,
) => (...received: readonly unknown[]) => Promise<void>;

/** `onExit` hears the exit code of the action that ran. */
export function performer(world: World, onExit: (code: ExitCode) => void): Perform {
  return (action) =>
    async (...received) => {
      // Commander hands over the arguments, then the options, then the command.
      const command = received.at(-1) as Command;
      const options = command.optsWithGlobals();
      const args = received.slice(0, -2) as readonly string[];
      const cli: Cli = {
        world,
        print: openPrinter(world, options.json === true),
        connect: (service) => connect(world, service),
      };
      onExit((await action(cli, options as never, ...args)) ?? EXIT.ok);
    };
}

/** Files that a write was asked to leave. */
type Kept = { readonly receipt?: string; readonly tlogProof?: string; readonly bundle?: string };

/** What is told of a verified receipt, for {@link fields}. */
export function receiptFields(taken: TakenReceipt, duplicate: boolean, kept: Kept = {}): readonly Field[] {
  return [
    ['entry', `${taken.seq}, ${duplicate ? 'recorded before: the first receipt' : 'recorded'} at ${taken.time}`],
    ['log', `${taken.origin}, ${taken.logSize} entries, receipt verified`],
    ['receipt', kept.receipt],
    ['proof', kept.tlogProof],
    ['bundle', kept.bundle],
  ];
}

/** What the service answered to a write, and what its receipt showed. */
export function withReceipt(answer: Json, { origin, logSize, logKey, keySource }: TakenReceipt): Json {
  return { ...(answer as JsonObject), verified: { origin, logSize, logKey, keySource } };
}

/** Says once, when a log is met for the first time without its key, what that means. */
export function remarkFirstUse(cli: Cli, taken: Pick<TakenReceipt, 'keySource' | 'logKey'>): void {
  if (taken.keySource !== 'first-use') return;
  cli.print.remark(
    `note: this log was met for the first time, and its key is believed and remembered:\n  ${taken.logKey}\n` +
      '  Compare it with what "waybill serve" printed, and set WAYBILL_LOG_KEY to it.',
  );
}
