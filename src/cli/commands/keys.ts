import { type Command, Option } from 'commander';
import { formatPublicKeyPem } from '../../core/crypto/public-key.ts';
import {
  createPipelineKey,
  PIPELINE_KEY_TYPES,
  type PipelineKeyType,
  readPublicKeyFile,
} from '../../keys/pipeline-key.ts';
import type { Cli, Perform } from '../cli.ts';
import { readPassphrase } from '../connect.ts';
import { fields } from '../layout-text.ts';

type NewOptions = { readonly type: PipelineKeyType; readonly passphraseFile?: string };
type ShowOptions = { readonly pem?: boolean; readonly passphraseFile?: string };

const PASSPHRASE_HELP = 'file with the passphrase (default: $WAYBILL_KEY_PASSPHRASE_FILE)';

export function addKeys(program: Command, perform: Perform): void {
  const keys = program
    .command('keys')
    .summary('make and show a pipeline’s own keys')
    .description('Key files of pipelines.');
  keys
    .command('new')
    .summary('make a private key')
    .description('Makes a private key: PKCS#8 PEM, mode 0600. A file that exists is never written over.')
    .argument('<file>', 'file to make')
    .addOption(new Option('--type <type>', 'kind of key').choices([...PIPELINE_KEY_TYPES]).default('ed25519'))
    .option('--passphrase-file <file>', `encrypt it; ${PASSPHRASE_HELP}`)
    .addHelpText(
      'after',
      `
Example:
  waybill keys new ci.key
  waybill signer register ci.key --repository shop/api --stage test
`,
    )
    .action(perform(create));
  keys
    .command('show')
    .summary('show the public part of a key')
    .description('Shows the public part of a private or public key file, and the signer id that it is known by.')
    .argument('<file>', 'private or public key in PEM')
    .option('--pem', 'print the public key in PEM and nothing else')
    .option('--passphrase-file <file>', PASSPHRASE_HELP)
    .addHelpText('after', '\nExample:\n  waybill keys show ci.key --pem > ci.pub\n')
    .action(perform(show));
}

function create(cli: Cli, options: NewOptions, path = ''): undefined {
  const key = createPipelineKey(path, options.type, readPassphrase(cli.world, options.passphraseFile));
  const { algorithm } = key.publicKey;
  const publicKeyPem = formatPublicKeyPem(key.publicKey);
  cli.print.result({ file: path, algorithm, signer: key.signer, publicKeyPem }, () =>
    [
      `made ${path}`,
      fields([
        ['algorithm', algorithm],
        ['signer', key.signer],
      ]),
      `To attest with it, have it registered: waybill signer register ${path} --repository <glob> --stage <stage>`,
    ].join('\n'),
  );
}

function show(cli: Cli, options: ShowOptions, path = ''): undefined {
  const { key, signer } = readPublicKeyFile(path, readPassphrase(cli.world, options.passphraseFile));
  const publicKeyPem = formatPublicKeyPem(key);
  cli.print.result({ algorithm: key.algorithm, signer, publicKeyPem }, () =>
    options.pem === true
      ? publicKeyPem
      : `${fields([
          ['algorithm', key.algorithm],
          ['signer', signer],
        ])}\n${publicKeyPem}`,
  );
}
