import type { Command } from 'commander';
import type { SearchHit } from '../../client/find-calls.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { plain, table } from '../layout-text.ts';

/** Hits of one type that the service answers at most. */
const HITS_MAX = 50;

/** `search`: from the beginning of a digest, a commit, an id or a name to what it is. */
export function addSearch(program: Command, perform: Perform): void {
  withServiceOptions(
    program
      .command('search')
      .summary('find images, tags, commits, runs, waivers, signers, repositories and contracts')
      .description(
        'Finds whatever begins with what you give: a digest, a commit or the id of a signer by 4 or more hex digits; ' +
          'the id of a run or waiver, a tag, or the name of a repository or contract, by 2 or more characters. Tags are those ' +
          'that "waybill sign --tag" gave.',
      )
      .argument('<text>', 'what it begins with'),
  )
    .addHelpText('after', '\nExamples:\n  waybill search 8b4699\n  waybill search shop/\n')
    .action(perform(search));
}

async function search(cli: Cli, options: ServiceOptions, text = ''): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.search(text, HITS_MAX);
  cli.print.result(json, () => {
    const rows = value.items.map((hit) => [hit.type, nameOf(hit), detailsOf(hit)].map(plain));
    const found = table(['TYPE', 'WHAT', 'DETAILS'], rows, 'Nothing begins so where you may read.');
    const more = value.more.map((type) => `There is more of the type ${plain(type)}: give more of its beginning.`);
    return [found, ...more].join('\n');
  });
}

/** In full, to be taken into the next command. */
function nameOf(hit: SearchHit): string {
  const { digest, commit, run, waiver, signer, contract, repository } = hit;
  if (hit.type === 'image' || hit.type === 'tag') return `${repository}@${digest}`;
  if (hit.type === 'commit') return commit ?? '';
  return run ?? waiver ?? signer ?? contract ?? repository ?? '';
}

/** What is recorded of an image, and how much came after it. */
function verdictIn({ verdict, entriesSince, retired }: SearchHit): string | undefined {
  if (retired === true) return 'retired';
  if (verdict === undefined || entriesSince === undefined) return verdict;
  return `${verdict}, ${entriesSince} ${entriesSince === 1 ? 'entry' : 'entries'} since`;
}

function detailsOf(hit: SearchHit): string {
  const { repository, digest, tag, signedAt, commit, runs, state, title } = hit;
  const details: Readonly<Record<string, readonly (string | undefined)[]>> = {
    image: [signedAt === undefined ? 'never signed' : `signed ${signedAt}`, verdictIn(hit)],
    tag: [tag, `signed ${signedAt}`],
    commit: [repository, runs === undefined ? undefined : `${runs} runs`],
    run: [state, repository, commit],
    waiver: [repository, digest],
    signer: [state, title],
  };
  return (details[hit.type] ?? []).filter((part) => part !== undefined).join(', ');
}
