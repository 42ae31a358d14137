import { randomBytes } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { parseHex } from '../core/encoding/hex.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import type { Proposal } from '../core/entry/entry.ts';
import type { AttestationRecorded } from '../core/entry/kinds/attestation-recorded.ts';
import { invariant } from '../core/fault.ts';
import { tileRoot } from '../core/merkle/tile.ts';
import type { Tables } from '../postgres/tables.ts';
import { type Leaf, readLeaves, rewriteLedger } from './rewrite-ledger.ts';
import { type Superuser, withoutGuards } from './superuser.ts';

/** One thing that somebody with every right in the database does to the ledger. `apply` says what it was, in words. */
export type Tampering = {
  readonly id: string;
  /** What is done and to what end, in one sentence. */
  readonly sentence: string;
  /** Does it; the ledger holds three attestations or more, and two heads or more. */
  readonly apply: (superuser: Superuser) => Promise<string>;
};

/** A list of images asks for no subject of this digest, so that what is filed under it is as good as gone. */
const OTHER_DIGEST = `sha256:${'0'.repeat(64)}`;

/**
 * The tamperings of the whole chain, each followed by everything that can be made to fit without the log key. What is
 * edited lies in the middle; what is said afterwards names the entry as it was numbered before.
 */
export const TAMPERINGS = [
  rewriting(
    'entry-edited',
    'Edit what an entry says, and make every later link, tile, head and projection fit.',
    (leaves) => {
      const at = middle(leaves);
      return [withBody(leaves, at), `entry ${at} is now about another image`];
    },
  ),
  rewriting('entry-deleted', 'Delete an entry from the middle, and move all later ones down.', (leaves) => {
    const at = middle(leaves);
    return [leaves.toSpliced(at, 1), `entry ${at} is gone, and all later ones are numbered one less`];
  }),
  rewriting('entries-swapped', 'Swap two entries, and give each the time of its new place.', (leaves) => {
    const at = middle(leaves);
    const other = attestations(leaves).find((seq) => seq > at) ?? at - 1;
    const [a, b] = [leaf(leaves, at), leaf(leaves, other)];
    const swapped = leaves.with(at, { ...b, time: a.time }).with(other, { ...a, time: b.time });
    return [swapped, `entries ${at} and ${other} stand in each other's place`];
  }),
  {
    id: 'entry-inserted',
    sentence: 'Insert an attestation that was never made into the middle, as if it had always been there.',
    apply: (superuser) => insertForged(superuser, (leaves) => middle(leaves)),
  },
  {
    id: 'tail-forged',
    sentence: 'Append a well-formed attestation at the tail by SQL, with a head over it.',
    apply: (superuser) => insertForged(superuser, (leaves) => leaves.length),
  },
  {
    id: 'tail-cut',
    sentence: 'Cut the tail off, back to an older head that the service itself had authenticated.',
    apply: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const leaves = await readLeaves(transaction);
        const size = await olderHead(transaction, leaves.length);
        await transaction.deleteFrom('head').where('size', '>', String(size)).execute();
        await rewriteLedger(transaction, leaves.slice(0, size));
        return `the newest ${leaves.length - size} of ${leaves.length} entries are gone`;
      }),
  },
  {
    id: 'head-swapped-back',
    sentence: 'Take the newest head away, so that an older, authenticated one stands over all entries.',
    apply: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const leaves = await readLeaves(transaction);
        const size = await olderHead(transaction, leaves.length);
        await transaction.deleteFrom('head').where('size', '>', String(size)).execute();
        return `the head of size ${size} stands over ${leaves.length} entries`;
      }),
  },
  {
    id: 'payload-edited',
    sentence: 'Edit a payload and nothing else.',
    apply: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const [at, payload] = await payloadOfMiddle(transaction);
        const bytes = Buffer.from(payload.bytes);
        // The last character of a JSON text is its closing bracket; one within is changed, so that the size stays.
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        await sql`UPDATE payload SET bytes = ${bytes} WHERE commitment = ${payload.commitment}`.execute(transaction);
        return `a bit of the payload of entry ${at} is flipped`;
      }),
  },
  {
    id: 'payload-replaced',
    sentence: 'Replace a payload, commit the entry to the new one, and make everything later fit.',
    apply: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const [at, payload] = await payloadOfMiddle(transaction);
        const leaves = await readLeaves(transaction);
        const bytes = Buffer.from(payload.bytes);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        const old = leaf(leaves, at);
        const proposal = await withPayload(transaction, old.proposal, bytes);
        await rewriteLedger(transaction, leaves.with(at, { ...old, proposal }));
        return `entry ${at} commits to another payload`;
      }),
  },
  {
    id: 'salts-swapped',
    sentence: 'Swap the salts of two payloads, so that neither can be opened any more.',
    apply: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const leaves = await readLeaves(transaction);
        const [first] = attestations(leaves);
        invariant(first !== undefined, 'the ledger holds attestations');
        const [a, b] = [await payloadOf(transaction, leaf(leaves, first)), (await payloadOfMiddle(transaction))[1]];
        for (const [commitment, salt] of [
          [a.commitment, b.salt],
          [b.commitment, a.salt],
        ])
          await sql`UPDATE payload SET salt = ${salt} WHERE commitment = ${commitment}`.execute(transaction);
        return 'the payloads of two attestations have each other’s salt';
      }),
  },
  {
    id: 'projection-edited',
    sentence: 'Edit what lists of images are answered from: a failed verdict shown as pass, a subject hidden.',
    apply: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        await sql`UPDATE recorded_verdict SET verdict = 'pass'`.execute(transaction);
        const [at] = await payloadOfMiddle(transaction);
        await sql`DELETE FROM recorded_subject WHERE seq = ${String(at)}::bigint`.execute(transaction);
        return `verdicts in lists read pass, and the subject of entry ${at} is hidden`;
      }),
  },
] as const satisfies readonly Tampering[];

export type TamperingId = (typeof TAMPERINGS)[number]['id'];

/** The tampering of that id. */
export function tampering(id: TamperingId): Tampering {
  const found = TAMPERINGS.find((each) => each.id === id);
  invariant(found !== undefined, `there is no tampering ${id}`);
  return found;
}

/**
 * Forges the stored tile of the first 256 leaves: one leaf hash and the tile's root. Needs a ledger with a full tile.
 * Apart from the others, since a ledger of a demonstration has none.
 */
export const TILE_FORGED: Tampering = {
  id: 'tile-forged',
  sentence: 'Put a forged leaf hash into a stored tile.',
  apply: (superuser) =>
    withoutGuards(superuser, async (transaction) => {
      const row = await sql<{ hashes: Buffer }>`SELECT hashes FROM tile WHERE level = 0 AND index = 0`.execute(
        transaction,
      );
      const hashes = row.rows[0]?.hashes;
      invariant(hashes !== undefined, 'the ledger has a full tile');
      hashes[3 * 32] = (hashes[3 * 32] ?? 0) ^ 1;
      const root = Buffer.from(tileRoot(hashes));
      await sql`UPDATE tile SET hashes = ${hashes}, root = ${root} WHERE level = 0 AND index = 0`.execute(transaction);
      return 'the stored hash of entry 3 is another';
    }),
};

function rewriting<const Id extends string>(
  id: Id,
  sentence: string,
  change: (leaves: readonly Leaf[]) => readonly [readonly Leaf[], string],
): Tampering & { readonly id: Id } {
  return {
    id,
    sentence,
    apply: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const [leaves, said] = change(await readLeaves(transaction));
        await rewriteLedger(transaction, leaves);
        return said;
      }),
  };
}

async function insertForged(superuser: Superuser, place: (leaves: readonly Leaf[]) => number): Promise<string> {
  return withoutGuards(superuser, async (transaction) => {
    const leaves = await readLeaves(transaction);
    const at = place(leaves);
    const [copied, payload] = await payloadOfMiddle(transaction);
    const model = leaf(leaves, copied);
    const forged = await withPayload(transaction, { ...model.proposal, stage: 'forged' }, payload.bytes);
    const time = leaf(leaves, Math.min(at, leaves.length - 1)).time;
    await rewriteLedger(transaction, leaves.toSpliced(at, 0, { proposal: forged, time }));
    return `a forged attestation stands at ${at}`;
  });
}

/** The proposal with a new payload, stored under a new salt. */
export async function withPayload(
  transaction: Transaction<Tables>,
  proposal: Proposal,
  bytes: Uint8Array,
): Promise<Proposal> {
  const salt = randomBytes(32);
  const commitment = payloadCommitment(salt, bytes);
  const commitmentBytes = parseHex(commitment, 32);
  invariant(commitmentBytes.ok && proposal.payload !== undefined, 'an attestation has a payload');
  await transaction
    .insertInto('payload')
    .values({ commitment: Buffer.from(commitmentBytes.value), salt, bytes: Buffer.from(bytes) })
    .execute();
  return { ...proposal, payload: { ...proposal.payload, commitment, size: bytes.length } };
}

async function payloadOfMiddle(transaction: Transaction<Tables>): Promise<readonly [number, Tables['payload']]> {
  const leaves = await readLeaves(transaction);
  const at = middle(leaves);
  return [at, await payloadOf(transaction, leaf(leaves, at))];
}

async function payloadOf(transaction: Transaction<Tables>, { proposal }: Leaf): Promise<Tables['payload']> {
  const commitment = Buffer.from(proposal.payload?.commitment ?? '', 'hex');
  const row = await transaction
    .selectFrom('payload')
    .selectAll()
    .where('commitment', '=', commitment)
    .executeTakeFirstOrThrow();
  return row as unknown as Tables['payload'];
}

async function olderHead(transaction: Transaction<Tables>, size: number): Promise<number> {
  const row = await transaction
    .selectFrom('head')
    .select('size')
    .where('size', '<', String(size))
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return Number(row.size);
}

function attestations(leaves: readonly Leaf[]): readonly number[] {
  return leaves.flatMap(({ proposal }, seq) => (proposal.kind === 'attestation.recorded' ? [seq] : []));
}

/** The attestation in the middle of all. */
function middle(leaves: readonly Leaf[]): number {
  const seqs = attestations(leaves);
  const at = seqs[seqs.length >> 1];
  invariant(seqs.length >= 3 && at !== undefined, 'the ledger holds three attestations');
  return at;
}

function leaf(leaves: readonly Leaf[], at: number): Leaf {
  const found = leaves[at];
  invariant(found !== undefined, 'the entry is there');
  return found;
}

function withBody(leaves: readonly Leaf[], at: number): readonly Leaf[] {
  const old = leaf(leaves, at);
  const body: AttestationRecorded = { ...(old.proposal.body as AttestationRecorded), subjects: [OTHER_DIGEST] };
  return leaves.with(at, { ...old, proposal: { ...old.proposal, body } });
}
