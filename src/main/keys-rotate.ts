import { Argument, type Command, Option } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import { parseDuration } from '../cli/duration.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { fields } from '../cli/layout-text.ts';
import { stop } from '../cli/stop.ts';
import { readPassphrase } from '../config/config.ts';
import { invariant } from '../core/fault.ts';
import { ROTATED_KEY_NAMES, type RotatedKeyName } from '../keys/next-key.ts';
import { configOf, ENVIRONMENT_HELP, foreseen } from './foreseen.ts';
import { LOG_KEY_STEPS, type LogKeyStep, type LogKeyStepDone, rotateLogKey } from './rotate-log-key.ts';
import { rotateOwnKey } from './rotate-own-key.ts';

type RotateOptions = { readonly overlap?: number; readonly step?: LogKeyStep };

const OVERLAP_SECONDS = 7 * 86_400;

/** `waybill keys rotate`: for whoever runs the service, where its keys lie. */
export const addKeysRotate: AddCommands = (program: Command, perform: Perform) => {
  const keys = program.commands.find((command) => command.name() === 'keys');
  invariant(keys !== undefined, 'the commands of keys are there');
  keys
    .command('rotate')
    .summary('let a new key take the place of one of the service’s own')
    .description(
      'Draws a new key, has the log name it by an entry that both keys sign, and puts its file in the place of the old one. ' +
        'Signatures of before and after verify. It may run beside services, which go on with the old key until they are ' +
        'started again; run again, it goes on where it was cut short.\n' +
        'The log key takes three steps, since readers and replicas must learn of the new one before the old one goes.',
    )
    .addArgument(new Argument('<key>', 'which one').choices([...ROTATED_KEY_NAMES, 'log']))
    .option('--overlap <duration>', 'how long both count: seconds, or 30m, 12h, 7d (default: 7d)', parseDuration)
    .addOption(new Option('--step <step>', 'which step, of the log key').choices([...LOG_KEY_STEPS]))
    .addHelpText(
      'after',
      `${ENVIRONMENT_HELP}
Examples:
  waybill keys rotate image --overlap 2d
  waybill keys rotate log --step prepare     # then copy log.next.key to every replica, and start each again
  waybill keys rotate log --step announce    # both keys sign; publish the new one
  waybill keys rotate log --step retire      # the new key alone signs; replace the files of every replica
`,
    )
    .action(perform(rotate));
};

async function rotate(cli: Cli, options: RotateOptions, name = ''): Promise<ExitCode> {
  if (name === 'log') return rotateLog(cli, options);
  if (options.step !== undefined) throw stop(EXIT.usage, 'cli/usage', 'Only the rotation of the log key has steps.');
  const config = configOf(cli);
  const rotated = await foreseen(() =>
    rotateOwnKey(config, name as RotatedKeyName, {
      overlapSeconds: options.overlap ?? OVERLAP_SECONDS,
      passphrase: readPassphrase(config),
      log: (line) => cli.print.remark(line),
    }),
  );
  cli.print.result({ ...rotated }, () =>
    [
      `${rotated.signer} follows ${rotated.old} as the ${rotated.name} key`,
      fields([
        ['old key counts', `until ${rotated.until}`],
        ['old key lies in', rotated.kept],
      ]),
      'Give every replica the new file and start it again before then; afterwards destroy the old one.',
    ].join('\n'),
  );
  return EXIT.ok;
}

async function rotateLog(cli: Cli, { step, overlap }: RotateOptions): Promise<ExitCode> {
  if (step === undefined || overlap !== undefined)
    throw stop(
      EXIT.usage,
      'cli/usage',
      'The log key is rotated by --step prepare, announce and retire, without --overlap.',
    );
  const config = configOf(cli);
  const done = await foreseen(() =>
    rotateLogKey(config, step, { passphrase: readPassphrase(config), log: (line) => cli.print.remark(line) }),
  );
  cli.print.result({ ...done }, () => linesOf(done));
  return EXIT.ok;
}

const NEXT_STEP: Readonly<Record<LogKeyStep, string>> = {
  prepare: 'Copy log.next.key to every replica and start each again; then: waybill keys rotate log --step announce',
  announce:
    'Publish the new key; when readers and monitors have it: waybill keys rotate log --step retire. Until then both sign.',
  retire:
    'Give every replica log.key and the log-….heads.key and log-….tokens.key beside it, remove log.next.key there, and start ' +
    'each again. Then destroy the old key: whoever has it can name another successor to readers who know no better.',
};

function linesOf({ step, inForce, seq, kept }: LogKeyStepDone): string {
  const said = inForce === undefined ? 'The next log key lies ready.' : `Entry ${seq}: the log is signed by`;
  return [
    said,
    ...(inForce ?? []).map((vkey) => `  ${vkey}`),
    ...(kept === undefined ? [] : [fields([['old key lies in', kept]])]),
    NEXT_STEP[step],
  ].join('\n');
}
