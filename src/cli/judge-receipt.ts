import type { NoteKey } from '../core/checkpoint/signed-note.ts';
import type { TrustFile } from '../core/custody/trust-file.ts';
import { isJsonObject, type Json, parseJson } from '../core/encoding/json.ts';
import { type Receipt, readReceipt, verifyReceipt } from '../core/receipt/receipt.ts';
import { EVIDENCE_FILE_BYTES_MAX } from './evidence-file.ts';
import { EXIT } from './exit-codes.ts';
import { fields, plain } from './layout-text.ts';
import { kindOfPath, readLocalFile } from './local-file.ts';
import { Stop, stopOf } from './stop.ts';

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
export function judgeReceipt(receipt: Receipt, keys: readonly NoteKey[], trust: TrustFile | undefined): JudgedReceipt {
  const trusted = trust === undefined ? keys : trust.logKeys.map(({ key }) => key);
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
