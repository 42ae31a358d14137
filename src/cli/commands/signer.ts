import type { Command } from 'commander';
import { collectPages } from '../../client/collect-pages.ts';
import { formatPublicKeyPem } from '../../core/crypto/public-key.ts';
import type { SignerRevoked } from '../../core/entry/kinds/signer-revoked.ts';
import { parseSignerDocument } from '../../core/trust/signer-document.ts';
import { readPublicKeyFile } from '../../keys/pipeline-key.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { collect, readPassphrase, type ServiceOptions, withControlOption, withServiceOptions } from '../connect.ts';
import { type AgreedChange, agreedChange } from '../control-file.ts';
import { parseDuration } from '../duration.ts';
import { EXIT } from '../exit-codes.ts';
import { plain, short, table } from '../layout-text.ts';
import { readSignerId } from '../signer-id.ts';
import { stop, stopOf } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';
import { details, stateOf } from './signer-details.ts';
import { addImpact } from './signer-impact.ts';
import { addRotate } from './signer-rotate.ts';

type RegisterOptions = ServiceOptions & {
  readonly repository?: readonly string[];
  readonly stage?: readonly string[];
  readonly title?: string;
  readonly warnAfter?: number;
  readonly expireAfter?: number;
  readonly passphraseFile?: string;
  readonly control?: string;
};
type RevokeOptions = ServiceOptions & { readonly effective?: string; readonly control?: string };

export function addSigner(program: Command, perform: Perform): void {
  const signer = program
    .command('signer')
    .summary('register, rotate and revoke keys that may attest')
    .description('Keys that may attest named stages of named repositories.');
  withServiceOptions(
    withControlOption(
      signer
        .command('register')
        .summary('register a key')
        .description('Registers the public part of a key. The private part never leaves this machine.')
        .argument('[key]', 'public or private key file in PEM; not with --control')
        .option('-r, --repository <glob>', 'exact name, prefix/*, or *; repeatable', collect)
        .option('-s, --stage <name>', 'stage that it may attest, or *; repeatable', collect)
        .option('--title <text>', 'title for people; nothing personal, since it is kept for good')
        .option('--warn-after <duration>', 'age from which on it is due for rotation, such as 75d', parseDuration)
        .option('--expire-after <duration>', 'age from which on it does not count, such as 90d', parseDuration)
        .option('--passphrase-file <file>', 'passphrase of a private key (default: $WAYBILL_KEY_PASSPHRASE_FILE)'),
    ),
  )
    .addHelpText('after', '\nExample:\n  waybill signer register ci.key --repository shop/api --stage test\n')
    .action(perform(register));
  addRotate(signer, perform);
  addImpact(signer, perform);
  withServiceOptions(signer.command('list').description('Lists the signers.')).action(perform(list));
  withServiceOptions(
    signer.command('show').description('Shows one signer.').argument('<signer>', 'signer id, or a key file'),
  ).action(perform(show));
  withServiceOptions(
    withControlOption(
      signer
        .command('revoke')
        .summary('revoke a key')
        .description('Revokes a key: what it signed from then on does not count. It is never un-revoked.')
        .argument('[signer]', 'signer id, or a key file; not with --control')
        .option('--effective <time>', 'from when on, RFC 3339 UTC; may lie in the past (default: now)'),
    ),
  ).action(perform(revoke));
}

async function register(cli: Cli, options: RegisterOptions, path?: string): Promise<undefined> {
  const agreed = agreedChange(options.control, 'signer.registered', path);
  const request = agreed === undefined ? registrationOf(cli, options, path ?? '') : agreedRegistration(agreed);
  const { client, watch } = cli.connect(options);
  const { value, json } = await client.registerSigner(request);
  const taken = await takeReceipt(watch, value.recorded.receipt, {
    kind: 'signer.registered',
    ...(agreed === undefined ? {} : { payload: agreed.document }),
  });
  remarkFirstUse(cli, taken);
  cli.print.result(
    withReceipt(json, taken),
    () => `registered ${value.view.signer}\n${details(value.view, receiptFields(taken, value.recorded.duplicate))}`,
  );
}

function registrationOf(cli: Cli, options: RegisterOptions, path: string) {
  const { repository, stage, title, warnAfter, expireAfter, passphraseFile } = options;
  if (repository === undefined || stage === undefined) {
    throw stop(EXIT.usage, 'cli/bad-argument', 'Give --repository and --stage: what the key may attest.');
  }
  const { key } = readPublicKeyFile(path, readPassphrase(cli.world, passphraseFile));
  return {
    publicKeyPem: formatPublicKeyPem(key),
    repositories: repository,
    stages: stage,
    ...(title === undefined ? {} : { title }),
    ...(warnAfter === undefined ? {} : { ageSecondsWarn: warnAfter }),
    ...(expireAfter === undefined ? {} : { ageSecondsMax: expireAfter }),
  };
}

/** The very registration that was agreed to, as the service makes a document of it again. */
function agreedRegistration({ document, control }: AgreedChange<unknown>) {
  const signer = parseSignerDocument(document);
  if (!signer.ok) throw stopOf(EXIT.input, signer.fault);
  const { key, signer: _id, ...shown } = signer.value;
  return { publicKeyPem: formatPublicKeyPem(key), ...shown, control };
}

async function list(cli: Cli, options: ServiceOptions): Promise<undefined> {
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.signers(page));
  cli.print.result({ items: json }, () =>
    table(
      ['SIGNER', 'USE', 'ALGORITHM', 'REPOSITORIES', 'STAGES', 'STATE', 'TITLE'],
      items.map((each) =>
        [
          short(each.signer),
          each.use,
          each.algorithm,
          each.repositories.join(' '),
          each.stages.join(' '),
          stateOf(each),
          each.title ?? '',
        ].map(plain),
      ),
      'No signers.',
    ),
  );
}

async function show(
  cli: Cli,
  options: ServiceOptions & { readonly passphraseFile?: string },
  text = '',
): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.signer(readSignerId(cli, text));
  cli.print.result(json, () => `${value.signer}\n${details(value)}\n${plainPem(value.publicKeyPem)}`);
}

async function revoke(cli: Cli, options: RevokeOptions, text?: string): Promise<undefined> {
  const agreed = agreedChange<SignerRevoked>(options.control, 'signer.revoked', text);
  const { client, watch } = cli.connect(options);
  const { effective } = options;
  const { value, json } =
    agreed === undefined
      ? await client.revokeSigner(readSignerId(cli, text ?? ''), effective === undefined ? {} : { effective })
      : await client.revokeSigner(agreed.body.signer, { effective: agreed.body.effective, control: agreed.control });
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: 'signer.revoked' });
  cli.print.result(
    withReceipt(json, taken),
    () => `revoked ${value.view.signer}\n${details(value.view, receiptFields(taken, value.recorded.duplicate))}`,
  );
}

function plainPem(pem: string): string {
  return pem.trim().split('\n').map(plain).join('\n');
}
