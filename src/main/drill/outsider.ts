import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trustFileJson, trustLogKey } from '../../core/custody/trust-file.ts';
import { parseBase64 } from '../../core/encoding/base64.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/encoding/json.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { invariant } from '../../core/fault.ts';
import { type CommandRun, runCommand } from '../scratch/command-line.ts';
import type { CarriedFile } from './drill.ts';
import type { Scene } from './scene.ts';

/** What an outsider's command line made of something: its exit code, the verdict if there is one, and the code it names first. */
export type Told = { readonly exit: number; readonly verdict?: string; readonly code?: string };

/** Names of a carried file and of what its reader brings along. */
export const FILE_NAMES = {
  evidence: 'evidence.json',
  report: 'custody.html',
  receipt: 'receipt.json',
  completeness: 'completeness.json',
  kept: 'kept.receipt.json',
  trust: 'trust.json',
} as const;

/** Runs `waybill verify` on a file, as somebody who knows the log key and has never spoken to the service. */
export async function verifyFile(scene: Scene, carried: CarriedFile): Promise<Told> {
  const folder = newFolder(scene);
  const file = join(folder, FILE_NAMES[carried.kind]);
  writeFileSync(file, carried.bytes);
  const { subject = scene.image.digest, environment, receipt, age, pin, control } = carried;
  const place = carried.kind === 'completeness' ? [] : ['--repository', scene.image.repository];
  const about = carried.kind === 'receipt' ? [] : ['--image', subject, ...place];
  const where = environment === undefined ? [] : ['--environment', environment];
  const args = ['verify', file, ...about, ...where];
  if (receipt !== undefined) {
    writeFileSync(join(folder, FILE_NAMES.kept), receipt);
    args.push('--receipt', join(folder, FILE_NAMES.kept));
  }
  if (age === undefined && pin === undefined && control === undefined) args.push('--log-key', scene.logVkey);
  else {
    writeFileSync(join(folder, FILE_NAMES.trust), trustFile(scene, carried));
    args.push('--trust', join(folder, FILE_NAMES.trust), ...(age === undefined ? [] : ['--at', age.at]));
  }
  return told(await runCommand(scene.world, {}, join(folder, 'home'), [...args, '--json']));
}

/** The trust file of a reader who knows the log key, and perhaps a state of the log or the greatest age that they allow. */
export function trustFile(
  scene: Pick<Scene, 'logVkey'>,
  { age, pin, control }: Pick<CarriedFile, 'age' | 'pin' | 'control'> = {},
): Uint8Array {
  const trust = trustLogKey(scene.logVkey);
  invariant(trust.ok, 'the log key of a service of ours reads');
  const file = {
    ...trust.value,
    ...(age === undefined ? {} : { checkpointAgeMaxSeconds: age.maxSeconds }),
    ...(control === undefined ? {} : { control }),
    pins: pin === undefined ? [] : [{ size: pin.size, root: rootOf(pin) }],
  };
  return encodeUtf8(`${JSON.stringify(trustFileJson(file))}\n`);
}

function rootOf({ root }: NonNullable<CarriedFile['pin']>): Uint8Array {
  const bytes = parseBase64(root);
  invariant(bytes.ok, 'a root in a checkpoint is base64');
  return bytes.value;
}

/** Somebody's machine, which remembers between commands what logs it has met. */
export type Machine = {
  /** Verifies the image of the scene with the service at `url`; `answer` stands between them, where given. */
  readonly verify: (url: string, answer?: typeof fetch) => Promise<Told>;
  /** Judges every recorded verdict of the log again. */
  readonly replay: (url: string) => Promise<Told>;
};

export function openMachine(scene: Scene, token: string): Machine {
  const home = newFolder(scene);
  const { digest, repository } = scene.image;
  return {
    verify: async (url, answer) => {
      const world = answer === undefined ? scene.world : { ...scene.world, fetch: answer };
      const environment = { WAYBILL_URL: url, WAYBILL_TOKEN: token, WAYBILL_LOG_KEY: scene.logVkey };
      return told(await runCommand(world, environment, home, ['verify', digest, '-r', repository, '--json']));
    },
    replay: async (url) => {
      const environment = { WAYBILL_URL: url, WAYBILL_TOKEN: token, WAYBILL_LOG_KEY: scene.logVkey };
      return told(await runCommand(scene.world, environment, home, ['replay', '--json']));
    },
  };
}

function newFolder(scene: Scene): string {
  const outside = join(scene.folder, 'outside');
  mkdirSync(outside, { recursive: true });
  return mkdtempSync(join(outside, 'machine-'));
}

/** The complaint of a command comes first, then receipts that contradict, then what speaks against the page, then checks. */
function told({ exit, output }: CommandRun): Told {
  // A command that shows a result and then stops prints both, a line each.
  const documents = output.split('\n').flatMap((line) => {
    const json = parseJson(encodeUtf8(line));
    return json.ok && isJsonObject(json.value) ? [json.value] : [];
  });
  const codes = [
    ...documents.map(({ error }) => codeOf(error)),
    ...documents.flatMap(({ contradictions }) => list(contradictions).map(codeOf)),
    ...documents.flatMap(({ warnings }) => list(warnings).map(codeOf)),
    ...documents.flatMap(({ checks }) => list(checks).filter(isFailed).map(reasonOf)),
    // Verdicts that were replayed, and do not simply agree.
    ...documents.flatMap((each) => list(each.named).map(({ outcome }) => String(outcome))),
  ];
  const named = codes.filter((each) => each !== undefined);
  // Where nothing is included, entry 0 is not either: that follows from what is named after it.
  // What a waiver would have exempted fails for want of it.
  const waiver = named.find((each) => each.startsWith('waiver/'));
  const code = waiver ?? named.find((each) => each !== 'entry/not-first') ?? named[0];
  const verdict = documents.map((each) => each.verdict).find((each) => typeof each === 'string');
  return {
    exit,
    ...(verdict === undefined ? {} : { verdict: String(verdict) }),
    ...(code === undefined ? {} : { code }),
  };
}

function list(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function isFailed({ outcome }: JsonObject): boolean {
  return outcome === 'fail';
}

function codeOf(value: Json | undefined): string | undefined {
  return value !== undefined && isJsonObject(value) && typeof value.code === 'string' ? value.code : undefined;
}

function reasonOf({ reason, code }: JsonObject): string {
  return String(reason ?? code);
}
