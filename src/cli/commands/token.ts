import type { Command } from 'commander';
import type { NewToken } from '../../client/answers.ts';
import { collectPages } from '../../client/collect-pages.ts';
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
  requireNewFile(options.output);
  const request = { principal, title: options.title, lifetimeSeconds: options.lifetime };
  const { value } = await client.createToken(request);
  handOutToken(cli, value, options.output);
}

/** Asked first: a token that could not be written down would be lost. */
export function requireNewFile(path: string | undefined): void {
  if (path === undefined || kindOfPath(path) === undefined) return;
  throw stop(EXIT.input, 'cli/unusable-file', `${path} exists already and is left as it is.`);
}

/** Writes a new token into a file, or shows it. */
export function handOutToken(cli: Cli, { token, ...rest }: NewToken, path: string | undefined): void {
  if (path !== undefined) writePrivateFile(path, `${token}\n`);
  const shown = path === undefined ? { ...rest, token } : { ...rest, file: path };
  cli.print.result(shown, () =>
    [
      `created token ${plain(rest.id)} for ${plain(rest.principal)}`,
      fields([
        ['title', plain(rest.title)],
        ['expires', plain(rest.expiresAt)],
        ['token', path === undefined ? plain(token) : `in ${path}`],
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
      'No tokens.',
    ),
  );
}

async function revoke(cli: Cli, options: ServiceOptions, id = ''): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.revokeToken(id);
  cli.print.result(json, () => `revoked token ${plain(value.id)} of ${plain(value.principal)}`);
}
