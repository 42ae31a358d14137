import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import { parseCheckpoint } from '../../core/checkpoint/checkpoint.ts';
import { splitNote } from '../../core/checkpoint/note-lines.ts';
import { readEnvelope } from '../../core/dsse/envelope.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/encoding/json.ts';
import { TIME } from '../../core/entry/names.ts';
import { readRotation } from '../../core/trust/rotation-document.ts';
import { readPipelineKey } from '../../keys/pipeline-key.ts';
import { signRotation } from '../../keys/sign-rotation.ts';
import { type Cli, type Perform, receiptFields, remarkFirstUse, withReceipt } from '../cli.ts';
import { collect, readPassphrase, type ServiceOptions, withControlOption, withServiceOptions } from '../connect.ts';
import { readAgreedChange } from '../control-file.ts';
import { parseDuration } from '../duration.ts';
import { EXIT } from '../exit-codes.ts';
import { plain } from '../layout-text.ts';
import { readLocalFile, writeLocalFile } from '../local-file.ts';
import { stop, stopOf } from '../stop.ts';
import { takeReceipt } from '../take-receipt.ts';
import { details } from './signer-details.ts';

type RotateOptions = ServiceOptions & {
  readonly overlap: number;
  readonly until?: string;
  readonly repository?: readonly string[];
  readonly stage?: readonly string[];
  readonly title?: string;
  readonly passphraseFile?: string;
  readonly output?: string;
  readonly signed?: string;
  readonly control?: string;
};

const ROTATION_BYTES_MAX = 256 * 1024;

/** `signer rotate`: one key takes the place of another, and both say so. */
export function addRotate(signer: Command, perform: Perform): void {
  withServiceOptions(
    withControlOption(
      signer
        .command('rotate')
        .summary('let another key take the place of one')
        .description(
          'Lets a new key take the place of an old one. Both sign it, so that contracts which name the old key count the ' +
            'new one, too. Until the end of the overlap both count, then the new one alone. Where the old key is lost, ' +
            'register the new one and revoke the old.',
        )
        .argument('[old]', 'private key file of the signer that is followed')
        .argument('[new]', 'private key file of its successor')
        .option('--overlap <duration>', 'how long both count: seconds, or 30m, 12h, 7d', parseDuration, 7 * 86_400)
        .option('--until <time>', 'until when both count, RFC 3339 UTC, in place of --overlap')
        .option('-r, --repository <glob>', 'narrower than the old key; repeatable (default: as that)', collect)
        .option('-s, --stage <name>', 'narrower than the old key; repeatable (default: as that)', collect)
        .option('--title <text>', 'title for people (default: that of the old key)')
        .option('--passphrase-file <file>', 'passphrase of the private keys (default: $WAYBILL_KEY_PASSPHRASE_FILE)')
        .option('-o, --output <file>', 'sign only: write what an administrator then sends with --signed')
        .option('--signed <file>', 'send what was signed elsewhere with --output'),
    ),
  )
    .addHelpText(
      'after',
      `
Examples:
  waybill signer rotate ci.key ci-2027.key --overlap 7d
  waybill signer rotate ci.key ci-2027.key -o rotation.json     # where the keys are
  waybill signer rotate --signed rotation.json                  # by an administrator
`,
    )
    .action(perform(rotate));
}

async function rotate(cli: Cli, options: RotateOptions, old?: string, successor?: string): Promise<undefined> {
  const { client, watch } = cli.connect(options);
  const agreed = options.control === undefined ? undefined : readAgreedChange(options.control, 'signer.rotated');
  const text =
    agreed !== undefined
      ? Buffer.from(agreed.document).toString('utf8')
      : options.signed === undefined
        ? await sign(cli, client, options, old, successor)
        : readSigned(options.signed);
  if (options.output !== undefined) {
    writeLocalFile(options.output, `${text}\n`);
    cli.print.result({ file: options.output }, () => `signed, not sent: ${options.output}`);
    return;
  }
  const { signer, document } = parseSigned(text);
  const change = agreed === undefined ? document : { ...document, control: agreed.control };
  const { value, json } = await client.rotateSigner(signer, change);
  const taken = await takeReceipt(watch, value.recorded.receipt, { kind: 'signer.rotated' });
  remarkFirstUse(cli, taken);
  cli.print.result(
    withReceipt(json, taken),
    () =>
      `${plain(value.view.signer)} follows ${signer}\n${details(value.view, receiptFields(taken, value.recorded.duplicate))}`,
  );
}

/** Signs with both keys, in the scope of the old one as the service knows it unless a narrower one is asked for. */
async function sign(
  cli: Cli,
  client: Client,
  options: RotateOptions,
  oldPath: string | undefined,
  successorPath: string | undefined,
): Promise<string> {
  if (oldPath === undefined || successorPath === undefined)
    throw stop(EXIT.usage, 'cli/bad-argument', 'Two private key files are needed: of the old key and of the new one.');
  const passphrase = readPassphrase(cli.world, options.passphraseFile);
  const old = readPipelineKey(oldPath, passphrase);
  const successor = readPipelineKey(successorPath, passphrase);
  const { value } = await client.signer(old.signer);
  const { ageSecondsWarn, ageSecondsMax } = value;
  const title = options.title ?? value.title;
  return signRotation(old, successor, {
    log: await readOrigin(client),
    repositories: options.repository ?? value.repositories,
    stages: options.stage ?? value.stages,
    ...(title === undefined ? {} : { title }),
    ...(ageSecondsWarn === undefined ? {} : { ageSecondsWarn }),
    ...(ageSecondsMax === undefined ? {} : { ageSecondsMax }),
    until: untilOf(cli, options),
  });
}

/** What the service says that its log is called. A rotation for another log counts in none. */
async function readOrigin(client: Client): Promise<string> {
  const note = splitNote(await client.checkpoint());
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  if (checkpoint.ok) return checkpoint.value.origin;
  throw stopOf(EXIT.integrity, checkpoint.fault, 'The service shows no checkpoint');
}

function untilOf(cli: Cli, { overlap, until }: RotateOptions): string {
  if (until === undefined) return new Date(cli.world.now().getTime() + overlap * 1000).toISOString();
  if (TIME.test(until)) return until;
  const hint = 'It looks like 2026-01-02T03:04:05.678Z.';
  throw stop(EXIT.usage, 'cli/bad-argument', `"${until}" is no time in UTC with milliseconds.`, hint);
}

function readSigned(path: string): string {
  return Buffer.from(readLocalFile(path, ROTATION_BYTES_MAX)).toString('utf8');
}

function parseSigned(text: string): { readonly signer: string; readonly document: JsonObject } {
  const document = parseJson(Buffer.from(text.trimEnd()));
  const envelope = document.ok ? readEnvelope(document.value) : document;
  const rotation = envelope.ok ? readRotation(envelope.value) : envelope;
  if (document.ok && isJsonObject(document.value) && rotation.ok)
    return { signer: rotation.value.signer, document: document.value };
  const fault = rotation.ok ? undefined : rotation.fault;
  throw stopOf(EXIT.input, fault ?? { code: 'signer/malformed-rotation', message: '' }, 'The file holds no rotation');
}
