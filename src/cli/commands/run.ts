import type { Command } from 'commander';
import type { RunView } from '../../client/answers.ts';
import { collectPages } from '../../client/collect-pages.ts';
import { RUN_OUTCOMES } from '../../core/entry/kinds/run-closed.ts';
import { RUN_STATES } from '../../core/run/run-state.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { type Field, fields, plain, table } from '../layout-text.ts';
import { type OpenOptions, openRun, withOpenOptions } from '../open-run.ts';
import { stop } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';
import { addRunExec } from './run-exec.ts';

type ListOptions = ServiceOptions & { readonly repository?: string; readonly commit?: string; readonly state?: string };

export function addRun(program: Command, perform: Perform): void {
  const run = program
    .command('run')
    .summary('open and close runs, or run a command in one')
    .description(
      'A run is one execution of a pipeline for a commit. Once it is open, the ledger tells how it ends: closed with an ' +
        'outcome, or expired. Every run of a commit is another attempt, and stays visible.',
    );
  addRunExec(run, perform);
  withServiceOptions(
    withOpenOptions(run.command('open').summary('open a run'))
      .option('-q, --quiet', 'print the id of the run and nothing else')
      .option('--receipt <file>', 'keep the receipt, which proves the entry without the service'),
  )
    .description('Opens a run of a commit. Sign and attest file under it with --run, or with $WAYBILL_RUN.')
    .addHelpText(
      'after',
      `
Example:
  export WAYBILL_RUN=$(waybill run open -q -r shop/api --commit $(git rev-parse HEAD))
`,
    )
    .action(perform(open));
  withServiceOptions(
    run
      .command('close')
      .summary('close a run')
      .description('Closes a run: nothing is filed under it any more.')
      .argument('<run>', 'id of the run')
      .requiredOption('--outcome <outcome>', `how it ended: ${RUN_OUTCOMES.join(', ')}`)
      .option('--receipt <file>', 'keep the receipt, which proves the entry without the service'),
  )
    .addHelpText('after', '\nExample:\n  waybill run close "$WAYBILL_RUN" --outcome succeeded\n')
    .action(perform(close));
  withServiceOptions(
    run
      .command('list')
      .summary('list runs')
      .description('Lists runs, newest first.')
      .option('-r, --repository <name>', 'of this repository only')
      .option('--commit <hex>', 'of this commit only')
      .option('--state <state>', `in this state only: ${RUN_STATES.join(', ')}`),
  )
    .addHelpText('after', '\nExample:\n  waybill run list --commit $(git rev-parse HEAD)\n')
    .action(perform(list));
  withServiceOptions(
    run.command('show').summary('show a run').description('Shows a run.').argument('<run>', 'id of the run'),
  ).action(perform(show));
}

async function open(
  cli: Cli,
  options: OpenOptions & { readonly quiet?: boolean; readonly receipt?: string },
): Promise<undefined> {
  const { view, duplicate, json, taken } = await openRun(cli, options, options);
  cli.print.result(withReceipt(json, taken), () =>
    options.quiet === true
      ? plain(view.run)
      : [
          `opened run ${plain(view.run)}`,
          fields([...runFields(view), ...receiptFields(taken, duplicate, options)]),
        ].join('\n'),
  );
}

async function close(
  cli: Cli,
  options: ServiceOptions & { readonly outcome: string; readonly receipt?: string },
  run = '',
): Promise<undefined> {
  const { outcome } = options;
  if (!(RUN_OUTCOMES as readonly string[]).includes(outcome))
    throw stop(EXIT.usage, 'cli/bad-argument', `"${outcome}" is no outcome: ${RUN_OUTCOMES.join(', ')}.`);
  const { client, watch } = cli.connect(options);
  const { value, json } = await client.closeRun(run, outcome);
  const expected = { kind: 'run.closed', run, says: { outcome } };
  const taken = await takeReceipt(watch, value.recorded.receipt, expected, options);
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `closed run ${plain(run)} as ${plain(value.view.state)}`,
      fields(receiptFields(taken, value.recorded.duplicate, options)),
    ].join('\n'),
  );
}

async function list(cli: Cli, options: ListOptions): Promise<undefined> {
  const { repository, commit, state } = options;
  const filter = {
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
    ...(state === undefined ? {} : { state }),
  };
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.runs(filter, page));
  cli.print.result({ items: json }, () =>
    table(
      ['RUN', 'REPOSITORY', 'COMMIT', 'ATTEMPT', 'STATE', 'OPENED', 'ENDED'],
      items.map((each) =>
        [
          each.run,
          each.repository,
          each.commit.slice(0, 12),
          String(each.attempt),
          each.state,
          each.openedAt,
          each.endedAt ?? '',
        ].map(plain),
      ),
      'No runs.',
    ),
  );
}

async function show(cli: Cli, options: ServiceOptions, run = ''): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.run(run);
  cli.print.result(json, () => [`run ${plain(value.run)}`, fields(runFields(value))].join('\n'));
}

function runFields(view: RunView): readonly Field[] {
  const contracts = view.contracts.map(({ contract, version }) => `${plain(contract)} ${version}`).join(', ');
  return [
    ['repository', plain(view.repository)],
    ['commit', plain(view.commit)],
    ['attempt', String(view.attempt)],
    ['state', plain(view.state)],
    ['opened', `${plain(view.openedAt)} by ${plain(view.principal)}`],
    view.endedAt === undefined ? ['expires', plain(view.expiresAt)] : ['ended', plain(view.endedAt)],
    ['contracts', contracts === '' ? 'none' : contracts],
    ['stages', view.stages.length === 0 ? 'none' : view.stages.map(plain).join(', ')],
  ];
}
