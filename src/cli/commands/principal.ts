import { type Command, Option } from 'commander';
import type { PrincipalView } from '../../client/answers.ts';
import { collectPages } from '../../client/collect-pages.ts';
import { type PrincipalGranted, ROLES } from '../../core/entry/kinds/principal-granted.ts';
import type { PrincipalRevoked } from '../../core/entry/kinds/principal-revoked.ts';
import { parseGrantDocument } from '../../core/trust/grant-document.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { collect, type ServiceOptions, withControlOption, withServiceOptions } from '../connect.ts';
import { type AgreedChange, agreedChange } from '../control-file.ts';
import { EXIT } from '../exit-codes.ts';
import { type Field, fields, plain, table } from '../layout-text.ts';
import { stop, stopOf } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';

type GrantOptions = ServiceOptions & {
  readonly role?: string;
  readonly control?: string;
  readonly repository?: readonly string[];
  readonly stage?: readonly string[];
  readonly person?: string;
  readonly title?: string;
};

export function addPrincipal(program: Command, perform: Perform): void {
  const principal = program
    .command('principal')
    .summary('grant and revoke roles')
    .description('Who may call the API, and what for.');
  withServiceOptions(
    withControlOption(
      principal
        .command('grant')
        .summary('grant a role')
        .description('Grants a principal a role. It replaces every earlier grant to that principal.')
        .argument(
          '[principal]',
          'name, such as ci-shop; nothing personal, since it is kept for good; not with --control',
        )
        .addOption(new Option('--role <role>', 'role').choices([...ROLES]))
        .option('-r, --repository <glob>', 'exact name, prefix/*, or *; repeatable (default: *)', collect)
        .option('-s, --stage <name>', 'stage that a pipeline may attest, or *; repeatable (default: *)', collect)
        .option('--person <pseudonym>', 'ties several principals to one human')
        .option('--title <text>', 'title for people'),
    ),
  )
    .addHelpText(
      'after',
      '\nExample:\n  waybill principal grant ci-shop --role pipeline --repository "shop/*" --stage test\n',
    )
    .action(perform(grant));
  withServiceOptions(principal.command('list').description('Lists the principals.')).action(perform(list));
  withServiceOptions(
    principal.command('show').description('Shows one principal.').argument('<principal>', 'name'),
  ).action(perform(show));
  withServiceOptions(
    withControlOption(
      principal
        .command('revoke')
        .description('Takes the role of a principal away.')
        .argument('[principal]', 'name; not with --control'),
    ),
  ).action(perform(revoke));
}

async function grant(cli: Cli, options: GrantOptions, name?: string): Promise<undefined> {
  const agreed = agreedChange<PrincipalGranted>(options.control, 'principal.granted', name);
  const request = agreed === undefined ? grantOf(options, name ?? '') : agreedGrant(agreed);
  const { client, watch } = cli.connect(options);
  const { value, json } = await client.grantPrincipal(request);
  const taken = await takeReceipt(watch, value.recorded.receipt, {
    kind: 'principal.granted',
    ...(agreed === undefined ? {} : { payload: agreed.document }),
  });
  remarkFirstUse(cli, taken);
  cli.print.result(withReceipt(json, taken), () =>
    [
      `granted ${plain(value.view.role)} to ${plain(value.view.principal)}`,
      details(value.view, receiptFields(taken, value.recorded.duplicate)),
      `Make a token for it: waybill token create ${plain(value.view.principal)}`,
    ].join('\n'),
  );
}

function grantOf({ role, repository, stage, person, title }: GrantOptions, principal: string) {
  if (role === undefined) throw stop(EXIT.usage, 'cli/bad-argument', `Give --role: one of ${ROLES.join(', ')}.`);
  return {
    principal,
    role,
    repositories: repository ?? ['*'],
    stages: stage ?? ['*'],
    ...(person === undefined ? {} : { person }),
    ...(title === undefined ? {} : { title }),
  };
}

/** The very grant that was agreed to, as the service makes a document of it again. */
function agreedGrant({ body, document, control }: AgreedChange<PrincipalGranted>) {
  const grant = parseGrantDocument(document);
  if (!grant.ok) throw stopOf(EXIT.input, grant.fault);
  return { ...grant.value, principal: body.principal, control };
}

async function list(cli: Cli, options: ServiceOptions): Promise<undefined> {
  const { client } = cli.connect(options);
  const { items, json } = await collectPages((page) => client.principals(page));
  cli.print.result({ items: json }, () =>
    table(
      ['PRINCIPAL', 'ROLE', 'REPOSITORIES', 'STAGES', 'GRANTED', 'STATE'],
      items.map((each) =>
        [
          each.principal,
          each.role,
          each.repositories.join(' '),
          each.stages.join(' '),
          each.grantedAt,
          each.revoked ? 'revoked' : 'in force',
        ].map(plain),
      ),
      'No principals.',
    ),
  );
}

async function show(cli: Cli, options: ServiceOptions, name = ''): Promise<undefined> {
  const { value, json } = await cli.connect(options).client.principal(name);
  cli.print.result(json, () => `${plain(value.principal)}\n${details(value)}`);
}

async function revoke(
  cli: Cli,
  options: ServiceOptions & { readonly control?: string },
  name?: string,
): Promise<undefined> {
  const agreed = agreedChange<PrincipalRevoked>(options.control, 'principal.revoked', name);
  const { client, watch } = cli.connect(options);
  const { value, json } =
    agreed === undefined
      ? await client.revokePrincipal(name ?? '')
      : await client.revokePrincipal(agreed.body.principal, { control: agreed.control });
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: 'principal.revoked' });
  cli.print.result(withReceipt(json, taken), () =>
    [`revoked ${plain(value.view.principal)}`, fields(receiptFields(taken, value.recorded.duplicate))].join('\n'),
  );
}

function details(view: PrincipalView, receipt: readonly Field[] = []): string {
  return fields([
    ['title', view.title === undefined ? undefined : plain(view.title)],
    ['role', plain(view.role)],
    ['person', view.person === undefined ? undefined : plain(view.person)],
    ['repositories', plain(view.repositories.join(' '))],
    ['stages', plain(view.stages.join(' '))],
    ['granted', plain(view.grantedAt)],
    ['state', view.revoked ? 'revoked' : 'in force'],
    ...receipt,
  ]);
}
