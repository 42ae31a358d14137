import { formatVkey } from '../core/checkpoint/signed-note.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import type { Json } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import type { Entry } from '../core/entry/entry.ts';
import type { Fault } from '../core/fault.ts';
import { type Receipt, readReceipt, receiptTlogProof, verifyReceipt } from '../core/receipt/receipt.ts';
import { EXIT } from './exit-codes.ts';
import { writeLocalFile } from './local-file.ts';
import type { KeySource, LogKeys, LogWatch } from './log-watch.ts';
import { Stop, stop, stopOf, toStop } from './stop.ts';

/** What the entry of a receipt must say for it to be the receipt of this submission. */
export type Expected = {
  readonly kind: string;
  readonly repository?: string;
  readonly stage?: string;
  readonly run?: string;
  /** Members of the entry's body that are texts. */
  readonly says?: Readonly<Record<string, string>>;
  /** `sha256:…` or `gitCommit:…` that the entry's body names. */
  readonly subject?: string;
  /** The exact payload, where the caller knows it: the salt must open the entry's commitment to it. */
  readonly payload?: Uint8Array;
};

type Keep = { readonly receipt?: string; readonly tlogProof?: string };

/** What a receipt showed. */
export type TakenReceipt = {
  readonly seq: number;
  readonly time: string;
  readonly origin: string;
  readonly logSize: number;
  readonly logKey: string;
  readonly keySource: KeySource;
};

/**
 * Verifies a receipt before anybody relies on it: signed by the log, the entry included, the entry that of the submission,
 * and the log one that continues what this machine saw before. Writes it where the user wants to keep it. Whatever it
 * stops with, the service has acknowledged the write by then, and the complaint says so.
 */
export async function takeReceipt(
  watch: LogWatch,
  json: Json,
  expected: Expected,
  keep: Keep = {},
): Promise<TakenReceipt> {
  const receipt = readReceipt(json);
  try {
    if (!receipt.ok) throw stopOf(EXIT.integrity, receipt.fault, 'The receipt does not hold');
    return await examine(watch, receipt.value, json, expected, keep);
  } catch (error) {
    const { exit, complaint } = toStop(error);
    if (exit === EXIT.unexpected) throw error;
    const where = receipt.ok ? `, as entry ${receipt.value.index}` : '';
    const message = `${complaint.message} The service has recorded what was sent${where}.`;
    throw new Stop(exit, { ...complaint, message });
  }
}

async function examine(
  watch: LogWatch,
  receipt: Receipt,
  json: Json,
  expected: Expected,
  keep: Keep,
): Promise<TakenReceipt> {
  const trusted = await watch.keysFor(receipt.logKey);
  const verified = verifyReceipt(receipt, trusted.keys);
  if (!verified.ok) throw refusal(receipt, trusted, verified.fault);
  const { entry } = verified.value;
  demandSubmission(entry, receipt.salt, expected);
  const checkpoint = await watch.accept(receipt.checkpoint, trusted, { fresh: false });
  if (keep.receipt !== undefined) writeLocalFile(keep.receipt, formatCanonicalJson(json));
  if (keep.tlogProof !== undefined) writeLocalFile(keep.tlogProof, receiptTlogProof(receipt));
  return {
    seq: entry.seq,
    time: entry.time,
    origin: checkpoint.origin,
    logSize: checkpoint.size,
    logKey: receipt.logKey,
    keySource: trusted.source,
  };
}

/** A receipt under a key that is none of those that the user gave is that of another log, or under another key. */
function refusal(receipt: Receipt, { source, keys }: LogKeys, fault: Fault): Stop {
  const isGiven = keys.some((key) => formatVkey(key.name, key.type, key.publicKey) === receipt.logKey);
  if (source !== 'given' || isGiven || fault.code !== 'note/no-known-signature')
    return stopOf(EXIT.integrity, fault, 'The receipt does not hold');
  const message = `The service shows the log key ${receipt.logKey}, and you gave another one.`;
  return stop(EXIT.history, 'log-key/changed', message);
}

function demandSubmission(entry: Entry, salt: Uint8Array | undefined, expected: Expected): void {
  const differs = (what: string) =>
    stop(EXIT.integrity, 'receipt/other-submission', `The receipt is for something else: its ${what} differs.`);
  if (entry.kind !== expected.kind) throw differs('kind');
  if (expected.repository !== undefined && entry.repository !== expected.repository) throw differs('repository');
  if (expected.stage !== undefined && entry.stage !== expected.stage) throw differs('stage');
  if (expected.run !== undefined && entry.run !== expected.run) throw differs('run');
  for (const [member, text] of Object.entries(expected.says ?? {}))
    if ((entry.body as Readonly<Record<string, Json>>)[member] !== text) throw differs(member);
  if (expected.subject !== undefined && !names(entry.body, expected.subject)) throw differs('subject');
  if (expected.payload === undefined) return;
  const commitment = salt === undefined ? '' : payloadCommitment(salt, expected.payload);
  if (!equalBytes(encodeUtf8(commitment), encodeUtf8(entry.payload?.commitment ?? '-'))) throw differs('payload');
}

/** Bodies of entries name a digest, or a list of subjects; their form was checked when the entry was parsed. */
function names(body: Json, subject: string): boolean {
  const { digest, subjects } = body as { readonly digest?: Json; readonly subjects?: Json };
  return digest === subject || (Array.isArray(subjects) && subjects.includes(subject));
}
