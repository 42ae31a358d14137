import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { formatCheckpoint } from '../core/checkpoint/checkpoint.ts';
import { formatNote, type NoteSigner } from '../core/checkpoint/signed-note.ts';
import type { CompletenessParts } from '../core/completeness/completeness.ts';
import type { EvidenceParts, Question } from '../core/custody/evidence.ts';
import { neededKeys } from '../core/custody/needed-lists.ts';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import type { Json } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import { type Entry, entryHash, type Proposal } from '../core/entry/entry.ts';
import type { LinkedEntry } from '../core/entry/link.ts';
import { invariant } from '../core/fault.ts';
import { inclusionPath, rootOf } from '../core/merkle/tree.ts';
import type { Receipt } from '../core/receipt/receipt.ts';
import type { Tables } from '../postgres/tables.ts';
import { type Leaf, linkLeaves, readLeaves } from './rewrite-ledger.ts';
import { committed, mapOfEntries, proveList } from './shadow-map.ts';

type Sealed = { readonly salt: Uint8Array; readonly bytes: Uint8Array };

/**
 * A ledger as somebody has it in hand who read the whole database: its leaves in order, and the payloads by commitment
 * (hex). Changed at will, it is linked, hashed and proved anew for whoever is shown it; only a signer is lacking.
 */
export type ShadowLedger = {
  readonly origin: string;
  readonly leaves: readonly Leaf[];
  readonly payloads: ReadonlyMap<string, Sealed>;
  /** Last change to the last entry before it is hashed and the map is committed to: what no honest service would link. */
  readonly alterLast?: (entry: Entry) => Entry;
  /** Entries that the last commitment leaves out of the map: what only the holder of the log key can sign. */
  readonly unmapped?: (entry: Entry) => boolean;
};

/** Everything that the database holds. */
export function readShadow(database: Kysely<Tables>): Promise<ShadowLedger> {
  return database.transaction().execute(async (transaction) => {
    const { origin } = await transaction.selectFrom('ledger').select('origin').executeTakeFirstOrThrow();
    const leaves = await readLeaves(transaction);
    const rows = await transaction.selectFrom('payload').select(['commitment', 'salt', 'bytes']).execute();
    const payloads = rows.map(({ commitment, salt, bytes }) => [hexOf(commitment), { salt, bytes }] as const);
    return { origin, leaves, payloads: new Map(payloads) };
  });
}

/** What is appended to a shadow at the time of its last entry: a proposal, and its payload where it has one. */
export type Draft = {
  readonly proposal: Omit<Proposal, 'payload'>;
  readonly payload?: { readonly mediaType: string; readonly bytes: Uint8Array };
};

/** The shadow with one more entry at its end. */
export function appended(ledger: ShadowLedger, { proposal, payload }: Draft): ShadowLedger {
  const last = ledger.leaves.at(-1);
  invariant(last !== undefined, 'a ledger that is shadowed has entries');
  const at = last.time;
  if (payload === undefined)
    return { ...ledger, leaves: [...ledger.leaves, { proposal: proposal as Proposal, time: at }] };
  const { mediaType, bytes } = payload;
  const salt = new Uint8Array(randomBytes(32));
  const commitment = payloadCommitment(salt, bytes);
  const reference = { commitment, mediaType, size: bytes.length };
  return {
    ...ledger,
    leaves: [...ledger.leaves, { proposal: { ...proposal, payload: reference } as Proposal, time: at }],
    payloads: new Map([...ledger.payloads, [commitment, { salt, bytes }]]),
  };
}

/** The entry at the end of a shadow's list, as it is linked; undefined where the list has none. */
export function lastOfList({ origin, leaves }: ShadowLedger, key: string): LinkedEntry | undefined {
  return linkLeaves(origin, leaves).findLast(({ entry }) => isUnder(entry, key));
}

/** A signed note over the first `size` entries of the shadow, or all of them. */
export function shadowCheckpoint(ledger: ShadowLedger, signer: NoteSigner, size?: number): string {
  const hashes = linked(ledger)
    .slice(0, size)
    .map(({ hash }) => hash);
  const checkpoint = { origin: ledger.origin, size: hashes.length, root: rootOf(hashes) };
  return formatNote(formatCheckpoint(checkpoint), [signer]);
}

/**
 * Evidence out of the first `size` entries of the shadow, all of it as a service makes it, under whatever `checkpoint` is
 * given and with `logKey` as the key that it claims.
 */
export function shadowEvidence(
  ledger: ShadowLedger,
  question: Question,
  under: { readonly checkpoint: string; readonly logKey: string; readonly size?: number },
  /** Size of the tree that entries are proved to be in; that of the entries shown unless told. */
  provedIn = under.size,
): EvidenceParts {
  const hashes = linked(ledger)
    .slice(0, provedIn)
    .map(({ hash }) => hash);
  const entries = linked(ledger).slice(0, under.size);
  const { chosen, keys } = choose(question, entries);
  const map = mapOfEntries(mapped(ledger, entries.slice(0, -1)));
  const images = new Set(keys.filter((key) => key.startsWith('image:')));
  return {
    question,
    checkpoint: under.checkpoint,
    logKey: under.logKey,
    entries: chosen.map(({ entry }) => ({ entry, path: inclusionPath(hashes, entry.seq) })),
    payloads: chosen.flatMap(({ entry }) => {
      const sealed = ledger.payloads.get(entry.payload?.commitment ?? '');
      const shown =
        entry.repository === undefined
          ? entry.keys.some(({ key }) => keys.includes(key))
          : entry.repository === question.repository && entry.keys.some(({ key }) => images.has(key));
      return sealed === undefined || !shown ? [] : [{ seq: entry.seq, ...sealed }];
    }),
    lists: keys.map((key) => ({
      key,
      n: entries.filter(({ entry }) => isUnder(entry, key)).length,
      proof: proveList(map, key),
    })),
  };
}

/** The completeness proof of a list under a checkpoint over the whole shadow. */
export function shadowCompleteness(ledger: ShadowLedger, key: string, signer: NoteSigner): CompletenessParts {
  const entries = linked(ledger);
  const commit = entries.at(-1)?.entry;
  invariant(commit !== undefined, 'a shadow ends with a commitment');
  const hashes = entries.map(({ hash }) => hash);
  return {
    key,
    entries: entries.filter(({ entry }) => isUnder(entry, key)).map(({ entry }) => entry),
    proof: proveList(mapOfEntries(mapped(ledger, entries.slice(0, -1))), key),
    commit: { entry: commit, path: inclusionPath(hashes, commit.seq) },
    checkpoint: shadowCheckpoint(ledger, signer),
    logKey: signer.vkey,
  };
}

/** The receipt of an entry under a checkpoint over the whole shadow. */
export function shadowReceipt(ledger: ShadowLedger, seq: number, signer: NoteSigner): Receipt {
  const entries = linked(ledger);
  const entry = entries[seq]?.entry;
  invariant(entry !== undefined, 'a receipt is of an entry that there is');
  const path = inclusionPath(
    entries.map(({ hash }) => hash),
    seq,
  );
  const salt = ledger.payloads.get(entry.payload?.commitment ?? '')?.salt;
  const checkpoint = shadowCheckpoint(ledger, signer);
  return { entry, index: seq, path, checkpoint, ...(salt === undefined ? {} : { salt }), logKey: signer.vkey };
}

function linked(ledger: ShadowLedger): readonly LinkedEntry[] {
  const entries = linkLeaves(ledger.origin, ledger.leaves);
  const last = entries.at(-1);
  if (last === undefined || last.entry.kind === 'map.committed') return entries;
  // No entry is linked to the last one, so that it can say what it likes; the map takes it at its word.
  const entry = ledger.alterLast?.(last.entry) ?? last.entry;
  const bytes = encodeUtf8(formatCanonicalJson(entry as unknown as Json));
  const altered = [...entries.slice(0, -1), { entry, bytes, hash: entryHash(bytes) }];
  return committed(altered, mapOfEntries(mapped(ledger, altered)));
}

function mapped({ unmapped }: ShadowLedger, entries: readonly LinkedEntry[]): readonly LinkedEntry[] {
  return unmapped === undefined ? entries : entries.filter(({ entry }) => !unmapped(entry));
}

/** The entries and lists that the question asks for, until nothing new is asked for. */
function choose(question: Question, entries: readonly LinkedEntry[]) {
  const chosen = new Set([0, entries.length - 1]);
  let keys: readonly string[] = [];
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    keys = neededKeys(
      question,
      entries.filter((_, seq) => chosen.has(seq)).map(({ entry }) => entry),
    );
    for (const [seq, { entry }] of entries.entries()) if (keys.some((key) => isUnder(entry, key))) chosen.add(seq);
  }
  return { chosen: entries.filter((_, seq) => chosen.has(seq)), keys };
}

function isUnder({ keys }: LinkedEntry['entry'], key: string): boolean {
  return keys.some((link) => link.key === key);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
