import type { NoteKey } from '../core/checkpoint/signed-note.ts';
import { checkAgainstReceipt, viewOfReceipt } from '../core/custody/contradiction.ts';
import { formatHex } from '../core/encoding/hex.ts';
import type { Json } from '../core/encoding/json.ts';
import { type PeriodEntry, type PeriodProof, parsePeriod } from '../core/period/period.ts';
import { type VerifiedPeriod, verifyPeriod } from '../core/period/verify-period.ts';
import { EVIDENCE_FILE_BYTES_MAX, trimmed } from './evidence-file.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { readReceiptFile } from './judge-receipt.ts';
import { fields, plain } from './layout-text.ts';
import { kindOfPath, readLocalFile } from './local-file.ts';
import { Stop, stop, stopOf } from './stop.ts';

/** How a proof ends, in whatever version: its type is the last of its members by name. */
const ENDING = /"type"\s*:\s*"waybill\/period\/[^"]*"\s*\}\s*$/;

/**
 * The proof of a period in a file; undefined where the file is something else. Its form is checked and nothing more. Stops
 * with exit code 12 on what says to be a proof and is none.
 */
export function readPeriodFile(path: string): PeriodProof | undefined {
  if (kindOfPath(path) !== 'file') return undefined;
  const bytes = readLocalFile(path, EVIDENCE_FILE_BYTES_MAX);
  if (!ENDING.test(Buffer.from(bytes.subarray(-256)).toString('latin1'))) return undefined;
  return readPeriod(bytes, path);
}

/** The proof in bytes, which `origin` says in words where they came from. Stops with exit code 12. */
export function readPeriod(bytes: Uint8Array, origin: string): PeriodProof {
  const proof = parsePeriod(trimmed(bytes));
  if (proof.ok) return proof.value;
  throw stopOf(EXIT.integrity, proof.fault, `${origin} is no proof that can be checked`);
}

/** What a proof shows, as JSON and as lines for people, and the exit code that goes with it. */
export type JudgedPeriod = {
  readonly verified: VerifiedPeriod;
  readonly exit: ExitCode;
  readonly value: Json;
  readonly lines: string;
};

/**
 * Whether a key that the reader brings vouches for the proof, and what it shows then. Without a key, or where the proof does
 * not hold, stops with exit code 12; where a receipt that the reader kept contradicts it, with 13. The exit code is 11
 * where the period had not ended, so that no script takes half of it for the whole.
 */
export function judgePeriod(
  proof: PeriodProof,
  keys: readonly NoteKey[],
  receipts: readonly string[],
  isGiven = true,
): JudgedPeriod {
  if (keys.length === 0) {
    throw new Stop(EXIT.integrity, {
      code: 'origin/not-confirmed',
      message: 'A proof counts under a log key that you bring; without one anybody could have made it.',
      hint: 'Give the log key that you know with --log-key.',
    });
  }
  const verified = verifyPeriod(proof, keys);
  if (!verified.ok) throw stopOf(EXIT.integrity, verified.fault, 'The proof does not hold');
  demandAgreement(verified.value, keys, receipts);
  const { value, lines } = tellPeriod(verified.value, isGiven);
  return { verified: verified.value, exit: verified.value.ended ? EXIT.ok : EXIT.unjudged, value, lines };
}

/** Neighbours count as well: they are proved like the entries of the period. */
function demandAgreement(
  { before, entries, after, checkpoint }: VerifiedPeriod,
  keys: readonly NoteKey[],
  receipts: readonly string[],
): void {
  const shown = [before, ...entries, after].flatMap((each) => each ?? []);
  const hashes = new Map(shown.map(({ entry, hash }) => [entry.seq, formatHex(hash)]));
  for (const path of receipts) {
    const receipt = readReceiptFile(path);
    if (receipt === undefined) throw stop(EXIT.input, 'cli/unusable-file', `${path} holds no receipt.`);
    const own = viewOfReceipt(receipt, keys);
    if (!own.ok) throw stopOf(EXIT.integrity, own.fault, `${path} does not hold`);
    const held = checkAgainstReceipt({ checkpoint, hashes, lists: new Map() }, own.value);
    if (held.ok) continue;
    const exit = held.fault.code === 'receipt/wrong-origin' ? EXIT.integrity : EXIT.history;
    throw stopOf(exit, held.fault, `${path} and the proof cannot both be true`);
  }
}

function tellPeriod(verified: VerifiedPeriod, isGiven: boolean): { readonly value: Json; readonly lines: string } {
  const { period, entries, before, after, checkpoint, earlier, ended } = verified;
  const [first, last] = [entries[0]?.entry, entries.at(-1)?.entry];
  const kinds = [...Map.groupBy(entries, ({ entry }) => entry.kind)].map(
    ([kind, { length }]) => [kind, length] as const,
  );
  const value = {
    period: 'holds',
    ended,
    confirmed: isGiven,
    by: period.by,
    from: period.from,
    to: period.to,
    entries: entries.length,
    ...(first === undefined || last === undefined ? {} : { firstSeq: first.seq, lastSeq: last.seq }),
    ...(before === undefined ? {} : { before: placeOf(before) }),
    ...(after === undefined ? {} : { after: placeOf(after) }),
    kinds: Object.fromEntries(kinds.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    checkpoint: { origin: checkpoint.origin, size: checkpoint.size },
    ...(earlier === undefined ? {} : { earlier: { size: earlier.size } }),
  };
  const lines = fields([
    ['period', `from ${period.from} up to ${period.to}${period.by === 'seq' ? ' (seq)' : ''}`],
    ['entries', first === undefined || last === undefined ? 'none' : `${entries.length}: ${first.seq} to ${last.seq}`],
    ...kinds.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => ['', `${count} ${plain(kind)}`] as const),
    [
      'before it',
      before === undefined ? 'nothing: the log begins' : `entry ${before.entry.seq} of ${before.entry.time}`,
    ],
    ['after it', after === undefined ? 'nothing yet' : `entry ${after.entry.seq} of ${after.entry.time}`],
    ['log', `${checkpoint.origin}, ${checkpoint.size} entries`],
    ['continues', earlier === undefined ? undefined : `the checkpoint of ${earlier.size} entries`],
    ['confirmed', isGiven ? 'yes, by the log key that you gave' : 'by the log key that this machine knows'],
  ]);
  const title = ended
    ? 'These are all entries of the period'
    : 'The period had not ended: these are all entries that it had at the checkpoint, and more may have come';
  return { value: JSON.parse(JSON.stringify(value)) as Json, lines: `${title}\n\n${lines}` };
}

function placeOf({ entry }: PeriodEntry): { readonly seq: number; readonly time: string } {
  return { seq: entry.seq, time: entry.time };
}
