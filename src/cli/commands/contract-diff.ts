import type { Command } from 'commander';
import { compareContracts } from '../../core/contract/compare-contracts.ts';
import { type Contract, readContract } from '../../core/contract/contract.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { demandContract } from '../contract-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plain } from '../layout-text.ts';
import { kindOfPath } from '../local-file.ts';
import { publishedContract } from '../published-contract.ts';
import { changeJson, renderChanges } from '../render-contract-changes.ts';
import { stopOf } from '../stop.ts';

/** A contract, and how it is called in what is printed. */
type Named = { readonly contract: Contract; readonly title: string };

/** Adds `contract diff` to the group of contract commands. */
export function addContractDiff(group: Command, perform: Perform): void {
  withServiceOptions(
    group
      .command('diff')
      .summary('what a change of a contract does')
      .description(
        'Says what two contracts ask for differently, and first of all what got looser: what would let an image pass that did not. ' +
          'Each is a file, or a published contract as NAME or NAME@VERSION; only those need a service.',
      )
      .argument('<before>', 'file, or NAME@VERSION')
      .argument('<after>', 'file, NAME, or NAME@VERSION'),
  )
    .addHelpText(
      'after',
      `
Examples:
  waybill contract diff shop-api release.yaml
  waybill contract diff shop-api@3 shop-api@4

Exit codes: 0 nothing got looser, 18 something did, or it cannot be told whether it did.
`,
    )
    .action(perform(diff));
}

async function diff(cli: Cli, options: ServiceOptions, before = '', after = ''): Promise<ExitCode | undefined> {
  const [old, next] = [await find(cli, options, before), await find(cli, options, after)];
  const changes = compareContracts(old.contract, next.contract);
  const isLoosened = changes.some(({ direction }) => direction === 'loosened' || direction === 'unclear');
  cli.print.result(
    { before: old.title, after: next.title, loosened: isLoosened, changes: changes.map(changeJson) },
    () => [plain(`${old.title} → ${next.title}`), ...renderChanges(changes)].join('\n'),
  );
  return isLoosened ? EXIT.loosened : undefined;
}

/** A contract may be called so, too; but whoever writes it means a file, and is better told that there is none. */
const FILE_NAME = /\.(?:ya?ml|json)$/;

/** A file where there is one of that name, otherwise a contract of the service. */
async function find(cli: Cli, options: ServiceOptions, what: string): Promise<Named> {
  const published = FILE_NAME.test(what) ? undefined : publishedContract(what);
  if (published === undefined || kindOfPath(what) === 'file') return { contract: demandContract(what), title: what };
  const { value } = await cli.connect(options).client.contract(published.contract, published.version);
  const read = readContract(value.document);
  if (!read.ok)
    throw stopOf(EXIT.unreachable, read.fault, `The service's contract ${what} is none that this program reads`);
  return { contract: read.value, title: `${value.contract}, version ${value.version}` };
}
