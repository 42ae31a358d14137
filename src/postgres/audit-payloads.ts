import { type Kysely, sql } from 'kysely';
import { formatHex } from '../core/encoding/hex.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import type { Entry } from '../core/entry/entry.ts';
import type { ReplayFinding } from '../core/entry/replay.ts';
import type { StoredPayload } from '../service/ports.ts';
import { groupByPayloadBytes } from './payload-groups.ts';
import type { Tables } from './tables.ts';

/**
 * Compares the payloads of these entries with what the entries say, and hands those that fit to `use`, in the order of
 * the entries. Gives how many entries have one. `payload/absent`, `payload/size-wrong`, `payload/commitment-wrong`.
 */
export async function auditPayloads(
  database: Kysely<Tables>,
  entries: readonly Entry[],
  find: (finding: ReplayFinding) => void,
  use: (entry: Entry, payload: Uint8Array) => void,
): Promise<number> {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  let count = 0;
  for (const group of groupByPayloadBytes(entries)) {
    const commitments = group.map(({ reference }) => reference.commitment);
    const stored = await readPayloads(database, commitments);
    for (const { seq, reference } of group) {
      count += 1;
      const payload = stored.get(reference.commitment);
      const entry = bySeq.get(seq);
      if (payload === undefined) find({ code: 'payload/absent', seq, message: 'The payload is not there.' });
      else if (payload.bytes.length !== reference.size)
        find({ code: 'payload/size-wrong', seq, message: 'The payload has another size than the entry says.' });
      else if (payloadCommitment(payload.salt, payload.bytes) !== reference.commitment) {
        const message = 'The entry does not commit to the payload and salt that are stored.';
        find({ code: 'payload/commitment-wrong', seq, message });
      } else if (entry !== undefined) use(entry, payload.bytes);
    }
  }
  return count;
}

async function readPayloads(
  database: Kysely<Tables>,
  commitments: readonly string[],
): Promise<ReadonlyMap<string, StoredPayload>> {
  const { rows } = await sql<StoredPayload>`
    SELECT commitment, salt, bytes FROM payload
    WHERE commitment = ANY (${commitments.map((hex) => Buffer.from(hex, 'hex'))}::bytea[])`.execute(database);
  return new Map(rows.map((row) => [formatHex(row.commitment), row]));
}
