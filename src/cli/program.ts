import { Command, CommanderError } from 'commander';
import { type AddCommands, performer } from './cli.ts';
import { addAttest } from './commands/attest.ts';
import { addChange } from './commands/change.ts';
import { addContract } from './commands/contract.ts';
import { addControl } from './commands/control.ts';
import { addEvents } from './commands/events.ts';
import { addExport } from './commands/export.ts';
import { addFacts } from './commands/facts.ts';
import { addGate } from './commands/gate.ts';
import { addInbox } from './commands/inbox.ts';
import { addKeys } from './commands/keys.ts';
import { addPrincipal } from './commands/principal.ts';
import { addProve } from './commands/prove.ts';
import { addProvePeriod } from './commands/prove-period.ts';
import { addRelease } from './commands/release.ts';
import { addReplay } from './commands/replay.ts';
import { addReport } from './commands/report.ts';
import { addRun } from './commands/run.ts';
import { addSearch } from './commands/search.ts';
import { addSign } from './commands/sign.ts';
import { addSigner } from './commands/signer.ts';
import { addToken } from './commands/token.ts';
import { addVerify } from './commands/verify.ts';
import { addWaiver } from './commands/waiver.ts';
import { addWebhook } from './commands/webhook.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { plain } from './layout-text.ts';
import { type Complaint, toStop } from './stop.ts';
import type { World } from './world.ts';

const EXIT_CODE_HELP = `
Exit codes:
   0  done; the verdict is pass or waived      10  the verdict is fail
   1  a defect of this program                 11  the verdict is unjudged: no contract covers the repository
   2  the command line is wrong                12  evidence, receipt or report do not hold, or the origin
   3  the service refused the request              is not confirmed by a log key that you gave
   4  the service did not answer               13  the log was rolled back, forked or exchanged since this
   5  a local file cannot be used                  machine saw it last
                                               14  "resume": nothing is lost, somebody has to decide
                                               15  a file says yes of a past state that nobody asked about
                                               16  "replay": a recorded verdict does not follow from the ledger
                                               17  "contract test": a case came out otherwise
                                               18  "contract diff": something got looser, or may have
                                               19  "contract plan": an image that passes now would fail
                                            20–33  an alarm of "monitor", see its help
  "run exec" ends with the exit code of the command that it ran

Environment:
  WAYBILL_URL, WAYBILL_TOKEN         the service and the token for it
  WAYBILL_LOG_KEY                    log keys that you trust, parted by spaces
  WAYBILL_KEY_PASSPHRASE_FILE        file with the passphrase of encrypted key files
  WAYBILL_RUN                        run that sign and attest file under
`;

/**
 * Runs one command line (without program name) and returns its exit code. Everything that is said goes through `world`.
 * `hooks` add the commands that need more of the machine than this folder may see.
 */
export async function runProgram(
  world: World,
  args: readonly string[],
  hooks: readonly AddCommands[],
): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const program = buildProgram(world, hooks, (code) => {
    exit = code;
  });
  const json = args.includes('--json');
  try {
    await program.parseAsync([...(unknownCommand(program, args) ?? args)], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return endOfUsage(world, error, json);
    const { exit: code, complaint } = toStop(error);
    complain(world, complaint, json);
    return code;
  }
}

function buildProgram(world: World, hooks: readonly AddCommands[], onExit: (code: ExitCode) => void): Command {
  const program = new Command('waybill')
    .description('Signs container images, records what every pipeline stage attests, and proves the chain of custody.')
    .version(world.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--json', 'print one JSON document, errors included, instead of lines for people')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showHelpAfterError('(add --help for usage)')
    .addHelpText('after', EXIT_CODE_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.write(text),
      writeErr: (text) => world.note(text),
      getOutHelpWidth: () => world.outColumns ?? 100,
      getErrHelpWidth: () => world.noteColumns ?? 100,
    });
  const perform = performer(world, onExit);
  const add = (heading: string, ...commands: readonly AddCommands[]) => {
    program.commandsGroup(heading);
    for (const each of commands) each(program, perform);
  };
  add('Pipelines:', addSign, addAttest, addRun, addGate, addKeys);
  add(
    'Release managers and auditors:',
    addInbox,
    addSearch,
    addVerify,
    addReport,
    addFacts,
    addWaiver,
    addRelease,
    addProve,
    addProvePeriod,
    addExport,
    addReplay,
    addEvents,
  );
  add('Administration:', addContract, addSigner, addPrincipal, addToken, addChange, addControl, addWebhook);
  if (hooks.length > 0) add('The service itself:', ...hooks);
  program.showHelpAfterError('(waybill --help lists the commands)');
  for (const group of program.commands.filter(({ commands }) => commands.length > 0)) {
    group.showHelpAfterError(`(waybill ${group.name()} --help lists its commands)`);
  }
  return program;
}

/**
 * The command line up to a command that there is none of, undefined where each is known. Commander prints the help of
 * what it knows when --help follows, as if all was well; without it, it complains and suggests.
 */
function unknownCommand(program: Command, args: readonly string[]): readonly string[] | undefined {
  const path: string[] = [];
  let command: Command = program;
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    if (command.commands.length === 0) return undefined;
    if (name === 'help') continue;
    path.push(name);
    const next = command.commands.find((each) => each.name() === name || each.aliases().includes(name));
    if (next === undefined) return path;
    command = next;
  }
  return undefined;
}

/** Commander has printed what there was to print: the help, the version, or what is wrong with the command line. */
function endOfUsage(world: World, error: CommanderError, json: boolean): ExitCode {
  if (error.exitCode === 0) return EXIT.ok;
  if (json) complain(world, { code: 'cli/usage', message: error.message.replace(/^error: /, '') }, true);
  return EXIT.usage;
}

function complain(world: World, complaint: Complaint, json: boolean): void {
  if (json) {
    world.write(`${JSON.stringify({ error: complaint })}\n`);
    return;
  }
  const { code, message, at, hint, requestId } = complaint;
  const place = at === undefined || at === '' ? '' : ` at ${plain(at)}`;
  const request = requestId === undefined ? '' : ` [request ${plain(requestId)}]`;
  world.note(`error: ${plain(message)} (${plain(code)}${place})${request}\n`);
  if (hint !== undefined) world.note(`hint:  ${plain(hint)}\n`);
}
