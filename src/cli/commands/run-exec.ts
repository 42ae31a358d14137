import type { Command } from 'commander';
import type { RunOutcome } from '../../core/entry/kinds/run-closed.ts';
import type { Cli, Perform } from '../cli.ts';
import { withServiceOptions } from '../connect.ts';
import { type CommandExit, EXIT, type ExitCode } from '../exit-codes.ts';
import { plain } from '../layout-text.ts';
import { type OpenOptions, openRun, withOpenOptions } from '../open-run.ts';
import { stop, toStop } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';
import type { CommandEnd } from '../world.ts';

export function addRunExec(run: Command, perform: Perform): void {
  withServiceOptions(withOpenOptions(run.command('exec').summary('run a command in a run of its own')))
    .description(
      'Opens a run, runs the command with $WAYBILL_RUN set to it, and closes it with what became of the command: ' +
        'succeeded (exit code 0), failed, or cancelled where a signal ended it that was sent here. Ends with the exit code of ' +
        'the command. Where the run cannot be opened the command is not run.',
    )
    .argument('<command...>', 'command and its arguments, after "--"')
    .addHelpText('after', '\nExample:\n  waybill run exec -r shop/api --commit $(git rev-parse HEAD) -- ./build.sh\n')
    .action(perform(exec));
}

async function exec(cli: Cli, options: OpenOptions, ...given: readonly unknown[]): Promise<ExitCode> {
  const [command = '', ...args] = given.flat().map(String);
  const { runCommand } = cli.world;
  if (runCommand === undefined) throw stop(EXIT.unexpected, 'cli/unexpected', 'No command can be run here.');
  const opened = await openRun(cli, options);
  const { run, attempt } = opened.view;
  cli.world.note(`waybill: run ${plain(run)} opened, attempt ${attempt}\n`);
  const end = await runCommand(command, args, { WAYBILL_RUN: run });
  if (end.error !== undefined) cli.world.note(`error: ${plain(end.error)}\n`);
  const outcome = outcomeOf(end);
  try {
    const { value } = await opened.client.closeRun(run, outcome);
    await takeReceipt(opened.watch, value.recorded.receipt, { kind: 'run.closed', run, says: { outcome } });
    cli.world.note(`waybill: run ${plain(run)} closed as ${outcome}\n`);
  } catch (error) {
    // Whoever sees the command succeed must not believe that the run did.
    if (end.code === 0) throw error;
    cli.world.note(`error: the run ${plain(run)} was not closed: ${plain(toStop(error).complaint.message)}\n`);
  }
  return end.code as CommandExit;
}

function outcomeOf({ code, interrupted }: CommandEnd): RunOutcome {
  if (code === 0) return 'succeeded';
  return interrupted ? 'cancelled' : 'failed';
}
