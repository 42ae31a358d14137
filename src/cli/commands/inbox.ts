import type { Command } from 'commander';
import type { InboxItem } from '../../client/find-calls.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { plain } from '../layout-text.ts';
import { stop } from '../stop.ts';

/** Where all of a kind are listed. */
const LISTS: Readonly<Record<string, string>> = {
  'break-glass': 'waybill waiver list --state break-glass',
  'approve-waiver': 'waybill waiver list --state requested',
  'waiver-expires': 'waybill waiver list --state in-force',
  'run-expires': 'waybill run list --state open',
  'confirm-change': 'waybill change list',
  'signer-ages': 'waybill signer list',
  'image-fails': 'GET /v1/images?verdict=fail',
};

type InboxOptions = ServiceOptions & { readonly days?: string };

/** `inbox`: what waits for whoever asks, what is due first first. */
export function addInbox(program: Command, perform: Perform): void {
  withServiceOptions(
    program
      .command('inbox')
      .summary('show what awaits you')
      .description(
        'Shows what awaits you, by your role and within your repositories, what is due first first: waivers and changes of ' +
          'trust that want a second person, waivers and runs that end, images whose last verdict is fail, keys that age.',
      )
      .option('--days <number>', 'how far ahead to look for what ends, and how far back for what failed (default: 7)'),
  )
    .addHelpText('after', '\nExample:\n  waybill inbox --days 14\n')
    .action(perform(inbox));
}

async function inbox(cli: Cli, options: InboxOptions): Promise<undefined> {
  const { days } = options;
  if (days !== undefined && !/^[1-9][0-9]?$/.test(days))
    throw stop(EXIT.usage, 'cli/bad-argument', `"${days}" is no number of days from 1 to 90.`);
  const { value, json } = await cli
    .connect(options)
    .client.inbox({ days: days === undefined ? undefined : Number(days) });
  cli.print.result(json, () => {
    if (value.items.length === 0 && value.more.length === 0) return 'Nothing awaits you.';
    const more = value.more.map((kind) => {
      const list = LISTS[kind];
      return `There is more of the kind ${plain(kind)}, or may be${list === undefined ? '' : `: ${list}`}.`;
    });
    return [...value.items.map(render), ...more].join('\n\n');
  });
}

/** When, what to do, and about what. */
function render(item: InboxItem): string {
  const { todo, until, since, repository, digest, waiver, run, signer, change, seq } = item;
  const when = until === undefined ? `since ${since}` : `until ${until}`;
  const image = digest === undefined ? repository : `${repository}@${digest}`;
  const about = [waiver, run, signer, change === undefined ? undefined : `${change} ${seq}`, image];
  return [`${when}  ${todo}`, ...about.filter((each) => each !== undefined).map((each) => `  ${each}`)]
    .map(plain)
    .join('\n');
}
