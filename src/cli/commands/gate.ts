import type { Command } from 'commander';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plain } from '../layout-text.ts';
import { readImageSubject } from '../subject.ts';

type Options = ServiceOptions & { readonly repository?: string; readonly ref?: string; readonly platform?: string };
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
    .option('--ref <name>', 'which image of a layout with several')
    .option('--platform <os/arch>', 'one image of an index');
  withServiceOptions(command)
    .addHelpText('after', '\nExample:\n  waybill gate shop/api@sha256:… && ./deploy.sh\n')
    .action(perform(gate));
}

async function gate(cli: Cli, options: Options, text = ''): Promise<ExitCode> {
  const image = readImageSubject(text, options);
  const { value, json, status } = await cli.connect(options).client.gate(image);
  cli.print.result(json, () => {
    const reasons = (value.reasons ?? []).map(lineOf);
    return [`${status === 412 ? 'no' : 'yes'}: ${plain(value.verdict)}  ${image.digest}`, ...reasons].join('\n');
  });
  if (status !== 412) return EXIT.ok;
  return value.verdict === 'unjudged' ? EXIT.unjudged : EXIT.fail;
}

/** The sentences of the service, which name contract, stage and entry; then the code, to look up or to search for. */
function lineOf({ code, reason, text = '' }: Reason): string {
  const found = plain(reason === undefined || reason === '' ? code : reason);
  return text === '' ? `  ${found}` : `  ${plain(text)} [${found}]`;
}
