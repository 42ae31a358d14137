import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import { CONTRACT_MEDIA_TYPE, formatContract, readContract } from '../../core/contract/contract.ts';
import { publicationBody } from '../../core/contract/publication-body.ts';
import { controlSetFields, parseControlKeys } from '../../core/control/control-keys.ts';
import { DSSE_MEDIA_TYPE, formatEnvelope } from '../../core/dsse/envelope.ts';
import type { Json } from '../../core/encoding/json.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import type { Entry } from '../../core/entry/entry.ts';
import { contractKey, principalKey, signerKey, TRUST_KEY, waiverKey } from '../../core/entry/keys.ts';
import type { ContractPublished } from '../../core/entry/kinds/contract-published.ts';
import { ROLES, type Role } from '../../core/entry/kinds/principal-granted.ts';
import type { WaiverRequested } from '../../core/entry/kinds/waiver-requested.ts';
import { NAME, TIME, WAIVER_ID } from '../../core/entry/names.ts';
import { formatGrantDocument, GRANT_MEDIA_TYPE, parseGrantDocument } from '../../core/trust/grant-document.ts';
import { parseRotation } from '../../core/trust/rotation-document.ts';
import { formatSignerDocument, parseSignerDocument, SIGNER_MEDIA_TYPE } from '../../core/trust/signer-document.ts';
import { readPublicKeyFile } from '../../keys/pipeline-key.ts';
import type { Cli, Perform } from '../cli.ts';
import { collect, readPassphrase, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { parseDuration } from '../duration.ts';
import { EXIT } from '../exit-codes.ts';
import { readLocalFile } from '../local-file.ts';
import { readSignerId } from '../signer-id.ts';
import { stop, stopOf } from '../stop.ts';

export type PrepareOptions = ServiceOptions & { readonly output?: string; readonly passphraseFile?: string };
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
export type Change = {
  readonly kind: string;
  readonly body: Json;
  readonly document?: { readonly mediaType: string; readonly bytes: Uint8Array };
  readonly repository?: string;
};

/** What becomes of a change: `change` gets the entries of the list `key` that something follows from. */
export type Finish = (
  cli: Cli,
  options: PrepareOptions,
  key: string,
  change: (entries: readonly Entry[]) => Change,
) => Promise<undefined>;

const DOCUMENT_BYTES_MAX = 256 * 1024;

type Adding = {
  readonly finish: Finish;
  /** Ends each command; adds what is common to them. */
  readonly common: (command: Command) => Command;
  readonly perform: Perform;
};

/** Commands that make a change of trust out of what people name, each ended by `finish`. */
export function addChanges(parent: Command, { finish, common, perform }: Adding) {
  const add = (name: string, what: string, argument: readonly [string, string]) =>
    common(withServiceOptions(parent.command(name).description(what).argument(argument[0], argument[1])));
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
    perform(prepareContract(finish)),
  );
  add('withdrawal', 'Withdraws a contract.', ['<contract>', 'name']).action(perform(prepareWithdrawal(finish)));
  scope(add('signer', 'Registers a key that may attest.', ['<key>', 'public or private key file in PEM']), true)
    .option('--warn-after <duration>', 'age from which on it is due for rotation, such as 75d', parseDuration)
    .option('--expire-after <duration>', 'age from which on it does not count, such as 90d', parseDuration)
    .option('--passphrase-file <file>', 'passphrase of a private key (default: $WAYBILL_KEY_PASSPHRASE_FILE)')
    .action(perform(prepareSigner(finish)));
  add('rotation', 'Lets a key follow another.', [
    '<file>',
    'what both keys signed: "waybill signer rotate --output"',
  ]).action(perform(prepareRotation(finish)));
  add('signer-revocation', 'Revokes a key that may attest.', ['<signer>', 'signer id, or a key file'])
    .option('--effective <time>', 'from when on, RFC 3339 UTC with milliseconds (default: now)')
    .action(perform(prepareSignerRevocation(finish)));
  scope(add('grant', 'Grants a role.', ['<principal>', 'name']), false)
    .addOption(new Option('--role <role>', 'role').choices([...ROLES]).makeOptionMandatory())
    .option('--person <pseudonym>', 'ties several principals to one human')
    .action(perform(prepareGrant(finish)));
  add('grant-revocation', 'Takes the role of a principal away.', ['<principal>', 'name']).action(
    perform(prepareGrantRevocation(finish)),
  );
  add('settings', 'Turns dual control on or off.', ['<dual-control>', 'on or off']).action(
    perform(prepareSettings(finish)),
  );
  return add;
}

/** What only control keys agree to. */
export function addControlled(
  add: ReturnType<typeof addChanges>,
  { finish, perform }: Pick<Adding, 'finish' | 'perform'>,
): void {
  add('waiver', 'Approves a waiver.', ['<waiver>', 'id, w-…']).action(perform(prepareWaiver(finish)));
  add('keys', 'Changes the control keys.', ['<set>', 'file of the new control keys']).action(
    perform(prepareKeys(finish)),
  );
}

/** What two people agree to, and no control keys. */
export function addTwoPeople(
  add: ReturnType<typeof addChanges>,
  { finish, perform }: Pick<Adding, 'finish' | 'perform'>,
): void {
  add('token', 'Lets somebody act as a principal of another person.', ['<principal>', 'whom it speaks for'])
    .option('--lifetime <duration>', 'until it expires: seconds, or 30m, 12h, 90d', parseDuration, 30 * 86_400)
    .action(perform(prepareToken(finish)));
}

const prepareContract =
  (finish: Finish) =>
  async (cli: Cli, options: PrepareOptions, path = ''): Promise<undefined> => {
    const contract = readContract(readDocument(path));
    if (!contract.ok) throw stopOf(EXIT.input, contract.fault, path);
    return finish(cli, options, contractKey(contract.value.contract), (entries) => {
      const before = entries.at(-1)?.body as unknown as ContractPublished | undefined;
      return {
        kind: 'contract.published',
        body: publicationBody(contract.value, before),
        document: { mediaType: CONTRACT_MEDIA_TYPE, bytes: formatContract(contract.value) },
      };
    });
  };

const prepareWithdrawal =
  (finish: Finish) =>
  async (cli: Cli, options: PrepareOptions, name = ''): Promise<undefined> => {
    return finish(cli, options, contractKey(nameOf(name)), (entries) => {
      const before = entries.at(-1)?.body as unknown as ContractPublished | undefined;
      if (before === undefined) throw stop(EXIT.usage, 'cli/bad-argument', `There is no contract ${name}.`);
      const { version, repositories } = before;
      return { kind: 'contract.withdrawn', body: { contract: name, version, repositories } };
    });
  };

const prepareSigner =
  (finish: Finish) =>
  async (cli: Cli, options: SignerOptions, path = ''): Promise<undefined> => {
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
    return finish(cli, options, signerKey(signer), (entries) => {
      if (entries.length > 0)
        throw stop(EXIT.usage, 'cli/bad-argument', `The key is registered already, as ${signer}.`);
      return {
        kind: 'signer.registered',
        body: { signer, use: 'attest' },
        document: { mediaType: SIGNER_MEDIA_TYPE, bytes: document },
      };
    });
  };

const prepareRotation =
  (finish: Finish) =>
  async (cli: Cli, options: PrepareOptions, path = ''): Promise<undefined> => {
    const read = parseRotation(readLocalFile(path, DOCUMENT_BYTES_MAX));
    if (!read.ok) throw stopOf(EXIT.input, read.fault, path);
    const { envelope, rotation } = read.value;
    const { signer, successor, until } = rotation;
    const document = encodeUtf8(formatEnvelope(envelope));
    return finish(cli, options, signerKey(signer), (entries) => {
      if (entries.length === 0) throw stop(EXIT.usage, 'cli/bad-argument', `There is no signer ${signer}.`);
      return {
        kind: 'signer.rotated',
        body: { signer, successor: successor.signer, until },
        document: { mediaType: DSSE_MEDIA_TYPE, bytes: document },
      };
    });
  };

const prepareSignerRevocation =
  (finish: Finish) =>
  async (cli: Cli, options: PrepareOptions & { readonly effective?: string }, text = ''): Promise<undefined> => {
    const signer = readSignerId(cli, text);
    const effective = options.effective ?? cli.world.now().toISOString();
    if (!TIME.test(effective))
      throw stop(EXIT.usage, 'cli/bad-argument', `"${effective}" is no time such as 2026-01-31T12:00:00.000Z.`);
    return finish(cli, options, signerKey(signer), (entries) => {
      if (entries.length === 0) throw stop(EXIT.usage, 'cli/bad-argument', `There is no signer ${signer}.`);
      return { kind: 'signer.revoked', body: { signer, effective } };
    });
  };

const prepareGrant =
  (finish: Finish) =>
  async (cli: Cli, options: GrantOptions, principal = ''): Promise<undefined> => {
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
    const change = {
      kind: 'principal.granted',
      body: { principal: nameOf(principal), role },
      document: { mediaType: GRANT_MEDIA_TYPE, bytes: document },
    };
    return finish(cli, options, principalKey(principal), () => change);
  };

const prepareGrantRevocation =
  (finish: Finish) =>
  async (cli: Cli, options: PrepareOptions, principal = ''): Promise<undefined> => {
    return finish(cli, options, principalKey(nameOf(principal)), (entries) => {
      if (entries.length === 0) throw stop(EXIT.usage, 'cli/bad-argument', `${principal} never held a role.`);
      return { kind: 'principal.revoked', body: { principal } };
    });
  };

const prepareWaiver =
  (finish: Finish) =>
  async (cli: Cli, options: PrepareOptions, waiver = ''): Promise<undefined> => {
    if (!WAIVER_ID.test(waiver))
      throw stop(EXIT.usage, 'cli/bad-argument', `"${waiver}" is no id of a waiver: w- and 26 letters and digits.`);
    return finish(cli, options, waiverKey(waiver), ([requested]) => {
      if (requested?.repository === undefined)
        throw stop(EXIT.usage, 'cli/bad-argument', `There is no waiver ${waiver}.`);
      const { digest } = requested.body as unknown as WaiverRequested;
      return { kind: 'waiver.approved', body: { waiver, digest }, repository: requested.repository };
    });
  };

const prepareKeys =
  (finish: Finish) =>
  async (cli: Cli, options: PrepareOptions, path = ''): Promise<undefined> => {
    const set = parseControlKeys(readLocalFile(path, DOCUMENT_BYTES_MAX));
    if (!set.ok) throw stopOf(EXIT.input, set.fault, path);
    const body = { ...controlSetFields(set.value) };
    return finish(cli, options, TRUST_KEY, () => ({ kind: 'control-keys.changed', body }));
  };

const prepareSettings =
  (finish: Finish) =>
  async (cli: Cli, options: PrepareOptions, text = ''): Promise<undefined> => {
    if (text !== 'on' && text !== 'off') throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is neither on nor off.`);
    return finish(cli, options, TRUST_KEY, () => ({ kind: 'settings.changed', body: { dualControl: text === 'on' } }));
  };

const prepareToken =
  (finish: Finish) =>
  async (cli: Cli, options: PrepareOptions & { readonly lifetime: number }, principal = ''): Promise<undefined> => {
    const body = { principal: nameOf(principal), lifetimeSeconds: options.lifetime };
    return finish(cli, options, principalKey(principal), () => ({ kind: 'token.issued', body }));
  };

function readDocument(path: string): Json {
  const text = Buffer.from(readLocalFile(path, DOCUMENT_BYTES_MAX)).toString('utf8');
  try {
    // What is signed is what this makes of it, which is shown in full; the service never reads the file.
    return parse(text, { version: '1.2', schema: 'core', maxAliasCount: 0 }) as Json;
  } catch (error) {
    const [message] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw stop(EXIT.input, 'cli/unusable-file', `${path}: ${message}`);
  }
}

function nameOf(text: string): string {
  if (NAME.test(text)) return text;
  throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is no name: lower-case letters, digits, ".", "_" and "-".`);
}
