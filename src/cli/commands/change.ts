import type { Command } from 'commander';
import type { ChangeView } from '../../client/answers.ts';
import { collectPages } from '../../client/collect-pages.ts';
import { isAct } from '../../core/dual-control/takes-two.ts';
import type { Json } from '../../core/encoding/json.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { type ServiceOptions, withControlOption, withServiceOptions } from '../connect.ts';
import { readProvedList } from '../control-place.ts';
import { documentLines, headlineOf } from '../describe-control.ts';
import { EXIT } from '../exit-codes.ts';
import { fields, plain } from '../layout-text.ts';
import { stop } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';
import { type ApproveOptions, makeChange } from './make-change.ts';
import { addChanges, addTwoPeople, type Finish } from './prepare-change.ts';

export function addChange(program: Command, perform: Perform): void {
  const change = program
    .command('change')
    .summary('changes of trust by two people')
    .description('Dual control: one administrator proposes a change of trust, and another person makes it.');
  const propose = change
    .command('propose')
    .summary('propose a change, as the first person')
    .description('Proposes a change of trust. It has no effect before another person approves it.');
  const common = (command: Command) => command;
  addTwoPeople(addChanges(propose, { finish: proposeIt, common, perform }), { finish: proposeIt, perform });
  withServiceOptions(
    change.command('list').description('Lists the changes that wait for a second person, each in full.'),
  ).action(perform(list));
  withServiceOptions(
    withControlOption(
      change
        .command('approve')
        .summary('make a change that somebody else proposed')
        .description('Makes the change exactly as it was proposed. Read it first: "waybill change list".')
        .argument('<list>', 'what is changed, as the list names it: contract:shop, principal:anna, trust')
        .argument('<proposal>', 'seq of the proposal that you read')
        .option('--title <text>', 'of a token: what it is for', 'waybill change approve')
        .option('-o, --output <file>', 'of a token: write it to a new file of mode 0600 instead of printing it'),
    ),
  )
    .addHelpText('after', '\nExample:\n  waybill change list && waybill change approve contract:shop 118\n')
    .action(perform(approve));
  withServiceOptions(change.command('settings').description('Shows whether dual control is on.')).action(
    perform(settings),
  );
}

const proposeIt: Finish = async (cli, options, key, change) => {
  const connection = cli.connect(options);
  const { entries } = await readProvedList(cli.world, connection, key);
  const { kind, body, document } = change(entries.map(({ entry }) => entry).filter(isAct));
  const bytes = document && { mediaType: document.mediaType, document: Buffer.from(document.bytes).toString('base64') };
  const { value, json } = await connection.client.proposeChange({ kind, body, ...bytes });
  const taken = await takeReceipt(connection.watch, value.recorded.receipt, { kind: 'change.proposed' });
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `proposed ${inWords(value.view)}`,
      fields(receiptFields(taken, value.recorded.duplicate)),
      '',
      `It has no effect yet. Another administrator reads it, and runs: ${approving(value.view)}`,
    ].join('\n'),
  );
  return undefined;
};

async function list(cli: Cli, options: ServiceOptions): Promise<undefined> {
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.proposedChanges(page));
  cli.print.result({ items: json }, () =>
    items.length === 0
      ? 'Nothing waits for a second person.'
      : items
          .map((each) =>
            [
              `${plain(each.key)}, proposed by ${plain(each.principal)}${each.person === undefined ? '' : ` (${plain(each.person)})`} on ${plain(each.proposedAt)}`,
              inWords(each),
              `  ${approving(each)}`,
            ].join('\n'),
          )
          .join('\n\n'),
  );
}

async function approve(cli: Cli, options: ApproveOptions, key = '', proposal = ''): Promise<undefined> {
  const { client } = cli.connect(options);
  const { items } = await collectPages((page) => client.proposedChanges(page));
  const found = items.find((each) => each.key === key);
  if (found === undefined)
    throw stop(EXIT.usage, 'cli/bad-argument', `Nothing that is proposed for ${key} waits for a second person.`);
  // What was read is what is made, also where another proposal took its place meanwhile.
  if (String(found.proposal) !== proposal)
    throw stop(EXIT.usage, 'cli/bad-argument', `What waits for ${key} is proposal ${found.proposal}: read it first.`);
  await makeChange(cli, options, found);
}

async function settings(cli: Cli, options: ServiceOptions): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.settings();
  cli.print.result(json, () => `Dual control is ${value.dualControl ? 'on' : 'off'}.`);
}

function approving({ key, proposal }: ChangeView): string {
  return `waybill change approve ${plain(key)} ${proposal}`;
}

/** The change in words, and its document. */
function inWords({ kind, body, document }: ChangeView): string {
  const bytes = document === undefined ? {} : { document: new Uint8Array(Buffer.from(document, 'base64')) };
  const described = { statement: { kind, body: body as Json }, ...bytes };
  return [headlineOf(described), ...documentLines(described).map((line) => `  ${line}`)]
    .map(plain)
    .join('\n')
    .trimEnd();
}
