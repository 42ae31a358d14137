import { type Command, Option } from 'commander';
import { collectPages } from '../../client/collect-pages.ts';
import type { JsonObject } from '../../core/encoding/json.ts';
import type { Cli, Perform } from '../cli.ts';
import { collect, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { parseDuration } from '../duration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { fields, plain, table } from '../layout-text.ts';
import { writePrivateFile } from '../local-file.ts';
import { parseAfter } from './events.ts';
import { requireNewFile } from './token.ts';

type SecretOptions = ServiceOptions & { readonly output?: string };
type AddOptions = SecretOptions & {
  readonly type?: readonly string[];
  readonly repository?: readonly string[];
  readonly title?: string;
};

const DAY_SECONDS = 86_400;

export function addWebhook(program: Command, perform: Perform): void {
  const webhook = program
    .command('webhook')
    .summary('have notices posted to an address, and see how that goes')
    .description('Notices of failed verdicts, waivers, keys and runs, signed as Standard Webhooks says.');
  const one = (name: string, description: string) =>
    withServiceOptions(webhook.command(name).description(description).argument('<webhook>', 'id of the webhook'));
  withSecretOutput(
    withServiceOptions(
      webhook
        .command('add')
        .summary('add a webhook')
        .description('Has notices posted to an address from now on. The secret that signs them is shown once.')
        .argument('<url>', 'https address that takes them')
        .option('-t, --type <type>', 'type of notice, such as verdict.failed; may be repeated (default: all)', collect)
        .option('-r, --repository <glob>', 'repositories; may be repeated (default: those of your grant)', collect)
        .option('--title <text>', 'what it is for'),
    ),
  )
    .addHelpText(
      'after',
      '\nExample:\n  waybill webhook add https://hooks.example.com/waybill -t verdict.failed -t waiver.requested -o hook.secret\n',
    )
    .action(perform(add));
  withServiceOptions(webhook.command('list').description('Lists the webhooks, without their secrets.')).action(
    perform(list),
  );
  one('test', 'Sends a notice of the type webhook.test now, and tells what came of it.').action(perform(test));
  withSecretOutput(
    one('rotate', 'Gives a new secret; the one before signs beside it for a while.').option(
      '--overlap <duration>',
      'how long both sign: seconds, or 30m, 12h, 7d',
      parseDuration,
      DAY_SECONDS,
    ),
  ).action(perform(rotate));
  one('deliveries', 'Lists the notices of the last 30 days and how they fared.')
    .addOption(new Option('--state <state>', 'only these').choices(['waiting', 'delivered', 'dead']))
    .action(perform(deliveries));
  one('redeliver', 'Attempts dead letters anew: one, or all of them.')
    .argument('[delivery]', 'id of a dead letter')
    .action(perform(redeliver));
  one('disable', 'Sends nothing more until it is enabled.').action(perform(disable));
  one('enable', 'Sends again, and what happened meanwhile, too.')
    .option('--after <seq>', 'leave out what happened up to this entry, or up to now: "newest"', parseAfter)
    .action(perform(enable));
  one('remove', 'Removes a webhook, with what it still had to deliver.').action(perform(remove));
}

function withSecretOutput(command: Command): Command {
  return command.option('-o, --output <file>', 'write the secret to a new file of mode 0600 instead of printing it');
}

async function add(cli: Cli, options: AddOptions, url = ''): Promise<undefined> {
  requireNewFile(options.output);
  const { value, json } = await cli.connect(options).client.createWebhook({
    url,
    types: options.type ?? ['*'],
    ...(options.repository === undefined ? {} : { repositories: options.repository }),
    ...(options.title === undefined ? {} : { title: options.title }),
  });
  handOutSecret(cli, `added webhook ${value.webhook}`, json as JsonObject, options.output);
}

async function rotate(cli: Cli, options: SecretOptions & { readonly overlap: number }, id = ''): Promise<undefined> {
  requireNewFile(options.output);
  const { value, json } = await cli.connect(options).client.rotateWebhook(id, options.overlap);
  handOutSecret(cli, `new secret of webhook ${value.webhook}`, json as JsonObject, options.output);
}

function handOutSecret(cli: Cli, what: string, { secret, ...rest }: JsonObject, path: string | undefined): void {
  const text = String(secret);
  if (path !== undefined) writePrivateFile(path, `${text}\n`);
  cli.print.result(path === undefined ? { ...rest, secret: text } : { ...rest, file: path }, () =>
    [plain(what), fields([['secret', path === undefined ? plain(text) : `in ${path}`]])].join('\n'),
  );
}

async function list(cli: Cli, options: ServiceOptions): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.webhooks();
  cli.print.result(json, () =>
    table(
      ['ID', 'STATE', 'WAITING', 'DEAD', 'TYPES', 'URL'],
      value.items.map((each) =>
        [each.webhook, each.state, String(each.waiting), String(each.dead), each.types.join(','), each.url].map(plain),
      ),
      'No webhooks.',
    ),
  );
}

async function test(cli: Cli, options: ServiceOptions, id = ''): Promise<ExitCode> {
  const { value, json } = await cli.connect(options).client.testWebhook(id);
  const { delivered, status, fault, detail } = value;
  const why = [fault, detail, status].filter((part) => part !== undefined).join(', ');
  cli.print.result(json, () => plain(delivered ? `delivered: answered ${status}` : `not delivered: ${why}`));
  return delivered ? EXIT.ok : EXIT.unreachable;
}

async function deliveries(
  cli: Cli,
  options: ServiceOptions & { readonly state?: string },
  id = '',
): Promise<undefined> {
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.deliveries(id, options.state, page));
  cli.print.result({ items: json }, () =>
    table(
      ['DELIVERY', 'TYPE', 'ENTRY', 'STATE', 'ATTEMPTS', 'WHY'],
      items.map((each) =>
        [each.delivery, each.type, String(each.seq), each.state, String(each.attempts), whyOf(each)].map(plain),
      ),
      'No deliveries.',
    ),
  );
}

function whyOf({ fault, status }: { readonly fault?: string; readonly status?: number }): string {
  return [fault, status].filter((part) => part !== undefined).join(' ');
}

async function redeliver(cli: Cli, options: ServiceOptions, id = '', delivery?: string): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.redeliver(id, delivery);
  cli.print.result(json, () => `${value.revived} dead ${value.revived === 1 ? 'letter is' : 'letters are'} due again`);
}

async function disable(cli: Cli, options: ServiceOptions, id = ''): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.disableWebhook(id);
  cli.print.result(json, () => `disabled webhook ${plain(value.webhook)}`);
}

async function enable(
  cli: Cli,
  options: ServiceOptions & { readonly after?: number | 'newest' },
  id = '',
): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.enableWebhook(id, options.after);
  cli.print.result(json, () => `enabled webhook ${plain(value.webhook)}`);
}

async function remove(cli: Cli, options: ServiceOptions, id = ''): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.removeWebhook(id);
  cli.print.result(json, () => `removed webhook ${plain(value.webhook)}`);
}
