import { Argument, type Command, Option } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import { type AgreedChange, readAgreedChange } from '../cli/control-file.ts';
import { parseDuration } from '../cli/duration.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { fields } from '../cli/layout-text.ts';
import { leaveRequest } from '../cli/leave-request.ts';
import { stop } from '../cli/stop.ts';
import { readPassphrase } from '../config/config.ts';
import type { ControlRequest } from '../core/control/control-request.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import { invariant } from '../core/fault.ts';
import { ROTATED_KEY_NAMES, type RotatedKeyName } from '../keys/next-key.ts';
import { configOf, ENVIRONMENT_HELP, foreseen } from './foreseen.ts';
import { replaceOwnKey, requestOwnReplacement } from './replace-own-key.ts';
import {
  LOG_KEY_STEPS,
  type LogKeyStep,
  type LogKeyStepDone,
  requestLogKeyStep,
  rotateLogKey,
} from './rotate-log-key.ts';
import { requestOwnRotation, rotateOwnKey } from './rotate-own-key.ts';

type Ceremony = { readonly request?: string; readonly control?: string };
type RotateOptions = Ceremony & { readonly overlap?: number; readonly step?: LogKeyStep };

const OVERLAP_SECONDS = 7 * 86_400;

/** `waybill keys rotate`: for whoever runs the service, where its keys lie. */
export const addKeysRotate: AddCommands = (program: Command, perform: Perform) => {
  const keys = program.commands.find((command) => command.name() === 'keys');
  invariant(keys !== undefined, 'the commands of keys are there');
  withCeremony(
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
      .addOption(new Option('--step <step>', 'which step, of the log key').choices([...LOG_KEY_STEPS])),
  )
    .addHelpText(
      'after',
      `${ENVIRONMENT_HELP}
Examples:
  waybill keys rotate image --overlap 2d
  waybill keys rotate log --step prepare     # then copy log.next.key to every replica, and start each again
  waybill keys rotate log --step announce    # both keys sign; publish the new one
  waybill keys rotate log --step retire      # the new key alone signs; replace the files of every replica
In a log with control keys, each that writes an entry:
  waybill keys rotate log --step announce --request request.json
  waybill keys rotate log --step announce --control agreed.json
`,
    )
    .action(perform(rotate));
  withCeremony(
    keys
      .command('replace')
      .summary('put a new key in the place of one that is in the wrong hands')
      .description(
        'Draws a new key, has the log name it without the old one’s word, and puts its file in the old one’s place. Then ' +
          'revoke the old one from when it was lost: what it signed before goes on to count, what it signed after does not. ' +
          'It may run beside services or without, also where the old key is revoked already; run again, it goes on where it ' +
          'was cut short.',
      )
      .addArgument(new Argument('<key>', 'which one').choices([...ROTATED_KEY_NAMES])),
  )
    .addHelpText('after', `${ENVIRONMENT_HELP}\nExample:\n  waybill keys replace image\n`)
    .action(perform(replace));
};

/** What a log with control keys takes: first a request for their signatures, then the agreement. */
function withCeremony(command: Command): Command {
  return command
    .option('--request <file>', 'write a request for the signatures of control keys, and change nothing')
    .option('--control <file>', 'the agreement of the control keys, in a log that has some');
}

async function rotate(cli: Cli, options: RotateOptions, name = ''): Promise<ExitCode> {
  requireOneOf(options);
  if (name === 'log') return rotateLog(cli, options);
  if (options.step !== undefined) throw stop(EXIT.usage, 'cli/usage', 'Only the rotation of the log key has steps.');
  const [config, common] = forOwnKey(cli);
  const rotating = { ...common, overlapSeconds: options.overlap ?? OVERLAP_SECONDS };
  if (options.request !== undefined) {
    const request = await foreseen(() => requestOwnRotation(config, name as RotatedKeyName, rotating));
    return leaveOrTell(cli, options.request, request);
  }
  const agreed = agreedIn<SignerRotated>(options, 'signer.rotated');
  const rotated = await foreseen(() =>
    rotateOwnKey(config, name as RotatedKeyName, { ...rotating, ...(agreed === undefined ? {} : { agreed }) }),
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

async function replace(cli: Cli, options: Ceremony, name = ''): Promise<ExitCode> {
  requireOneOf(options);
  const [config, common] = forOwnKey(cli);
  if (options.request !== undefined) {
    const request = await foreseen(() => requestOwnReplacement(config, name as RotatedKeyName, common));
    return leaveOrTell(cli, options.request, request);
  }
  const agreed = agreedIn(options, 'signer.registered');
  const replaced = await foreseen(() =>
    replaceOwnKey(config, name as RotatedKeyName, { ...common, ...controlOf(agreed) }),
  );
  cli.print.result({ ...replaced }, () =>
    [
      `${replaced.signer} takes the place of ${replaced.old} as the ${replaced.name} key`,
      fields([['old key lies in', replaced.kept]]),
      'Give every replica the new file and start it again. Then revoke the old key, from when it was lost:',
      `  waybill signer revoke ${replaced.old} --effective TIME`,
    ].join('\n'),
  );
  return EXIT.ok;
}

function forOwnKey(cli: Cli) {
  const config = configOf(cli);
  return [config, { passphrase: readPassphrase(config), log: (line: string) => cli.print.remark(line) }] as const;
}

function requireOneOf({ request, control }: Ceremony): void {
  if (request === undefined || control === undefined) return;
  throw stop(EXIT.usage, 'cli/usage', '--request asks for signatures, --control brings them: one of the two.');
}

function agreedIn<B>({ control }: Ceremony, kind: string): AgreedChange<B> | undefined {
  return control === undefined ? undefined : readAgreedChange<B>(control, kind);
}

function controlOf(agreed: AgreedChange<unknown> | undefined): { readonly control?: string } {
  return agreed === undefined ? {} : { control: agreed.control };
}

/** Writes the request, where there is one: what the log has already takes no agreement. */
function leaveOrTell(cli: Cli, path: string, request: ControlRequest | object): ExitCode {
  if ('statement' in request) leaveRequest(cli, path, request);
  else
    cli.print.result(
      { ...request },
      () => 'The log has that already: run it without --request, and it goes on from there.',
    );
  return EXIT.ok;
}

async function rotateLog(cli: Cli, options: RotateOptions): Promise<ExitCode> {
  const { step, overlap, request: path } = options;
  if (step === undefined || overlap !== undefined)
    throw stop(
      EXIT.usage,
      'cli/usage',
      'The log key is rotated by --step prepare, announce and retire, without --overlap.',
    );
  if (step === 'prepare' && (path ?? options.control) !== undefined)
    throw stop(EXIT.usage, 'cli/usage', 'To prepare a key takes no agreement: it changes nothing in the log.');
  const [config, common] = forOwnKey(cli);
  if (path !== undefined && step !== 'prepare') {
    const request = await foreseen(() => requestLogKeyStep(config, step, common));
    return leaveOrTell(cli, path, request);
  }
  const agreed = agreedIn(options, 'log-key.rotated');
  const done = await foreseen(() => rotateLogKey(config, step, { ...common, ...controlOf(agreed) }));
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
