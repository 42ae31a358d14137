import { type Command, Option } from 'commander';
import {
  type ControlSet,
  controlKeyId,
  controlKeysJson,
  formatControlKey,
  parseControlKeys,
  readControlSet,
} from '../../core/control/control-keys.ts';
import { type ControlRequest, requestMessage } from '../../core/control/control-request.ts';
import type { PublicKey } from '../../core/crypto/public-key.ts';
import { equalBytes } from '../../core/encoding/bytes.ts';
import {
  createPipelineKey,
  PIPELINE_KEY_TYPES,
  type PipelineKeyType,
  readPipelineKey,
  readPublicKeyFile,
} from '../../keys/pipeline-key.ts';
import type { Cli, Perform } from '../cli.ts';
import { readPassphrase } from '../connect.ts';
import { goodSigners, readControlRequest, shortKeyId, writeControlRequest } from '../control-file.ts';
import { describeControl, headlineOf } from '../describe-control.ts';
import { EXIT } from '../exit-codes.ts';
import { fields, plain } from '../layout-text.ts';
import { readLocalFile, writeLocalFile } from '../local-file.ts';
import { Stop, stop, stopOf } from '../stop.ts';
import { addChangeKeys } from './control-change-keys.ts';
import { addPrepare } from './control-prepare.ts';

type Passphrase = { readonly passphraseFile?: string };
type NewOptions = Passphrase & { readonly type: PipelineKeyType };
type SetOptions = Passphrase & { readonly threshold: string; readonly output: string };
type SignOptions = Passphrase & { readonly key: string; readonly output?: string };

const PASSPHRASE_HELP = 'file with the passphrase (default: $WAYBILL_KEY_PASSPHRASE_FILE)';
const KEYS_FILE_BYTES_MAX = 64 * 1024;

export function addControl(program: Command, perform: Perform): void {
  const control = program
    .command('control')
    .summary('have control keys agree to changes of trust')
    .description(
      'In a log that was opened with control keys, contracts, signers and roles change only where their holders agree: ' +
        'prepare the change, have it signed on machines that need no network, combine the signatures, send it with --control.',
    );
  addControlKeys(control, perform);
  addPrepare(control, perform);
  control
    .command('show')
    .summary('show what a request is about')
    .description(
      'Says in words what a request would change, shows the whole document, and who has agreed so far. Needs no network.',
    )
    .argument('<request>', 'request file')
    .action(perform(show));
  control
    .command('sign')
    .summary('agree to a request')
    .description('Shows what is being signed, and signs it. Needs no network.')
    .argument('<request>', 'request file; the signature is added to it')
    .requiredOption('-k, --key <file>', 'control key')
    .option('-o, --output <file>', 'write the signed request there instead')
    .option('--passphrase-file <file>', PASSPHRASE_HELP)
    .addHelpText('after', '\nExample:\n  waybill control sign request.json --key ann.key\n')
    .action(perform(sign));
  control
    .command('combine')
    .summary('put signatures together')
    .description('Puts the signatures of several copies of one request together, once they are enough.')
    .argument('<request...>', 'signed copies of one request')
    .requiredOption('-o, --output <file>', 'file for --control')
    .addHelpText(
      'after',
      '\nExample:\n  waybill control combine ann.json ben.json -o agreed.json\n  waybill contract publish --control agreed.json\n',
    )
    .action(perform(combine));
  addChangeKeys(control, perform);
}

function addControlKeys(control: Command, perform: Perform): void {
  const keys = control
    .command('keys')
    .summary('make and show control keys')
    .description('Control keys and sets of them.');
  keys
    .command('new')
    .summary('make a control key')
    .description('Makes a private key: PKCS#8 PEM, mode 0600. Its holder keeps it, away from the service.')
    .argument('<file>', 'file to make')
    .addOption(new Option('--type <type>', 'kind of key').choices([...PIPELINE_KEY_TYPES]).default('ed25519'))
    .option('--passphrase-file <file>', `encrypt it; ${PASSPHRASE_HELP}`)
    .action(perform(createKey));
  keys
    .command('show')
    .summary('show a control key, or a set')
    .description(
      'Shows the public part of a control key as trust files name it, or the keys and the threshold of a set.',
    )
    .argument('<file>', 'key file in PEM, or a file of control keys')
    .option('--passphrase-file <file>', PASSPHRASE_HELP)
    .action(perform(showKey));
  keys
    .command('set')
    .summary('make a set of control keys')
    .description(
      'Writes the file of control keys that a log is opened with ($WAYBILL_CONTROL_KEYS), or that they change to.',
    )
    .argument('<key...>', 'public or private key files in PEM')
    .requiredOption('--threshold <count>', 'how many of them a change takes')
    .requiredOption('-o, --output <file>', 'file to write')
    .option('--passphrase-file <file>', PASSPHRASE_HELP)
    .addHelpText(
      'after',
      '\nExample:\n  waybill control keys set ann.pub ben.pub cat.pub --threshold 2 -o control-keys.json\n',
    )
    .action(perform(makeSet));
}

function createKey(cli: Cli, options: NewOptions, path = ''): undefined {
  const { publicKey } = createPipelineKey(path, options.type, readPassphrase(cli.world, options.passphraseFile));
  cli.print.result({ file: path, ...keyJson(publicKey) }, () => `made ${path}\n${keyLines(publicKey)}`);
}

function showKey(cli: Cli, options: Passphrase, path = ''): undefined {
  const bytes = readLocalFile(path, KEYS_FILE_BYTES_MAX);
  const set = parseControlKeys(bytes);
  if (set.ok) {
    cli.print.result(controlKeysJson(set.value), () => setLines(set.value));
    return;
  }
  const { key } = readPublicKeyFile(path, readPassphrase(cli.world, options.passphraseFile));
  cli.print.result(keyJson(key), () => keyLines(key));
}

/** Every file of a set may be a private one; a passphrase that is given is that of all of them. */
function makeSet(cli: Cli, options: SetOptions, ...paths: readonly unknown[]): undefined {
  const passphrase = readPassphrase(cli.world, options.passphraseFile);
  const keys = namesOf(paths).map((path) => readPublicKeyFile(path, passphrase).key);
  const controlThreshold = /^[0-9]{1,2}$/.test(options.threshold) ? Number(options.threshold) : 0;
  const set = readControlSet({ controlKeys: keys.map(formatControlKey), controlThreshold });
  if (!set.ok) throw stopOf(EXIT.usage, set.fault);
  if (set.value === undefined) throw stop(EXIT.usage, 'cli/bad-argument', '--threshold takes a number from 1.');
  writeLocalFile(options.output, `${JSON.stringify(controlKeysJson(set.value), undefined, 2)}\n`);
  const made = set.value;
  cli.print.result(controlKeysJson(made), () => `wrote ${options.output}\n${setLines(made)}`);
}

function show(cli: Cli, _options: unknown, path = ''): undefined {
  const request = readControlRequest(path);
  cli.print.result(requestJson(request), () => describeControl(request));
}

function sign(cli: Cli, options: SignOptions, path = ''): undefined {
  const request = readControlRequest(path);
  const { publicKey, sign: signWith } = readPipelineKey(options.key, readPassphrase(cli.world, options.passphraseFile));
  const member = request.set.keys.find(({ spki }) => equalBytes(spki, publicKey.spki));
  if (member === undefined) {
    const message = `${options.key} holds the key ${shortKeyId(publicKey)}…, which is none of the control keys that the request names.`;
    throw stop(EXIT.input, 'key/unusable', message);
  }
  const keyid = controlKeyId(publicKey);
  const others = request.signatures.filter((signature) => signature.keyid !== keyid);
  const signed = { ...request, signatures: [...others, { keyid, sig: signWith(requestMessage(request)) }] };
  const output = options.output ?? path;
  writeControlRequest(output, signed);
  cli.print.result(
    { file: output, ...requestJson(signed) },
    () => `${describeControl(signed)}\n\nsigned with ${options.key}, in ${output}`,
  );
}

function combine(cli: Cli, options: { readonly output: string }, ...paths: readonly unknown[]): undefined {
  const requests = namesOf(paths).map((path) => ({ path, request: readControlRequest(path) }));
  const [first] = requests;
  if (first === undefined) throw stop(EXIT.usage, 'cli/bad-argument', 'Name the signed copies of a request.');
  const other = requests.find(({ request }) => !equalBytes(request.payload, first.request.payload));
  if (other !== undefined) {
    const message = `${first.path} and ${other.path} are about different changes.`;
    throw new Stop(EXIT.input, { code: 'control/malformed-request', message });
  }
  const good = requests.flatMap(({ request }) => {
    const ids = new Set(goodSigners(request).map(controlKeyId));
    return request.signatures.filter(({ keyid }) => ids.has(keyid));
  });
  const signatures = [...new Map(good.map((signature) => [signature.keyid, signature])).values()];
  const combined = { ...first.request, signatures };
  const { threshold } = combined.set;
  if (signatures.length < threshold) {
    const message = `${signatures.length} of the control keys agreed, and it takes ${threshold}.`;
    throw new Stop(EXIT.input, { code: 'control/threshold-not-met', message });
  }
  writeControlRequest(options.output, combined);
  cli.print.result(
    { file: options.output, ...requestJson(combined) },
    () => `${describeControl(combined)}\n\nwrote ${options.output}: send it with --control`,
  );
}

/** Commander hands over arguments that may be repeated as one array. */
function namesOf(paths: readonly unknown[]): readonly string[] {
  return paths.flat().filter((path): path is string => typeof path === 'string');
}

function requestJson(request: ControlRequest) {
  const { statement } = request;
  const agreed = goodSigners(request).map(controlKeyId);
  return { says: headlineOf(request), statement: { ...statement }, agreed, threshold: request.set.threshold };
}

function keyJson(key: PublicKey) {
  return { algorithm: key.algorithm, id: controlKeyId(key), controlKey: formatControlKey(key) };
}

function keyLines(key: PublicKey): string {
  const { algorithm, id, controlKey } = keyJson(key);
  return fields([
    ['algorithm', algorithm],
    ['id', id],
    ['control key', controlKey],
  ]);
}

function setLines(set: ControlSet): string {
  return [
    `${set.threshold} of ${set.keys.length} control keys`,
    ...set.keys.map((key) => plain(`  ${controlKeyId(key)}  ${formatControlKey(key)}`)),
  ].join('\n');
}
