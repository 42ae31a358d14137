import { equalBytes } from '../core/encoding/bytes.ts';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import type { Json } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import type { Entry } from '../core/entry/entry.ts';
import { readReceipt, receiptTlogProof, verifyReceipt } from '../core/receipt/receipt.ts';
import { EXIT } from './exit-codes.ts';
import { writeLocalFile } from './local-file.ts';
import type { KeySource, LogWatch } from './log-watch.ts';
import { stop, stopOf } from './stop.ts';

/** What the entry of a receipt must say for it to be the receipt of this submission. */
export type Expected = {
  readonly kind: string;
  readonly repository?: string;
  readonly stage?: string;
  /** `sha256:…` or `gitCommit:…` that the entry's body names. */
  readonly subject?: string;
  /** The exact payload, where the caller knows it: the salt must open the entry's commitment to it. */
  readonly payload?: Uint8Array;
};

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
 * and the log one that continues what this machine saw before. Writes it where the user wants to keep it.
 */
export async function takeReceipt(
  watch: LogWatch,
  json: Json,
  expected: Expected,
  keep: { readonly receipt?: string; readonly tlogProof?: string } = {},
): Promise<TakenReceipt> {
  const receipt = readReceipt(json);
  if (!receipt.ok) throw stopOf(EXIT.integrity, receipt.fault, 'The receipt does not hold');
  const trusted = watch.keysFor(receipt.value.logKey);
  const verified = verifyReceipt(receipt.value, trusted.keys);
  if (!verified.ok) throw stopOf(EXIT.integrity, verified.fault, 'The receipt does not hold');
  const { entry } = verified.value;
  demandSubmission(entry, receipt.value.salt, expected);
  const checkpoint = await watch.accept(receipt.value.checkpoint, trusted, { fresh: false });
  if (keep.receipt !== undefined) writeLocalFile(keep.receipt, formatCanonicalJson(json));
  if (keep.tlogProof !== undefined) writeLocalFile(keep.tlogProof, receiptTlogProof(receipt.value));
  return {
    seq: entry.seq,
    time: entry.time,
    origin: checkpoint.origin,
    logSize: checkpoint.size,
    logKey: receipt.value.logKey,
    keySource: trusted.source,
  };
}

function demandSubmission(entry: Entry, salt: Uint8Array | undefined, expected: Expected): void {
  const differs = (what: string) =>
    stop(EXIT.integrity, 'receipt/other-submission', `The receipt is for something else: its ${what} differs.`);
  if (entry.kind !== expected.kind) throw differs('kind');
  if (expected.repository !== undefined && entry.repository !== expected.repository) throw differs('repository');
  if (expected.stage !== undefined && entry.stage !== expected.stage) throw differs('stage');
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
