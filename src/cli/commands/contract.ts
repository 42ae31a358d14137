import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { Client } from '../../client/client.ts';
import { collectPages } from '../../client/collect-pages.ts';
import { parseJson } from '../../core/encoding/json.ts';
import type { ContractPublished } from '../../core/entry/kinds/contract-published.ts';
import type { ContractWithdrawn } from '../../core/entry/kinds/contract-withdrawn.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { type ServiceOptions, withControlOption, withServiceOptions } from '../connect.ts';
import { CONTRACT_BYTES_MAX } from '../contract-file.ts';
import { casesSchema, contractSchema, formatSchema, SCHEMA_LINE } from '../contract-schema.ts';
import { type AgreedChange, agreedChange } from '../control-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { fields, plain, table } from '../layout-text.ts';
import { lintContract } from '../lint-contract.ts';
import { readLocalFile } from '../local-file.ts';
import { publishedContract } from '../published-contract.ts';
import { stop, stopOf } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';
import { addContractDiff } from './contract-diff.ts';
import { addContractInit } from './contract-init.ts';
import { addContractPlan, type PlanOptions, plan, planWithdrawal, withPlanOptions } from './contract-plan.ts';
import { addContractTest } from './contract-test.ts';

type ChangeOptions = ServiceOptions & { readonly control?: string };
type PublishOptions = ChangeOptions & PlanOptions & { readonly dryRun?: boolean };

export function addContract(program: Command, perform: Perform): void {
  const contract = program
    .command('contract')
    .summary('require stages of repositories')
    .description(
      'Contracts: what the images of a set of repositories must show. Every contract that matches must pass.',
    );
  addContractInit(contract, perform);
  contract
    .command('lint')
    .summary('check a contract without a service')
    .description(
      'Reads a contract as the service would, its rules included, and says what does less than it seems to. Exit code 5 where it would be refused.',
    )
    .argument('<file>', 'contract in YAML or JSON; "-" is standard input')
    .addHelpText('after', '\nExample:\n  waybill contract lint contract.yaml\n')
    .action(perform(lint));
  contract
    .command('schema')
    .summary('print the JSON Schema of contracts, for editors')
    .description(
      'Prints the JSON Schema that the service reads contracts by. An editor with a language server for YAML completes and checks a contract whose ' +
        `first line is\n${SCHEMA_LINE}`,
    )
    .option('--cases', 'of files of cases instead')
    .addHelpText('after', '\nExample:\n  waybill contract schema > contract.schema.json\n')
    .action(perform(schema));
  addContractTest(contract, perform);
  addContractDiff(contract, perform);
  addContractPlan(contract, perform);
  const publishing = contract
    .command('publish')
    .summary('publish a contract')
    .description('Publishes a contract, or its next version, from YAML or JSON.')
    .argument('[file]', 'contract; "-" is standard input. With --control it is the one that was agreed to')
    .option('--dry-run', 'publish nothing: say what it would do, as "contract plan" does');
  withServiceOptions(withPlanOptions(withControlOption(publishing)))
    .addHelpText(
      'after',
      '\nExamples:\n  waybill contract publish contract.yaml --dry-run --days 14\n  waybill contract publish contract.yaml\n',
    )
    .action(perform(publish));
  withServiceOptions(contract.command('list').description('Lists the contracts.')).action(perform(list));
  withServiceOptions(
    contract
      .command('show')
      .description('Shows a contract, in its newest version or in another.')
      .argument('<contract>', 'name, or NAME@VERSION'),
  ).action(perform(show));
  const withdrawing = contract
    .command('withdraw')
    .description('Withdraws a contract.')
    .argument('[contract]', 'name; not with --control')
    .option('--dry-run', 'withdraw nothing: say what it would do to images');
  withServiceOptions(withPlanOptions(withControlOption(withdrawing))).action(perform(withdraw));
}

async function lint(cli: Cli, _: object, file = ''): Promise<ExitCode | undefined> {
  const findings = lintContract(readLocalFile(file, CONTRACT_BYTES_MAX));
  cli.print.result({ findings: findings.map((finding) => ({ ...finding })) }, () =>
    findings.length === 0
      ? `${plain(file)}: nothing to remark`
      : findings
          .map(({ level, code, message, line, column }) =>
            plain(`${file}:${line}:${column}: ${level}: ${message} (${code})`),
          )
          .join('\n'),
  );
  return findings.some(({ level }) => level === 'error') ? EXIT.input : undefined;
}

function schema(cli: Cli, { cases }: { readonly cases?: boolean }): undefined {
  const printed = cases === true ? casesSchema() : contractSchema();
  cli.print.result(printed, () => formatSchema(printed));
}

async function publish(cli: Cli, options: PublishOptions, file?: string): Promise<ExitCode | undefined> {
  if (options.dryRun === true) return dryRun(options, file, (named) => plan(cli, options, named));
  const { client, watch } = cli.connect(options);
  const agreed = agreedChange<ContractPublished>(options.control, 'contract.published', file);
  const { value, json } = await sendContract(client, file ?? '', agreed);
  const taken = await takeReceipt(watch, value.recorded.receipt, {
    kind: 'contract.published',
    ...(agreed === undefined ? {} : { payload: agreed.document }),
  });
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `published ${plain(value.view.contract)}, version ${value.view.version}`,
      fields(receiptFields(taken, value.recorded.duplicate)),
    ].join('\n'),
  );
}

/** What control keys agreed to is no contract: its dry run comes before anybody agrees. */
function dryRun(
  { control }: PublishOptions,
  named: string | undefined,
  run: (named: string) => Promise<ExitCode | undefined>,
): Promise<ExitCode | undefined> {
  if (named !== undefined && control === undefined) return run(named);
  throw stop(EXIT.usage, 'cli/bad-argument', '--dry-run takes the contract itself, before control keys agree to it.');
}

function sendContract(client: Client, file: string, agreed: AgreedChange<ContractPublished> | undefined) {
  if (agreed === undefined) {
    const contentType = file.endsWith('.json') ? 'application/json' : 'application/yaml';
    return client.publishContract(readLocalFile(file, CONTRACT_BYTES_MAX), contentType);
  }
  const document = parseJson(agreed.document);
  if (!document.ok) throw stopOf(EXIT.input, document.fault);
  return client.publishControlled(document.value, agreed.control);
}

async function list(cli: Cli, options: ServiceOptions): Promise<undefined> {
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.contracts(page));
  cli.print.result({ items: json }, () =>
    table(
      ['CONTRACT', 'VERSION', 'PUBLISHED', 'STATE', 'REPOSITORIES'],
      items.map((each) =>
        [
          each.contract,
          String(each.version),
          each.publishedAt,
          each.withdrawn ? 'withdrawn' : 'in force',
          repositoriesOf(each.document),
        ].map(plain),
      ),
      'No contracts, so that nothing is required of any image. Draft one: waybill contract init <repository>.',
    ),
  );
}

async function show(cli: Cli, options: ServiceOptions, name = ''): Promise<undefined> {
  const { contract, version } = publishedContract(name) ?? { contract: name };
  const { value, json } = await cli.connect(options).client.contract(contract, version);
  cli.print.result(json, () => {
    const state = `version ${value.version}, published ${value.publishedAt}${value.withdrawn ? ', withdrawn' : ''}`;
    return `# ${plain(state)}\n${stringify(value.document).split('\n').map(plain).join('\n')}`;
  });
}

async function withdraw(cli: Cli, options: PublishOptions, name?: string): Promise<ExitCode | undefined> {
  if (options.dryRun === true) return dryRun(options, name, (named) => planWithdrawal(cli, options, named));
  const { client, watch } = cli.connect(options);
  const agreed = agreedChange<ContractWithdrawn>(options.control, 'contract.withdrawn', name);
  const { value, json } =
    agreed === undefined
      ? await client.withdrawContract(name ?? '')
      : await client.withdrawContract(agreed.body.contract, { control: agreed.control });
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: 'contract.withdrawn' });
  cli.print.result(withReceipt(json, taken), () =>
    [`withdrew ${plain(value.view.contract)}`, fields(receiptFields(taken, value.recorded.duplicate))].join('\n'),
  );
}

function repositoriesOf(document: unknown): string {
  const { repositories } = (document ?? {}) as { readonly repositories?: unknown };
  return Array.isArray(repositories) ? repositories.map(String).join(' ') : '';
}
