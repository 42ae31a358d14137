import type { Command } from 'commander';
import { collectPages } from '../../client/client.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { parseDuration } from '../duration.ts';
import { EXIT } from '../exit-codes.ts';
import { fields, plain, table } from '../layout-text.ts';
import { kindOfPath, writePrivateFile } from '../local-file.ts';
import { stop } from '../stop.ts';

type CreateOptions = ServiceOptions & { readonly title: string; readonly lifetime: number; readonly output?: string };

export function addToken(program: Command, perform: Perform): void {
  const token = program
    .command('token')
    .summary('create and revoke API tokens')
    .description('API tokens of principals.');
  withServiceOptions(
    token
      .command('create')
      .summary('create a token')
      .description('Creates a token for a principal. It is shown once, and kept by the service as a hash only.')
      .argument('<principal>', 'whom it speaks for')
      .option('--title <text>', 'what it is for', 'waybill token create')
      .option('--lifetime <duration>', 'until it expires: seconds, or 30m, 12h, 90d', parseDuration, 30 * 86_400)
      .option('-o, --output <file>', 'write it to a new file of mode 0600 instead of printing it'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  waybill token create ci-shop --title "shop pipeline" --lifetime 90d -o ci.token\n',
    )
    .action(perform(create));
  withServiceOptions(token.command('list').description('Lists the tokens, without their secrets.')).action(
    perform(list),
  );
  withServiceOptions(
    token.command('revoke').description('Revokes a token at once.').argument('<id>', 'id of the token'),
  ).action(perform(revoke));
}

async function create(cli: Cli, options: CreateOptions, principal = ''): Promise<undefined> {
  const { client } = cli.connect(options);
  // Asked first: a token that could not be written down would be lost.
  if (options.output !== undefined && kindOfPath(options.output) !== undefined) {
    throw stop(EXIT.input, 'cli/unusable-file', `${options.output} exists already and is left as it is.`);
  }
  const request = { principal, title: options.title, lifetimeSeconds: options.lifetime };
  const { value } = await client.createToken(request);
  const { token, ...rest } = value;
  if (options.output !== undefined) writePrivateFile(options.output, `${token}\n`);
  const shown = options.output === undefined ? { ...rest, token } : { ...rest, file: options.output };
  cli.print.result(shown, () =>
    [
      `created token ${plain(value.id)} for ${plain(value.principal)}`,
      fields([
        ['title', plain(value.title)],
        ['expires', plain(value.expiresAt)],
        ['token', options.output === undefined ? plain(token) : `in ${options.output}`],
      ]),
    ].join('\n'),
  );
}

async function list(cli: Cli, options: ServiceOptions): Promise<undefined> {
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.tokens(page));
  const now = cli.world.now().toISOString();
  cli.print.result({ items: json }, () =>
    table(
      ['ID', 'PRINCIPAL', 'CREATED', 'EXPIRES', 'STATE', 'TITLE'],
      items.map((each) =>
        [
          each.id,
          each.principal,
          each.createdAt,
          each.expiresAt,
          each.revokedAt !== undefined ? 'revoked' : each.expiresAt <= now ? 'expired' : 'valid',
          each.title,
        ].map(plain),
      ),
    ),
  );
}

async function revoke(cli: Cli, options: ServiceOptions, id = ''): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.revokeToken(id);
  cli.print.result(json, () => `revoked token ${plain(value.id)} of ${plain(value.principal)}`);
}
