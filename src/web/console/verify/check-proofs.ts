import { openCheckpoint } from '../../../core/checkpoint/checkpoint.ts';
import { parseVkey } from '../../../core/checkpoint/signed-note.ts';
import { parseCompleteness } from '../../../core/completeness/completeness.ts';
import { completenessHeadline } from '../../../core/completeness/completeness-words.ts';
import { verifyCompleteness } from '../../../core/completeness/verify-completeness.ts';
import { trustedCheckpoint } from '../../../core/custody/prove-checkpoint.ts';
import type { TrustFile } from '../../../core/custody/trust-file.ts';
import { parseBase64 } from '../../../core/encoding/base64.ts';
import { formatHex } from '../../../core/encoding/hex.ts';
import type { Entry } from '../../../core/entry/entry.ts';
import { fail, ok, type Result } from '../../../core/fault.ts';
import { verifyConsistency } from '../../../core/merkle/consistency.ts';
import { parseReceipt, verifyReceipt } from '../../../core/receipt/receipt.ts';
import type { Tone } from '../../view/icon.ts';
import { headlineTone } from '../../view/verdict-words.ts';

/** What a proof shows, in words. Green takes a log key of the reader's. */
export type ProofShown = { readonly tone: Tone; readonly title: string; readonly text: string; readonly code?: string };

/** A receipt, and the entry that it is about, as its own bytes say. */
export type ReceiptChecked = { readonly shown: ProofShown; readonly entry: Entry };

/**
 * Whether a receipt holds, and is one of the entry that was asked for. Faults: those of `parseReceipt` and
 * `verifyReceipt`, of the checkpoint under the reader's trust, and `receipt/wrong-index` for another entry.
 */
export function checkReceipt(bytes: Uint8Array, seq: number, trust: TrustFile | undefined): Result<ReceiptChecked> {
  const receipt = parseReceipt(bytes);
  if (!receipt.ok) return receipt;
  const { value } = receipt;
  if (value.index !== seq) return fail('receipt/wrong-index', 'This is the receipt of another entry.', '/index');
  const claimed = parseVkey(value.logKey);
  const keys = trust?.logKeys.map(({ key }) => key) ?? (claimed.ok ? [claimed.value] : []);
  const verified = verifyReceipt(value, keys);
  if (!verified.ok) return verified;
  const fault = trust && trustedCheckpoint({ ...value, entries: [] }, trust).fault;
  if (fault !== undefined) return { ok: false, fault };
  const { origin, size } = verified.value.checkpoint;
  const where = `It is entry ${seq} of the ${size.toLocaleString('en')} that ${origin} had when the checkpoint was signed.`;
  return ok({
    entry: value.entry,
    shown:
      trust === undefined
        ? {
            tone: 'warn',
            title: 'In the log, whose key you have not pinned',
            text: `${where} Pin its key to confirm whose log it is.`,
          }
        : { tone: 'pass', title: 'In the log', text: where },
  });
}

/** What a completeness proof holds, and whether it does. */
export type CompletenessChecked = {
  readonly shown: ProofShown;
  readonly entries: readonly Entry[];
};

/** Whether these are all entries of a list. Faults: those of `parseCompleteness`, and `custody/wrong-question` for another list. */
export function checkWholeList(
  bytes: Uint8Array,
  key: string,
  trust: TrustFile | undefined,
  now: string,
): Result<CompletenessChecked> {
  const proof = parseCompleteness(bytes);
  if (!proof.ok) return proof;
  if (proof.value.key !== key) return fail('custody/wrong-question', 'This is the proof of another list.', '/key');
  const result = verifyCompleteness(proof.value, trust, now);
  const { tone, title, text } = completenessHeadline(result);
  const code = result.checks.find(({ outcome }) => outcome === 'fail')?.reason;
  return ok({
    shown: {
      tone: headlineTone(tone),
      title,
      text,
      ...(code === undefined ? {} : { code }),
    },
    entries: proof.value.entries.map(({ entry }) => entry),
  });
}

/** Two checkpoints of a log, and the path between them, hashes in base64. */
export type ConsistencyQuestion = {
  readonly earlier: string;
  readonly later: string;
  readonly path: readonly string[];
  /** Keys that the service names, where the reader has pinned none. */
  readonly claimed: readonly string[];
};

/** Whether the later checkpoint continues the earlier one: nothing that was in the log then has changed since. */
export function checkContinues(asked: ConsistencyQuestion, trust: TrustFile | undefined): Result<ProofShown> {
  const claimed = asked.claimed.map(parseVkey).flatMap((key) => (key.ok ? [key.value] : []));
  const keys = trust?.logKeys.map(({ key }) => key) ?? claimed;
  const [earlier, later] = [openCheckpoint(asked.earlier, keys), openCheckpoint(asked.later, keys)];
  if (!earlier.ok) return earlier;
  if (!later.ok) return later;
  const hashes: Uint8Array[] = [];
  for (const text of asked.path) {
    const hash = parseBase64(text);
    if (!hash.ok) return hash;
    hashes.push(hash.value);
  }
  const [from, to] = [earlier.value.checkpoint, later.value.checkpoint];
  if (from.origin !== to.origin) return fail('receipt/wrong-origin', 'The two checkpoints are of different logs.');
  const verified = verifyConsistency({
    first: from.size,
    second: to.size,
    firstRoot: from.root,
    secondRoot: to.root,
    path: hashes,
  });
  if (!verified.ok) return verified;
  return ok({
    tone: trust === undefined ? 'warn' : 'pass',
    title: 'Continues it',
    text: `Whatever was in the log at ${from.size} entries (${formatHex(from.root).slice(0, 12)}…) is there unchanged at ${to.size}.`,
  });
}
