import type { Command } from 'commander';
import { compareContracts } from '../../core/contract/compare-contracts.ts';
import { type Contract, readContract } from '../../core/contract/contract.ts';
import type { JsonObject } from '../../core/encoding/json.ts';
import type { Cli, Perform } from '../cli.ts';
import { type Connection, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { demandContract } from '../contract-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plain } from '../layout-text.ts';
import { contractInForce, planContract } from '../plan-contract.ts';
import { openProgress } from '../progress.ts';
import { changeJson, renderChanges } from '../render-contract-changes.ts';
import { effectOf, planJson, planLines } from '../render-plan.ts';
import { Stop, stop, stopOf } from '../stop.ts';

/** Which images a plan looks at, as the user says it. */
export type PlanOptions = ServiceOptions & {
  readonly days?: string;
  readonly maxImages?: string;
  readonly environment?: string;
};

const DAYS_MAX = 3_650;
const IMAGES_MAX = 100_000;

/** Adds `contract plan` to the group of contract commands. */
export function addContractPlan(group: Command, perform: Perform): void {
  withServiceOptions(
    withPlanOptions(
      group
        .command('plan')
        .summary('what publishing a contract would do to images')
        .description(
          'Says what a contract asks for otherwise than the one in force, and judges the images of the last days as if it was published: which would fail ' +
            'that pass now, and why. Every image is judged on this machine, out of its evidence; nothing is published or recorded.',
        )
        .argument('<file>', 'contract in YAML or JSON'),
    ),
  )
    .addHelpText('after', PLAN_HELP)
    .action(perform(plan));
}

const PLAN_HELP = `
Examples:
  waybill contract plan release.yaml --days 14
  waybill contract publish release.yaml --dry-run

Judged is what is known now, at this moment: what is too old for a maxAge today counts as too old, although it was not when the
image was released. Runs keep the stages that they were opened for.

Exit codes: 0 no image that passes now would fail, 19 at least one would.
`;

/** The options that `plan` and the dry runs of `publish` and `withdraw` have in common. */
export function withPlanOptions(command: Command): Command {
  return command
    .option('--days <number>', 'of a plan: look at the images signed in so many days', '30')
    .option(
      '-e, --environment <name>',
      'of a plan: where they shall run, for rules that compare with what was released there',
    )
    .option('--max-images <number>', 'of a plan: look at the newest so many at most', '500');
}

/** Tells what publishing the contract in the file would do, and does nothing. */
export async function plan(cli: Cli, options: PlanOptions, file = ''): Promise<ExitCode | undefined> {
  const proposal = demandContract(file);
  const connection = cli.connect(options);
  const known = await contractInForce(connection.client, proposal.contract);
  const before = known === undefined ? undefined : readKnown(known.document);
  demandShown(proposal, before);
  const changes = before === undefined ? [] : compareContracts(before, proposal);
  const globs = [...new Set([...proposal.repositories, ...(before?.repositories ?? [])])];
  const inForce = known === undefined ? 'not in force yet' : `in place of version ${known.version}`;
  return foresee(cli, options, connection, {
    proposal,
    globs,
    json: { ...(known === undefined ? {} : { version: known.version }), changes: changes.map(changeJson) },
    lines: [`${proposal.contract}: ${inForce}`, ...(known === undefined ? [] : renderChanges(changes))],
  });
}

/** Evidence carries what other repositories know of an image only where a published contract takes it from there. */
function demandShown({ from = [] }: Contract, before: Contract | undefined): void {
  const unshown = from.filter((name) => before?.from?.includes(name) !== true);
  if (unshown.length === 0) return;
  const message = `What ${unshown.join(', ')} knows of an image no evidence shows before a version that names it in "from" is published: it cannot be foreseen.`;
  throw stop(EXIT.input, 'cli/unusable-file', message);
}

/** Tells what withdrawing the contract would do, and does nothing. */
export async function planWithdrawal(cli: Cli, options: PlanOptions, name: string): Promise<ExitCode | undefined> {
  const connection = cli.connect(options);
  const known = await contractInForce(connection.client, name);
  if (known === undefined) {
    throw new Stop(EXIT.refused, { code: 'contract/unknown', message: `No contract ${name} is in force.` });
  }
  const before = readKnown(known.document);
  return foresee(cli, options, connection, {
    // It covers nothing any more.
    proposal: { ...before, repositories: [] },
    globs: before.repositories,
    json: { version: known.version, withdrawn: true },
    lines: [`${before.contract}: version ${known.version} withdrawn, so that it asks for nothing any more`],
  });
}

/** What is planned: the contract as it would be, the repositories that are looked at, and what is told beside their images. */
type Planned = {
  readonly proposal: Contract;
  readonly globs: readonly string[];
  readonly json: JsonObject;
  readonly lines: readonly string[];
};

async function foresee(
  cli: Cli,
  options: PlanOptions,
  connection: Connection,
  { proposal, globs, json, lines }: Planned,
): Promise<ExitCode | undefined> {
  const days = wholeNumber('--days', options.days ?? '30', DAYS_MAX);
  const imagesMax = wholeNumber('--max-images', options.maxImages ?? '500', IMAGES_MAX);
  const where = options.environment === undefined ? {} : { environment: options.environment };
  const progress = openProgress(cli.world, 'judging', 'images');
  const scope = { now: cli.world.now(), days, imagesMax, ...where };
  const planned = await planContract(connection, proposal, globs, scope, progress);
  progress.end();
  cli.print.result({ contract: proposal.contract, ...json, ...planJson(planned) }, () =>
    [...lines.map(plain), '', ...planLines(planned), '', 'Nothing was changed.'].join('\n'),
  );
  return planned.judged.some((image) => effectOf(image) === 'breaks') ? EXIT.breaks : undefined;
}

function readKnown(document: unknown): Contract {
  const read = readContract(document as Parameters<typeof readContract>[0]);
  if (read.ok) return read.value;
  throw stopOf(EXIT.unreachable, read.fault, 'The service’s contract is none that this program reads');
}

function wholeNumber(option: string, text: string, max: number): number {
  const number = Number(text);
  if (/^[1-9][0-9]*$/.test(text) && number <= max) return number;
  throw stop(EXIT.usage, 'cli/bad-argument', `${option} takes a whole number from 1 to ${max}.`);
}
