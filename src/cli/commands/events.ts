import { type Command, InvalidArgumentError } from 'commander';
import type { Client } from '../../client/client.ts';
import type { ClientError } from '../../client/client-error.ts';
import type { EventsQuestion, ReceivedEvent } from '../../client/event-calls.ts';
import type { Cli, Perform } from '../cli.ts';
import { collect, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { plain } from '../layout-text.ts';

type Options = ServiceOptions & {
  readonly follow?: boolean;
  readonly after?: number | 'newest';
  readonly kind?: readonly string[];
  readonly repository?: string;
  readonly limit?: number;
};

/** Events of one request for a page. */
const PAGE_EVENTS = 1_000;

export function addEvents(program: Command, perform: Perform): void {
  const command = program
    .command('events')
    .summary('what happened, one line for each entry of the ledger, and what happens from now on')
    .description(
      'Prints an event for each entry of the log that you may be told of, in the log\u2019s order: all of them, or with --follow ' +
        'what comes, for ever, going on behind the last one after a break. With --json each event is one JSON object on a line.',
    )
    .option('-f, --follow', 'go on with what comes; without --after only that')
    .option('--after <seq>', 'only what comes after this seq, or "newest"', parseAfter)
    .option('-k, --kind <kind>', 'only this kind, such as waiver.requested; may be repeated', collect)
    .option('-r, --repository <name>', 'only this repository')
    .option('-n, --limit <count>', 'end after so many events', parseCount);
  withServiceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  waybill events --kind waiver.requested --kind waiver.approved
  waybill events --follow --json >> events.jsonl
  waybill events --follow --json --after "$(tail -n 1 events.jsonl | jq .seq)" >> events.jsonl
`,
    )
    .action(perform(events));
}

async function events(cli: Cli, options: Options): Promise<undefined> {
  const { client } = cli.connect(options);
  const isFollowing = options.follow === true;
  const question: EventsQuestion = {
    after: options.after ?? (isFollowing ? 'newest' : undefined),
    kinds: options.kind,
    repository: options.repository,
  };
  const onBreak = (error: ClientError, pauseMs: number) =>
    cli.world.note(`note: ${plain(error.message)} Trying again in ${Math.ceil(pauseMs / 1000)} s.\n`);
  const received = isFollowing ? client.followEvents(question, onBreak) : pageByPage(client, question);
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  for await (const each of received) {
    cli.world.write(`${cli.print.json ? each.line : lineOf(each)}\n`);
    left -= 1;
    if (left === 0) break;
  }
}

/** What is there, up to the newest entry of when its page was read. */
async function* pageByPage(client: Client, question: EventsQuestion): AsyncGenerator<ReceivedEvent, void, undefined> {
  let { after } = question;
  for (;;) {
    const page = await client.events({ ...question, after }, PAGE_EVENTS);
    yield* page.events;
    if (page.reached === undefined || page.reached === after) return;
    after = page.reached;
  }
}

function lineOf({ event }: ReceivedEvent): string {
  const about = [event.repository, event.stage, event.run].filter((part) => part !== undefined).join(' ');
  return plain(
    `${event.time}  ${String(event.seq).padStart(6)}  ${event.kind.padEnd(20)}  ${about || '\u2013'}  by ${event.principal}`,
  );
}

/** A seq, or `newest`. */
export function parseAfter(text: string): number | 'newest' {
  return text === 'newest' ? text : parseWhole(text, 0);
}

function parseCount(text: string): number {
  return parseWhole(text, 1);
}

function parseWhole(text: string, least: number): number {
  const value = Number(text);
  if (/^[0-9]{1,16}$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(`A whole number from ${least} on.`);
}
