import type { Command } from 'commander';
import type { SignerView } from '../../client/answers.ts';
import { collectPages } from '../../client/client.ts';
import { formatPublicKeyPem } from '../../core/crypto/public-key.ts';
import { readPublicKeyFile } from '../../keys/pipeline-key.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { collect, readPassphrase, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { type Field, fields, plain, short, table } from '../layout-text.ts';
import { kindOfPath } from '../local-file.ts';
import { stop } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';

type RegisterOptions = ServiceOptions & {
  readonly repository: readonly string[];
  readonly stage: readonly string[];
  readonly title?: string;
  readonly passphraseFile?: string;
};
type RevokeOptions = ServiceOptions & { readonly effective?: string };

export function addSigner(program: Command, perform: Perform): void {
  const signer = program
    .command('signer')
    .summary('register and revoke keys that may attest')
    .description('Keys that may attest named stages of named repositories.');
  withServiceOptions(
    signer
      .command('register')
      .summary('register a key')
      .description('Registers the public part of a key. The private part never leaves this machine.')
      .argument('<key>', 'public or private key file in PEM')
      .requiredOption('-r, --repository <glob>', 'exact name, prefix/*, or *; repeatable', collect)
      .requiredOption('-s, --stage <name>', 'stage that it may attest, or *; repeatable', collect)
      .option('--title <text>', 'title for people; nothing personal, since it is kept for good')
      .option('--passphrase-file <file>', 'passphrase of a private key (default: $WAYBILL_KEY_PASSPHRASE_FILE)'),
  )
    .addHelpText('after', '\nExample:\n  waybill signer register ci.key --repository shop/api --stage test\n')
    .action(perform(register));
  withServiceOptions(signer.command('list').description('Lists the signers.')).action(perform(list));
  withServiceOptions(
    signer.command('show').description('Shows one signer.').argument('<signer>', 'signer id, or a key file'),
  ).action(perform(show));
  withServiceOptions(
    signer
      .command('revoke')
      .summary('revoke a key')
      .description('Revokes a key: what it signed from then on does not count. It is never un-revoked.')
      .argument('<signer>', 'signer id, or a key file')
      .option('--effective <time>', 'from when on, RFC 3339 UTC; may lie in the past (default: now)'),
  ).action(perform(revoke));
}

async function register(cli: Cli, options: RegisterOptions, path = ''): Promise<undefined> {
  const { key } = readPublicKeyFile(path, readPassphrase(cli.world, options.passphraseFile));
  const { client, watch } = cli.connect(options);
  const { value, json } = await client.registerSigner({
    publicKeyPem: formatPublicKeyPem(key),
    repositories: options.repository,
    stages: options.stage,
    ...(options.title === undefined ? {} : { title: options.title }),
  });
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: 'signer.registered' });
  remarkFirstUse(cli, taken);
  cli.print.result(
    withReceipt(json, taken),
    () => `registered ${value.view.signer}\n${details(value.view, receiptFields(taken, value.recorded.duplicate))}`,
  );
}

async function list(cli: Cli, options: ServiceOptions): Promise<undefined> {
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.signers(page));
  cli.print.result({ items: json }, () =>
    table(
      ['SIGNER', 'USE', 'ALGORITHM', 'REPOSITORIES', 'STAGES', 'REVOKED FROM', 'TITLE'],
      items.map((each) =>
        [
          short(each.signer),
          each.use,
          each.algorithm,
          each.repositories.join(' '),
          each.stages.join(' '),
          each.revokedFrom ?? '-',
          each.title ?? '',
        ].map(plain),
      ),
    ),
  );
}

async function show(
  cli: Cli,
  options: ServiceOptions & { readonly passphraseFile?: string },
  text = '',
): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.signer(signerIdOf(cli, text));
  cli.print.result(json, () => `${value.signer}\n${details(value)}\n${plainPem(value.publicKeyPem)}`);
}

async function revoke(cli: Cli, options: RevokeOptions, text = ''): Promise<undefined> {
  const { client, watch } = cli.connect(options);
  const { value, json } = await client.revokeSigner(signerIdOf(cli, text), options.effective);
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: 'signer.revoked' });
  cli.print.result(
    withReceipt(json, taken),
    () => `revoked ${value.view.signer}\n${details(value.view, receiptFields(taken, value.recorded.duplicate))}`,
  );
}

function signerIdOf(cli: Cli, text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  if (kindOfPath(text) === 'file') return readPublicKeyFile(text, readPassphrase(cli.world, undefined)).signer;
  throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is neither a signer id of 64 hex digits nor a key file.`);
}

function details(view: SignerView, receipt: readonly Field[] = []): string {
  return fields([
    ['title', view.title === undefined ? undefined : plain(view.title)],
    ['use', plain(view.use)],
    ['algorithm', plain(view.algorithm)],
    ['repositories', plain(view.repositories.join(' '))],
    ['stages', plain(view.stages.join(' '))],
    ['registered', plain(view.registeredAt)],
    ['revoked from', view.revokedFrom === undefined ? undefined : plain(view.revokedFrom)],
    ...receipt,
  ]);
}

function plainPem(pem: string): string {
  return pem.trim().split('\n').map(plain).join('\n');
}
