import type { NoteKey } from '../core/checkpoint/signed-note.ts';
import type { Completeness } from '../core/completeness/completeness.ts';
import {
  checkAgainstReceipt,
  type LogView,
  viewOfCompleteness,
  viewOfEvidence,
  viewOfReceipt,
} from '../core/custody/contradiction.ts';
import type { Evidence } from '../core/custody/evidence.ts';
import { isJsonObject, type Json, parseJson } from '../core/encoding/json.ts';
import type { Fault, Result } from '../core/fault.ts';
import { type Receipt, readReceipt, verifyReceipt } from '../core/receipt/receipt.ts';
import { EVIDENCE_FILE_BYTES_MAX } from './evidence-file.ts';
import { EXIT } from './exit-codes.ts';
import { fields, plain } from './layout-text.ts';
import { kindOfPath, readLocalFile } from './local-file.ts';
import { Stop, stop, stopOf } from './stop.ts';

/** An answer with the longest entry and bundle is far below it; anything longer is evidence or a report. */
const RECEIPT_FILE_BYTES_MAX = 4 * 1024 * 1024;
const TYPE = /^waybill\/receipt\//;

/**
 * The receipt in a file, also in an answer of the service that holds one; undefined where the file is something else.
 * Its form is checked and nothing more. Stops with exit code 12 on what says to be a receipt and is none.
 */
export function readReceiptFile(path: string): Receipt | undefined {
  if (kindOfPath(path) !== 'file') return undefined;
  const bytes = readLocalFile(path, EVIDENCE_FILE_BYTES_MAX);
  const json = bytes.length > RECEIPT_FILE_BYTES_MAX ? undefined : parseJson(bytes);
  if (json?.ok !== true) return undefined;
  const value = [json.value, memberOf(json.value, 'receipt')].find((each) => TYPE.test(String(memberOf(each, 'type'))));
  if (value === undefined) return undefined;
  const receipt = readReceipt(value);
  if (!receipt.ok) throw stopOf(EXIT.integrity, receipt.fault, `${path} is no receipt that can be checked`);
  return receipt.value;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return value !== undefined && isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What a receipt proves, as JSON and as lines for people. */
export type JudgedReceipt = { readonly value: Json; readonly lines: string };

/**
 * Whether a key that the reader brings vouches for the receipt. Without one, or where it does not hold, stops with exit
 * code 12: a receipt says nothing about whose log it is.
 */
export function judgeReceipt(receipt: Receipt, trusted: readonly NoteKey[]): JudgedReceipt {
  if (trusted.length === 0) {
    throw new Stop(EXIT.integrity, {
      code: 'origin/not-confirmed',
      message: 'A receipt counts under a log key that you bring; without one anybody could have made it.',
      hint: 'Give the log key that you know with --log-key.',
    });
  }
  const verified = verifyReceipt(receipt, trusted);
  if (!verified.ok) throw stopOf(EXIT.integrity, verified.fault, 'The receipt does not hold');
  const { entry, checkpoint } = verified.value;
  const { seq, time, kind, repository, stage, principal } = entry;
  const lines = fields([
    ['entry', `${seq}, ${kind}`],
    ['recorded', `${time} by ${plain(principal)}`],
    ['repository', repository],
    ['stage', stage],
    ['log', `${checkpoint.origin}, ${checkpoint.size} entries`],
    ['confirmed', 'yes, by the log key that you gave'],
  ]);
  const value = { receipt: 'holds', entry, checkpoint: { origin: checkpoint.origin, size: checkpoint.size } };
  return { value: JSON.parse(JSON.stringify(value)), lines: `The entry is in the log\n\n${lines}` };
}

/** What a receipt of the reader's proves against a file: which receipt, and the fault. */
export type Contradiction = { readonly receipt: string } & Pick<Fault, 'code' | 'message'>;

/**
 * Holds receipts that the reader kept against what a file shows of the log. Each receipt must hold under the reader's
 * keys and be of the same log (exit code 12); what it contradicts comes back. Evidence whose checkpoint does not open contradicts nothing here:
 * that it does not hold is told by its checks.
 */
export function contradictions(
  shown: Evidence | Receipt | Completeness,
  paths: readonly string[],
  keys: readonly NoteKey[],
): readonly Contradiction[] {
  const read = viewOf(shown, keys);
  return paths.flatMap((path) => {
    const receipt = readReceiptFile(path);
    if (receipt === undefined) throw stop(EXIT.input, 'cli/unusable-file', `${path} holds no receipt.`);
    const own = viewOfReceipt(receipt, keys);
    if (!own.ok) throw stopOf(EXIT.integrity, own.fault, `${path} does not hold`);
    if (!read.ok) return [];
    const held = checkAgainstReceipt(read.value, own.value);
    if (!held.ok && held.fault.code === 'receipt/wrong-origin')
      throw stopOf(EXIT.integrity, held.fault, `${path} cannot be compared`);
    return held.ok ? [] : [{ receipt: path, code: held.fault.code, message: held.fault.message }];
  });
}

function viewOf(shown: Evidence | Receipt | Completeness, keys: readonly NoteKey[]): Result<LogView> {
  if ('commit' in shown) return viewOfCompleteness(shown, keys);
  if (!('index' in shown)) return viewOfEvidence(shown, keys);
  const read = viewOfReceipt(shown, keys);
  return read.ok ? { ok: true, value: read.value.view } : read;
}
