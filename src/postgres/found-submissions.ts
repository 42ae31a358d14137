import { sql, type Transaction } from 'kysely';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import { type Entry, parseEntry } from '../core/entry/entry.ts';
import type { Appended, Submission } from '../service/ports.ts';
import { parseSeq } from './pool.ts';
import { readPayloadSalts } from './read-ledger.ts';
import type { Tables } from './tables.ts';

/**
 * What the submissions became that were there before, by the hex of their identity. The projection only says where to
 * look: an entry that the submission cannot have become is never given out as its receipt
 * (`database/projection-differs`), since a lost attestation would be told "ok".
 */
export async function readFound(
  transaction: Transaction<Tables>,
  submissions: readonly Submission[],
  size: number,
): Promise<ReadonlyMap<string, Appended>> {
  const identities = submissions.map((submission) => Buffer.from(submission.identity));
  const { rows } = await sql<{ identity: Uint8Array; seq: string; leaf: Uint8Array | null }>`
    SELECT submission.identity, submission.seq, entry.leaf FROM submission LEFT JOIN entry USING (seq)
    WHERE identity = ANY (${identities}::bytea[])`.execute(transaction);
  if (rows.length === 0) return new Map();
  const entries = new Map<string, { readonly seq: number; readonly entry: Entry | undefined }>();
  for (const row of rows) {
    const read = row.leaf === null ? undefined : parseEntry(row.leaf);
    const seq = parseSeq(row.seq);
    const entry = read?.ok === true && read.value.seq === seq && seq < size ? read.value : undefined;
    entries.set(formatHex(row.identity), { seq, entry });
  }
  const commitments = [...entries.values()].flatMap(({ entry }) => entry?.payload?.commitment ?? []);
  const salts = await readPayloadSalts(transaction, commitments);
  const found = new Map<string, Appended>();
  for (const submission of submissions) {
    const identity = formatHex(submission.identity);
    const place = entries.get(identity);
    if (place === undefined || found.has(identity)) continue;
    const { seq, entry } = place;
    const salt = salts.get(entry?.payload?.commitment ?? '');
    found.set(
      identity,
      entry !== undefined && became(submission, entry, salt) ? { outcome: 'found', seq } : differs(seq),
    );
  }
  return found;
}

function differs(seq: number): Appended {
  const message = `A submission is said to be entry ${seq}, and that is another one's.`;
  return { outcome: 'refused', fault: { code: 'database/projection-differs', message } };
}

/** Whether the entry is one that the submission can have become. `salt` is absent where the payload is. */
function became({ proposal, payload, repeats }: Submission, entry: Entry, salt: Uint8Array | undefined): boolean {
  if (proposal.kind !== entry.kind) return false;
  if (proposal.repository !== entry.repository || proposal.stage !== entry.stage) return false;
  const body = () => formatCanonicalJson(proposal.body) === formatCanonicalJson(entry.body);
  if ((repeats ?? ['body']).includes('body') && !body()) return false;
  // An erased payload leaves nothing to compare.
  if (!repeats?.includes('payload') || payload === undefined || salt === undefined) return true;
  return payloadCommitment(salt, payload.bytes) === entry.payload?.commitment;
}
