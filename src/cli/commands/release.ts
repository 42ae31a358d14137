import type { Command } from 'commander';
import type { ChangesView, GateAnswer, ReleaseView } from '../../client/answers.ts';
import { collectPages } from '../../client/collect-pages.ts';
import { factsWords } from '../../core/custody/facts-change-words.ts';
import { changeWords } from '../../core/custody/release-words.ts';
import type { JsonObject } from '../../core/encoding/json.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { fields, plain, short, table } from '../layout-text.ts';
import { stop } from '../stop.ts';
import { readImageSubject, repositoryOf } from '../subject.ts';
import { takeReceipt } from '../take-receipt.ts';
import { gateExit, gateLines } from './gate.ts';

type ImageOptions = ServiceOptions & {
  readonly repository?: string;
  readonly ref?: string;
  readonly platform?: string;
};
type ReleaseOptions = ImageOptions & {
  readonly environment: string;
  readonly verdict?: string;
  readonly dryRun?: boolean;
  readonly idempotencyKey?: string;
};
type RetireOptions = ImageOptions & { readonly environment?: string; readonly everywhere?: boolean };
type ListOptions = ServiceOptions & {
  readonly repository?: string;
  readonly environment?: string;
  readonly image?: string;
};

export function addRelease(program: Command, perform: Perform): void {
  withServiceOptions(
    withImageOptions(
      program
        .command('release')
        .summary('release an image to an environment')
        .description(
          'Records that an image is what runs in an environment from now on, on a verdict that is pass or waived and ' +
            'stands. Says what changed since the image that was released there before.',
        ),
    )
      .requiredOption('-e, --environment <name>', 'where it runs')
      .option('--verdict <entry>', 'recorded verdict that it rests on (default: a new one is recorded)')
      .option(
        '--dry-run',
        'judge it, say what would change, and record nothing: exit code 10 or 11 where it may not be released',
      )
      .option('--idempotency-key <key>', 'name of this request: repeated under it, it is one release'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  waybill release shop/api@sha256:… --environment production --dry-run\n' +
        '  waybill release shop/api@sha256:… --environment production\n',
    )
    .action(perform(release));
  withServiceOptions(
    withImageOptions(
      program
        .command('retire')
        .summary('retire an image')
        .description('Ends an image: its verdict fails from then on, and gates say no. It is never taken back.'),
    )
      .option('-e, --environment <name>', 'only there, where it was released last; gates are asked with --environment')
      .option('--everywhere', 'everywhere, for good'),
  )
    .addHelpText('after', '\nExample:\n  waybill retire shop/api@sha256:… --everywhere\n')
    .action(perform(retire));
  withServiceOptions(
    program
      .command('releases')
      .summary('list releases')
      .description('Lists releases, the newest first.')
      .option('-r, --repository <name>', 'of this repository')
      .option('-e, --environment <name>', 'to this environment')
      .option('--image <digest>', 'of this image'),
  ).action(perform(list));
}

function withImageOptions(command: Command): Command {
  return command
    .argument('<image>', 'digest, repository@digest, OCI image layout folder, or manifest file')
    .option('-r, --repository <name>', 'repository, where the digest is in several')
    .option('--ref <name>', 'which image of a layout with several')
    .option('--platform <os/arch>', 'one image of an index');
}

async function release(cli: Cli, options: ReleaseOptions, text = ''): Promise<ExitCode | undefined> {
  const { digest, repository: named } = readImageSubject(text, options);
  const { environment, dryRun, idempotencyKey } = options;
  const { client, watch } = cli.connect(options);
  const repository = await repositoryOf(client, {
    subject: digest,
    ...(named === undefined ? {} : { repository: named }),
  });
  const image = { digest, repository };
  const compared = await client.changes(image, environment);
  const verdict = verdictOf(options.verdict);
  if (dryRun === true) {
    const { value, json, status } = await client.gate({ ...image, environment });
    cli.print.result({ ...(compared.json as JsonObject), judged: json }, () =>
      ['nothing was recorded', ...judgedLines(value, status, verdict), '', ...changesLines(compared.value)].join('\n'),
    );
    return gateExit(value, status);
  }
  const { value, json } = await client.releaseImage(
    image,
    { environment, ...(verdict === undefined ? {} : { verdict }) },
    idempotencyKey,
  );
  const taken = await takeReceipt(watch, value.recorded.receipt, {
    kind: 'image.released',
    repository,
    subject: digest,
  });
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `released ${plain(digest)} to ${plain(environment)}`,
      fields([
        ['repository', plain(repository)],
        ['verdict', `entry ${value.view.verdict}`],
        ['signed', 'by the service, on behalf of the authenticated principal'],
        ...receiptFields(taken, value.recorded.duplicate),
      ]),
      '',
      ...changesLines(compared.value),
    ].join('\n'),
  );
}

async function retire(cli: Cli, options: RetireOptions, text = ''): Promise<undefined> {
  const { environment, everywhere } = options;
  if ((environment === undefined) === (everywhere !== true))
    throw stop(EXIT.usage, 'cli/bad-argument', 'Give --environment <name>, or --everywhere for good.');
  const image = readImageSubject(text, options);
  const { client, watch } = cli.connect(options);
  const { value, json } = await client.retireImage(image, environment);
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: 'image.retired', subject: image.digest });
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `retired ${plain(image.digest)}${environment === undefined ? ', everywhere' : ` in ${plain(environment)}`}`,
      fields([
        ['repository', plain(value.view.repository)],
        ['signed', 'by the service, on behalf of the authenticated principal'],
        ...receiptFields(taken, value.recorded.duplicate),
      ]),
    ].join('\n'),
  );
}

async function list(cli: Cli, options: ListOptions): Promise<undefined> {
  const { repository, environment, image } = options;
  const filter = {
    ...(repository === undefined ? {} : { repository }),
    ...(environment === undefined ? {} : { environment }),
    ...(image === undefined ? {} : { digest: image }),
  };
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.releases(filter, page));
  cli.print.result({ items: json }, () =>
    table(
      ['ENTRY', 'REPOSITORY', 'ENVIRONMENT', 'IMAGE', 'STATE', 'RELEASED BY', 'AT', 'VERDICT'],
      items.map((each) => row(each).map(plain)),
      'No releases.',
    ),
  );
}

function row({ repository, environment, digest, state, released, verdict }: ReleaseView): readonly string[] {
  const image = short(digest.replace('sha256:', ''));
  const { seq, principal, time } = released;
  return [String(seq), repository, environment, image, state, principal, time, `entry ${verdict}`];
}

function changesLines({ environment, previous, changes, comparison }: ChangesView): readonly string[] {
  if (previous === undefined) return [`Before this image, nothing was released to ${plain(environment)}.`];
  const words = changes === undefined ? [] : changeWords(changes);
  const stated = comparison?.facts === undefined ? [] : factsWords(comparison.facts);
  return [
    `Since ${plain(previous.digest)}, released there on ${plain(previous.time)}:`,
    ...(words.length === 0 ? ['  nothing that was recorded differs in kind'] : words.map((line) => `  ${plain(line)}`)),
    ...stated.map((line) => `  ${plain(line)}`),
  ];
}

/** The verdict that a release would rest on now, and until when. */
function judgedLines(answer: GateAnswer, status: number, verdict: number | undefined): readonly string[] {
  const { checkpoint, validUntil } = answer;
  const ground =
    verdict === undefined
      ? 'a verdict of now, which would be recorded'
      : `the verdict at entry ${verdict}, where nothing has grown since that it rests on`;
  const until = validUntil === undefined ? '' : `, until ${plain(validUntil)} at the latest`;
  return [
    status === 412
      ? `it would not be released: the verdict is ${plain(answer.verdict)}`
      : `it would be released: the verdict is ${plain(answer.verdict)}${until}`,
    ...gateLines(answer),
    ...(status === 412 ? [] : [`  on ${ground}`]),
    ...(checkpoint === undefined ? [] : [`  judged as of ${checkpoint.size} entries of the log`]),
  ];
}

function verdictOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return Number(text);
  throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is no entry: --verdict takes its number.`);
}
