import { Argument, type Command } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import { parseDuration } from '../cli/duration.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { fields } from '../cli/layout-text.ts';
import { readPassphrase } from '../config/config.ts';
import { invariant } from '../core/fault.ts';
import { ROTATED_KEY_NAMES, type RotatedKeyName } from '../keys/next-key.ts';
import { configOf, ENVIRONMENT_HELP, foreseen } from './foreseen.ts';
import { rotateOwnKey } from './rotate-own-key.ts';

type RotateOptions = { readonly overlap: number };

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
        'started again; run again, it goes on where it was cut short.',
    )
    .addArgument(new Argument('<key>', 'which one').choices([...ROTATED_KEY_NAMES]))
    .option('--overlap <duration>', 'how long both count: seconds, or 30m, 12h, 7d', parseDuration, 7 * 86_400)
    .addHelpText('after', `${ENVIRONMENT_HELP}\nExample:\n  waybill keys rotate image --overlap 2d\n`)
    .action(perform(rotate));
};

async function rotate(cli: Cli, options: RotateOptions, name = ''): Promise<ExitCode> {
  const config = configOf(cli);
  const rotated = await foreseen(() =>
    rotateOwnKey(config, name as RotatedKeyName, {
      overlapSeconds: options.overlap,
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
