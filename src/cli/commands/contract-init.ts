import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import { collectPages } from '../../client/collect-pages.ts';
import { sourceKey } from '../../core/entry/keys.ts';
import { REPOSITORY } from '../../core/entry/names.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { draftContract, type SeenImage, type SeenStep } from '../draft-contract.ts';
import { EXIT } from '../exit-codes.ts';
import { readCompleteness } from '../judge-completeness.ts';
import { openProgress } from '../progress.ts';
import { stop } from '../stop.ts';

type Options = ServiceOptions & { readonly images: string };

/** Adds `contract init` to the group of contract commands. */
export function addContractInit(group: Command, perform: Perform): void {
  withServiceOptions(
    group
      .command('init')
      .summary('draft a contract')
      .description(
        'Writes a draft to standard output: the stages and predicate types that the repository’s images have, and those of the commits ' +
          'that their runs were for.',
      )
      .argument('<repository>', 'repository to draft it for')
      .option('--images <count>', 'how many images to look at', '20'),
  )
    .addHelpText('after', '\nExample:\n  waybill contract init shop/api > contract.yaml\n')
    .action(perform(init));
}

async function init(cli: Cli, options: Options, repository = ''): Promise<undefined> {
  if (!REPOSITORY.test(repository)) {
    throw stop(EXIT.usage, 'cli/bad-argument', `"${repository}" is no repository name, such as shop/api.`);
  }
  const max = Number(options.images);
  if (!Number.isInteger(max) || max < 1) throw stop(EXIT.usage, 'cli/bad-argument', '--images takes a number from 1.');
  const { client } = cli.connect(options);
  const { items } = await collectPages((page) => client.images({ repository }, page), { max });
  const progress = openProgress(cli.world, 'reading', 'images');
  const seen: SeenImage[] = [];
  for (const { digest } of items) {
    seen.push(await readImage(client, repository, digest));
    progress.at(seen.length, items.length);
  }
  progress.end();
  const yaml = draftContract(repository, seen);
  cli.print.result({ images: seen.length, yaml }, () => yaml);
}

/** Entries about the image, and those about each commit that a run of it was for. */
async function readImage(client: Client, repository: string, digest: string): Promise<SeenImage> {
  const { items } = await collectPages((page) => client.chain({ digest, repository }, page));
  const steps: SeenStep[] = items.map(({ entry }) => ({ entry, on: 'image' }));
  const runs = new Set(items.map(({ entry }) => (entry.kind === 'image.signed' ? entry.run : undefined)));
  for (const run of runs) {
    if (run === undefined) continue;
    const { commit } = (await client.run(run)).value;
    const proof = readCompleteness(await client.completeness(sourceKey(repository, commit)), 'What the service sent');
    steps.push(...proof.entries.map(({ entry }): SeenStep => ({ entry, on: 'source' })));
  }
  return { digest, steps };
}
