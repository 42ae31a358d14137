import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import { formatContract, readContract } from '../../core/contract/contract.ts';
import { controlSetFields, parseControlKeys } from '../../core/control/control-keys.ts';
import { formatControlStatement, stateControl } from '../../core/control/control-statement.ts';
import { formatEnvelope } from '../../core/dsse/envelope.ts';
import type { Json } from '../../core/encoding/json.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import type { Entry } from '../../core/entry/entry.ts';
import { contractKey, principalKey, signerKey, TRUST_KEY, waiverKey } from '../../core/entry/keys.ts';
import type { ContractPublished } from '../../core/entry/kinds/contract-published.ts';
import { ROLES, type Role } from '../../core/entry/kinds/principal-granted.ts';
import type { WaiverRequested } from '../../core/entry/kinds/waiver-requested.ts';
import { NAME, TIME, WAIVER_ID } from '../../core/entry/names.ts';
import { formatGrantDocument, parseGrantDocument } from '../../core/trust/grant-document.ts';
import { parseRotation } from '../../core/trust/rotation-document.ts';
import { formatSignerDocument, parseSignerDocument } from '../../core/trust/signer-document.ts';
import { readPublicKeyFile } from '../../keys/pipeline-key.ts';
import type { Cli, Perform } from '../cli.ts';
import { collect, readPassphrase, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { writeControlRequest } from '../control-file.ts';
import { readControlPlace } from '../control-place.ts';
import { describeControl, headlineOf } from '../describe-control.ts';
import { parseDuration } from '../duration.ts';
import { EXIT } from '../exit-codes.ts';
import { readLocalFile } from '../local-file.ts';
import { readSignerId } from '../signer-id.ts';
import { stop, stopOf } from '../stop.ts';

type PrepareOptions = ServiceOptions & { readonly output: string; readonly passphraseFile?: string };
type SignerOptions = PrepareOptions & {
  readonly repository: readonly string[];
  readonly stage: readonly string[];
  readonly title?: string;
  readonly warnAfter?: number;
  readonly expireAfter?: number;
};
type GrantOptions = PrepareOptions & {
  readonly role: Role;
  readonly repository?: readonly string[];
  readonly stage?: readonly string[];
  readonly person?: string;
  readonly title?: string;
};

/** What is to become an entry, once its place is known. */
type Change = {
  readonly kind: string;
  readonly body: Json;
  readonly document?: Uint8Array;
  readonly repository?: string;
};

const DOCUMENT_BYTES_MAX = 256 * 1024;

export function addPrepare(control: Command, perform: Perform): void {
  const prepare = control
    .command('prepare')
    .summary('write a request for signatures')
    .description(
      'Reads from the log where the change will stand, and writes a request that says in words what will change.',
    );
  const add = (name: string, what: string, argument: readonly [string, string]) =>
    withServiceOptions(
      prepare
        .command(name)
        .description(what)
        .argument(argument[0], argument[1])
        .requiredOption('-o, --output <file>', 'request file to write'),
    );
  const scope = (command: Command, isRequired: boolean) => {
    const made = (flags: string, text: string) => {
      const option = new Option(flags, text).argParser(collect);
      return command.addOption(isRequired ? option.makeOptionMandatory() : option);
    };
    made('-r, --repository <glob>', `exact name, prefix/*, or *; repeatable${isRequired ? '' : ' (default: *)'}`);
    made('-s, --stage <name>', `stage, or *; repeatable${isRequired ? '' : ' (default: *)'}`);
    return command.option('--title <text>', 'title for people');
  };
  add('contract', 'Publishes a contract, or its next version.', ['<file>', 'contract, as YAML or JSON']).action(
    perform(prepareContract),
  );
  add('withdrawal', 'Withdraws a contract.', ['<contract>', 'name']).action(perform(prepareWithdrawal));
  scope(add('signer', 'Registers a key that may attest.', ['<key>', 'public or private key file in PEM']), true)
    .option('--warn-after <duration>', 'age from which on it is due for rotation, such as 75d', parseDuration)
    .option('--expire-after <duration>', 'age from which on it does not count, such as 90d', parseDuration)
    .option('--passphrase-file <file>', 'passphrase of a private key (default: $WAYBILL_KEY_PASSPHRASE_FILE)')
    .action(perform(prepareSigner));
  add('rotation', 'Lets a key follow another.', [
    '<file>',
    'what both keys signed: "waybill signer rotate --output"',
  ]).action(perform(prepareRotation));
  add('signer-revocation', 'Revokes a key that may attest.', ['<signer>', 'signer id, or a key file'])
    .option('--effective <time>', 'from when on, RFC 3339 UTC with milliseconds (default: now)')
    .action(perform(prepareSignerRevocation));
  scope(add('grant', 'Grants a role.', ['<principal>', 'name']), false)
    .addOption(new Option('--role <role>', 'role').choices([...ROLES]).makeOptionMandatory())
    .option('--person <pseudonym>', 'ties several principals to one human')
    .action(perform(prepareGrant));
  add('grant-revocation', 'Takes the role of a principal away.', ['<principal>', 'name']).action(
    perform(prepareGrantRevocation),
  );
  add('waiver', 'Approves a waiver.', ['<waiver>', 'id, w-…']).action(perform(prepareWaiver));
  add('keys', 'Changes the control keys.', ['<set>', 'file of the new control keys']).action(perform(prepareKeys));
}

async function prepareContract(cli: Cli, options: PrepareOptions, path = ''): Promise<undefined> {
  const contract = readContract(readDocument(path));
  if (!contract.ok) throw stopOf(EXIT.input, contract.fault, path);
  const { contract: name, repositories } = contract.value;
  return writeRequest(cli, options, contractKey(name), (entries) => {
    const before = entries.at(-1)?.body as unknown as ContractPublished | undefined;
    const body = {
      contract: name,
      version: (before?.version ?? 0) + 1,
      repositories,
      previousRepositories: before?.repositories ?? [],
    };
    return { kind: 'contract.published', body, document: formatContract(contract.value) };
  });
}

async function prepareWithdrawal(cli: Cli, options: PrepareOptions, name = ''): Promise<undefined> {
  return writeRequest(cli, options, contractKey(nameOf(name)), (entries) => {
    const before = entries.at(-1)?.body as unknown as ContractPublished | undefined;
    if (before === undefined) throw stop(EXIT.usage, 'cli/bad-argument', `There is no contract ${name}.`);
    const { version, repositories } = before;
    return { kind: 'contract.withdrawn', body: { contract: name, version, repositories } };
  });
}

async function prepareSigner(cli: Cli, options: SignerOptions, path = ''): Promise<undefined> {
  const { key, signer } = readPublicKeyFile(path, readPassphrase(cli.world, options.passphraseFile));
  const { repository: repositories, stage: stages, title, warnAfter, expireAfter } = options;
  const document = formatSignerDocument({
    key,
    repositories,
    stages,
    ...(title === undefined ? {} : { title }),
    ...(warnAfter === undefined ? {} : { ageSecondsWarn: warnAfter }),
    ...(expireAfter === undefined ? {} : { ageSecondsMax: expireAfter }),
  });
  const read = parseSignerDocument(document);
  if (!read.ok) throw stopOf(EXIT.usage, read.fault);
  return writeRequest(cli, options, signerKey(signer), (entries) => {
    if (entries.length > 0) throw stop(EXIT.usage, 'cli/bad-argument', `The key is registered already, as ${signer}.`);
    return { kind: 'signer.registered', body: { signer, use: 'attest' }, document };
  });
}

async function prepareRotation(cli: Cli, options: PrepareOptions, path = ''): Promise<undefined> {
  const read = parseRotation(readLocalFile(path, DOCUMENT_BYTES_MAX));
  if (!read.ok) throw stopOf(EXIT.input, read.fault, path);
  const { envelope, rotation } = read.value;
  const { signer, successor, until } = rotation;
  const document = encodeUtf8(formatEnvelope(envelope));
  return writeRequest(cli, options, signerKey(signer), (entries) => {
    if (entries.length === 0) throw stop(EXIT.usage, 'cli/bad-argument', `There is no signer ${signer}.`);
    return { kind: 'signer.rotated', body: { signer, successor: successor.signer, until }, document };
  });
}

async function prepareSignerRevocation(
  cli: Cli,
  options: PrepareOptions & { readonly effective?: string },
  text = '',
): Promise<undefined> {
  const signer = readSignerId(cli, text);
  const effective = options.effective ?? cli.world.now().toISOString();
  if (!TIME.test(effective))
    throw stop(EXIT.usage, 'cli/bad-argument', `"${effective}" is no time such as 2026-01-31T12:00:00.000Z.`);
  return writeRequest(cli, options, signerKey(signer), (entries) => {
    if (entries.length === 0) throw stop(EXIT.usage, 'cli/bad-argument', `There is no signer ${signer}.`);
    return { kind: 'signer.revoked', body: { signer, effective } };
  });
}

async function prepareGrant(cli: Cli, options: GrantOptions, principal = ''): Promise<undefined> {
  const { role, person, title } = options;
  const document = formatGrantDocument({
    role,
    repositories: options.repository ?? ['*'],
    stages: options.stage ?? ['*'],
    ...(person === undefined ? {} : { person }),
    ...(title === undefined ? {} : { title }),
  });
  const read = parseGrantDocument(document);
  if (!read.ok) throw stopOf(EXIT.usage, read.fault);
  const change = { kind: 'principal.granted', body: { principal: nameOf(principal), role }, document };
  return writeRequest(cli, options, principalKey(principal), () => change);
}

async function prepareGrantRevocation(cli: Cli, options: PrepareOptions, principal = ''): Promise<undefined> {
  return writeRequest(cli, options, principalKey(nameOf(principal)), (entries) => {
    if (entries.length === 0) throw stop(EXIT.usage, 'cli/bad-argument', `${principal} never held a role.`);
    return { kind: 'principal.revoked', body: { principal } };
  });
}

async function prepareWaiver(cli: Cli, options: PrepareOptions, waiver = ''): Promise<undefined> {
  if (!WAIVER_ID.test(waiver))
    throw stop(EXIT.usage, 'cli/bad-argument', `"${waiver}" is no id of a waiver: w- and 26 letters and digits.`);
  return writeRequest(cli, options, waiverKey(waiver), ([requested]) => {
    if (requested?.repository === undefined)
      throw stop(EXIT.usage, 'cli/bad-argument', `There is no waiver ${waiver}.`);
    const { digest } = requested.body as unknown as WaiverRequested;
    return { kind: 'waiver.approved', body: { waiver, digest }, repository: requested.repository };
  });
}

async function prepareKeys(cli: Cli, options: PrepareOptions, path = ''): Promise<undefined> {
  const set = parseControlKeys(readLocalFile(path, DOCUMENT_BYTES_MAX));
  if (!set.ok) throw stopOf(EXIT.input, set.fault, path);
  const body = { ...controlSetFields(set.value) };
  return writeRequest(cli, options, TRUST_KEY, () => ({ kind: 'control-keys.changed', body }));
}

/** Asks the log for the place, makes the statement, and writes the request. `change` gets the entries of the list. */
async function writeRequest(
  cli: Cli,
  options: PrepareOptions,
  key: string,
  change: (entries: readonly Entry[]) => Change,
): Promise<undefined> {
  const { log, n, prev, entries, set } = await readControlPlace(cli.world, cli.connect(options), key);
  const { document, ...controlled } = change(entries);
  const statement = stateControl({ log, ...controlled }, { key, n, ...(prev === undefined ? {} : { prev }) }, document);
  const payload = formatControlStatement(statement);
  const before = entries.at(-1);
  const request = {
    statement,
    payload,
    signatures: [],
    set,
    ...(document === undefined ? {} : { document }),
    ...(before === undefined ? {} : { before }),
  };
  writeControlRequest(options.output, request);
  const json = {
    file: options.output,
    says: headlineOf(request),
    statement: { ...statement },
    threshold: set.threshold,
  };
  cli.print.result(
    json,
    () => `${describeControl(request)}\n\nwrote ${options.output}: have it signed with "waybill control sign"`,
  );
}

function readDocument(path: string): Json {
  const text = Buffer.from(readLocalFile(path, DOCUMENT_BYTES_MAX)).toString('utf8');
  try {
    // What is signed is what this makes of it, which is shown in full; the service never reads the file.
    return parse(text, { version: '1.2', schema: 'core', maxAliasCount: 0 }) as Json;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw stop(EXIT.input, 'cli/unusable-file', `${path}: ${message.split('\n')[0]}`);
  }
}

function nameOf(text: string): string {
  if (NAME.test(text)) return text;
  throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is no name: lower-case letters, digits, ".", "_" and "-".`);
}
