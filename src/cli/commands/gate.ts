import type { Command } from 'commander';
import type { ExemptingWaiver, GateAnswer } from '../../client/answers.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plain } from '../layout-text.ts';
import { readImageSubject } from '../subject.ts';

type Options = ServiceOptions & {
  readonly repository?: string;
  readonly environment?: string;
  readonly ref?: string;
  readonly platform?: string;
};
type Reason = { readonly code: string; readonly reason?: string; readonly text?: string };

export function addGate(program: Command, perform: Perform): void {
  const command = program
    .command('gate')
    .summary('ask whether an image may pass')
    .description(
      'Asks the service whether an image may pass now: exit code 0 for yes, 10 or 11 for no.\n' +
        'The answer is that of the service; "waybill verify" checks the evidence itself.',
    )
    .argument('<image>', 'digest, repository@digest, OCI image layout folder, or manifest file')
    .option('-r, --repository <name>', 'repository, where the digest is in several')
    .option(
      '-e, --environment <name>',
      'where it shall run: one that was retired there is a no, and rules compare with what was released there',
    )
    .option('--ref <name>', 'which image of a layout with several')
    .option('--platform <os/arch>', 'one image of an index');
  withServiceOptions(command)
    .addHelpText('after', '\nExample:\n  waybill gate shop/api@sha256:… && ./deploy.sh\n')
    .action(perform(gate));
}

async function gate(cli: Cli, options: Options, text = ''): Promise<ExitCode> {
  const image = readImageSubject(text, options);
  const { environment } = options;
  const asked = { ...image, ...(environment === undefined ? {} : { environment }) };
  const { value, json, status } = await cli.connect(options).client.gate(asked);
  cli.print.result(json, () =>
    [`${status === 412 ? 'no' : 'yes'}: ${plain(value.verdict)}  ${image.digest}`, ...gateLines(value)].join('\n'),
  );
  return gateExit(value, status);
}

/** What a yes rests on, and why a no is one, as lines. */
export function gateLines({ waivers = [], reasons = [] }: GateAnswer): readonly string[] {
  return [...waivers.map(waiverLine), ...reasons.map(lineOf)];
}

export function gateExit({ verdict }: GateAnswer, status: number): ExitCode {
  if (status !== 412) return EXIT.ok;
  return verdict === 'unjudged' ? EXIT.unjudged : EXIT.fail;
}

/** A waiver without which the answer would be no; the glass that somebody broke is not to be overlooked. */
function waiverLine(waiver: ExemptingWaiver): string {
  const { contract, check, stage, rule, expires, breakGlass, requested, approved } = waiver;
  const what = plain(`${contract}: ${[check, stage, rule].filter((part) => part !== undefined).join(' ')}`);
  const who =
    approved === undefined
      ? `asked for by ${requested.principal}, approved by NOBODY yet`
      : `asked for by ${requested.principal}, approved by ${approved.principal}`;
  return `  ${breakGlass ? 'BROKEN GLASS' : 'waived'}: ${what}, until ${plain(expires)}, ${plain(who)} [${plain(waiver.waiver)}]`;
}

/** The sentences of the service, which name contract, stage and entry; then the code, to look up or to search for. */
function lineOf({ code, reason, text = '' }: Reason): string {
  const found = plain(reason === undefined || reason === '' ? code : reason);
  return text === '' ? `  ${found}` : `  ${plain(text)} [${found}]`;
}
