import type { Command } from 'commander';
import type { WaiverView } from '../../client/answers.ts';
import { collectPages } from '../../client/collect-pages.ts';
import type { WaiverApproved } from '../../core/entry/kinds/waiver-approved.ts';
import { WAIVER_ID } from '../../core/entry/names.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { type ServiceOptions, withControlOption, withServiceOptions } from '../connect.ts';
import { agreedChange } from '../control-file.ts';
import { EXIT } from '../exit-codes.ts';
import { type Field, fields, plain, short, table } from '../layout-text.ts';
import { stop } from '../stop.ts';
import { readImageSubject } from '../subject.ts';
import { takeReceipt } from '../take-receipt.ts';

type RequestOptions = ServiceOptions & {
  readonly repository?: string;
  readonly ref?: string;
  readonly platform?: string;
  readonly contract: string;
  readonly check?: string;
  readonly stage?: string;
  readonly rule?: string;
  readonly expires: string;
  readonly reason: string;
  readonly breakGlass?: boolean;
  readonly idempotencyKey?: string;
};
type ListOptions = ServiceOptions & {
  readonly repository?: string;
  readonly image?: string;
  readonly state?: string;
  readonly expiresBefore?: string;
};

export function addWaiver(program: Command, perform: Perform): void {
  const waiver = program
    .command('waiver')
    .summary('exempt an image from one check of a contract')
    .description(
      'Waivers: one image is exempted from one check of one contract, for a time, by two people who did not build it.',
    );
  addRequest(waiver, perform);
  withServiceOptions(
    withControlOption(
      waiver
        .command('approve')
        .summary('approve a waiver, as the second person')
        .description('Approves a waiver that somebody else asked for. From then on it is in force.')
        .argument('[waiver]', 'id of the waiver; not with --control'),
    ),
  )
    .addHelpText('after', '\nExample:\n  waybill waiver show w-… && waybill waiver approve w-…\n')
    .action(perform(approve));
  withServiceOptions(
    waiver
      .command('revoke')
      .summary('revoke a waiver')
      .description('Revokes a waiver: it exempts nothing any more. One person is enough, and it is never un-revoked.')
      .argument('<waiver>', 'id of the waiver'),
  ).action(perform(revoke));
  withServiceOptions(
    waiver
      .command('list')
      .description('Lists waivers, the newest first.')
      .option('-r, --repository <name>', 'of this repository')
      .option('--image <digest>', 'of this image')
      .option('--state <state>', 'requested, break-glass, in-force, lapsed, expired or revoked')
      .option('--expires-before <time>', 'that end before a time, RFC 3339 UTC, or within a period such as 7d'),
  ).action(perform(list));
  withServiceOptions(
    waiver.command('show').description('Shows one waiver.').argument('<waiver>', 'id of the waiver'),
  ).action(perform(show));
}

function addRequest(waiver: Command, perform: Perform): void {
  withServiceOptions(
    waiver
      .command('request')
      .summary('ask for a waiver')
      .description(
        'Asks that one check of a contract be waived for an image. It exempts nothing before another person approved it. ' +
          'Name contract, check and stage as "waybill verify" shows them.',
      )
      .argument('<image>', 'digest, repository@digest, OCI image layout folder, or manifest file')
      .requiredOption('--contract <name>', 'contract that the check belongs to')
      .requiredOption('--reason <text>', 'why, for people; kept for good, so name no customers and no secrets')
      .requiredOption('--expires <when>', 'when it ends: RFC 3339 UTC, or a period such as 36h or 7d; 90 days at most')
      .option('-s, --stage <name>', 'stage that the check is about')
      .option('--rule <name>', 'rule that the check is about; with --check contract/limits the limit')
      .option(
        '--check <code>',
        'the check (default: contract/rule with --rule, contract/stage with --stage, else contract/signature)',
      )
      .option(
        '--break-glass',
        'in force at once, for 24 hours, until a second person approves it; everybody will see it',
      )
      .option('--idempotency-key <key>', 'name of this request: repeated under it, it is one waiver')
      .option('-r, --repository <name>', 'repository, where the digest is in several')
      .option('--ref <name>', 'which image of a layout with several')
      .option('--platform <os/arch>', 'one image of an index'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  waybill waiver request shop/api@sha256:… --contract shop --stage scan --expires 7d --reason "SHOP-113: no fix yet"\n',
    )
    .action(perform(request));
}

/** The check that is meant where none is named, and no rule. */
function checkOf(stage: string | undefined): string {
  return stage === undefined ? 'contract/signature' : 'contract/stage';
}

async function request(cli: Cli, options: RequestOptions, text = ''): Promise<undefined> {
  const image = readImageSubject(text, options);
  const { contract, stage, rule, reason, breakGlass = false } = options;
  const check = options.check ?? (rule === undefined ? checkOf(stage) : 'contract/rule');
  const { client, watch } = cli.connect(options);
  const { value, json } = await client.requestWaiver(
    {
      ...image,
      contract,
      check,
      ...(stage === undefined ? {} : { stage }),
      ...(rule === undefined ? {} : { rule }),
      expires: instantOf(options.expires, cli.world.now()),
      breakGlass,
      reason,
    },
    options.idempotencyKey,
  );
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: 'waiver.requested', subject: image.digest });
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      breakGlass ? `BROKE THE GLASS: ${plain(value.view.waiver)}` : `asked for ${plain(value.view.waiver)}`,
      details(value.view, receiptFields(taken, value.recorded.duplicate)),
      '',
      nextStep(value.view),
    ].join('\n'),
  );
}

async function approve(
  cli: Cli,
  options: ServiceOptions & { readonly control?: string },
  id?: string,
): Promise<undefined> {
  const agreed = agreedChange<WaiverApproved>(options.control, 'waiver.approved', id);
  await decide(cli, options, agreed?.body.waiver ?? id ?? '', 'approve', agreed?.control);
}

async function revoke(cli: Cli, options: ServiceOptions, id = ''): Promise<undefined> {
  await decide(cli, options, id, 'revoke');
}

async function decide(
  cli: Cli,
  options: ServiceOptions,
  id: string,
  what: 'approve' | 'revoke',
  control?: string,
): Promise<void> {
  const { client, watch } = cli.connect(options);
  const waiver = waiverId(id);
  const change = control === undefined ? {} : { control };
  const { value, json } = await (what === 'approve'
    ? client.approveWaiver(waiver, change)
    : client.revokeWaiver(waiver));
  const kind = what === 'approve' ? 'waiver.approved' : 'waiver.revoked';
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind, subject: value.view.digest });
  remarkFirstUse(cli, taken);
  cli.print.result(
    withReceipt(json, taken),
    () =>
      `${what}d ${plain(value.view.waiver)}\n${details(value.view, receiptFields(taken, value.recorded.duplicate))}`,
  );
}

async function list(cli: Cli, options: ListOptions): Promise<undefined> {
  const { repository, image, state, expiresBefore } = options;
  const filter = {
    ...(repository === undefined ? {} : { repository }),
    ...(image === undefined ? {} : { digest: image }),
    ...(state === undefined ? {} : { state }),
    ...(expiresBefore === undefined ? {} : { expiresBefore: instantOf(expiresBefore, cli.world.now()) }),
  };
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.waivers(filter, page));
  cli.print.result({ items: json }, () =>
    table(
      ['WAIVER', 'STATE', 'REPOSITORY', 'IMAGE', 'CONTRACT', 'CHECK', 'ASKED BY', 'APPROVED BY', 'EXPIRES'],
      items.map((each) =>
        [
          each.waiver,
          stateWords(each),
          each.repository,
          short(each.digest.replace('sha256:', '')),
          each.contract,
          scopeOf(each),
          each.requested.principal,
          each.approved?.principal ?? '-',
          each.expires,
        ].map(plain),
      ),
      'No waivers.',
    ),
  );
}

async function show(cli: Cli, options: ServiceOptions, id = ''): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.waiver(waiverId(id));
  cli.print.result(json, () => [plain(value.waiver), details(value), '', nextStep(value)].join('\n'));
}

function details(view: WaiverView, receipt: readonly Field[] = []): string {
  const act = ({ principal, time }: WaiverView['requested']) => `${plain(principal)}, ${plain(time)}`;
  return fields([
    ['state', plain(stateWords(view))],
    ['image', plain(view.digest)],
    ['repository', plain(view.repository)],
    ['waives', plain(`${view.contract}: ${scopeOf(view)}`)],
    ['reason', view.reason === undefined ? undefined : plain(view.reason)],
    ['asked by', act(view.requested)],
    ['approved by', view.approved === undefined ? undefined : act(view.approved)],
    ['revoked by', view.revoked === undefined ? undefined : act(view.revoked)],
    ['signed', 'by the service, on behalf of the authenticated principals'],
    ['approve before', view.approved === undefined ? view.approveBefore : undefined],
    ['expires', plain(view.expires)],
    ...receipt,
  ]);
}

/** What has to happen next, and who can do it. */
function nextStep({ state, waiver, approveBefore }: WaiverView): string {
  const approving = `waybill waiver approve ${plain(waiver)}`;
  switch (state) {
    case 'requested':
      return `It exempts nothing yet. Another release manager, who did not build the image, runs: ${approving}`;
    case 'break-glass':
      return `In force WITHOUT a second person until ${plain(approveBefore ?? '')}. By then another release manager runs: ${approving}`;
    case 'lapsed':
      return 'The glass was broken, and nobody approved it within 24 hours. It exempts nothing; ask for a new one.';
    case 'in-force':
      return 'In force. Whether it exempts what fails: waybill verify.';
    default:
      return 'It exempts nothing any more; ask for a new one where one is needed.';
  }
}

function stateWords({ state, breakGlass, approved }: WaiverView): string {
  if (state === 'break-glass') return 'BREAK-GLASS, not approved';
  return breakGlass && approved !== undefined ? `${state} (break-glass)` : state;
}

function scopeOf({ check, stage, rule }: WaiverView): string {
  return [check, stage, rule].filter((part) => part !== undefined).join(' ');
}

function waiverId(text: string): string {
  if (WAIVER_ID.test(text)) return text;
  throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is no id of a waiver: w- and 26 letters and digits.`);
}

const PERIOD_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time in the spelling of the ledger: one that is given, or so long from now. */
export function instantOf(text: string, now: Date): string {
  const period = /^([1-9][0-9]{0,4})([mhd])$/.exec(text);
  if (period !== null) {
    const milliseconds = Number(period[1]) * (PERIOD_MS[period[2] ?? ''] ?? 0);
    return new Date(now.getTime() + milliseconds).toISOString();
  }
  const at = new Date(text);
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}T.+(?:Z|[+-][0-9]{2}:[0-9]{2})$/.test(text) && !Number.isNaN(at.getTime()))
    return at.toISOString();
  throw stop(
    EXIT.usage,
    'cli/bad-argument',
    `"${text}" is no time: give 2026-01-31T12:00:00Z, or a period such as 7d.`,
  );
}
