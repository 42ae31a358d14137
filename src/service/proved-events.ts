import { formatHex } from '../core/encoding/hex.ts';
import { entryHash } from '../core/entry/entry.ts';
import { type LedgerEvent, ledgerEvent } from '../core/event/ledger-event.ts';
import { verifyInclusion } from '../core/merkle/inclusion.ts';
import type { SignedHead } from './checkpoint-signer.ts';
import { createKeptAnswers, type KeptLimits } from './kept-answers.ts';
import { type LedgerStore, ServiceError, type StoredEntry } from './ports.ts';
import { readInclusionPaths } from './tree-proofs.ts';

/** Entries that are read and proved together. */
const PAGE_ENTRIES = 256;
/** Pages that are kept: everybody who follows the log reads the newest ones. */
const PAGES_KEPT: KeptLimits = { answersMax: 32, bytesMax: 16 * 1024 * 1024 };

/** An event with the line that tells of it, without a line feed. */
export type ProvedEvent = { readonly event: LedgerEvent; readonly line: string };

type Page = { readonly events: readonly ProvedEvent[]; readonly bytes: number };

/**
 * Events from `from` on, up to 256 and below the size of a signed head; all who ask for them share one reading. Each entry is proved before it is
 * told of: the last one by its path to the root that is signed, every other by the link that its successor carries.
 * Throws `head/not-ours` where what is stored is not what was signed.
 */
export function openProvedEvents(
  store: LedgerStore,
): (from: number, signed: SignedHead) => Promise<readonly ProvedEvent[]> {
  const kept = createKeptAnswers<Page>(PAGES_KEPT, ({ bytes }) => bytes);
  const underWay = new Map<string, Promise<Page>>();
  return async (from, signed) => {
    const first = from - (from % PAGE_ENTRIES);
    const end = Math.min(first + PAGE_ENTRIES, signed.head.frontier.size);
    if (end <= from) return [];
    const name = `${first}/${end}`;
    const page =
      kept.find(name) ??
      (await (underWay.get(name) ??
        share(underWay, name, async () => {
          const read = await readPage(store, first, end, signed);
          kept.keep(name, read);
          return read;
        })));
    return page.events.slice(from - first);
  };
}

function share(underWay: Map<string, Promise<Page>>, name: string, read: () => Promise<Page>): Promise<Page> {
  const reading = read().finally(() => underWay.delete(name));
  underWay.set(name, reading);
  return reading;
}

async function readPage(store: LedgerStore, first: number, end: number, { head }: SignedHead): Promise<Page> {
  const entries = await store.entryRange(first, end - first);
  const hashes = entries.map(({ bytes }) => entryHash(bytes));
  const last = hashes.at(-1);
  const size = head.frontier.size;
  const path = (await readInclusionPaths(store, [end - 1], size)).get(end - 1) ?? [];
  const proved =
    entries.length === end - first &&
    last !== undefined &&
    verifyInclusion({ index: end - 1, size, leafHash: last, path, root: head.root }).ok;
  if (!proved) throw notOurs(first, end);
  const events = entries.map(({ entry }, index) => {
    const hash = formatHex(hashes[index] ?? new Uint8Array());
    if (!isAt(entry, first + index) || !isLinked(entries[index + 1], hash)) throw notOurs(first, end);
    const event = ledgerEvent(entry, hash);
    return { event, line: JSON.stringify(event) };
  });
  // The value beside its text takes about twice as much again.
  return { events, bytes: events.reduce((sum, { line }) => sum + 3 * line.length, 0) };
}

function isAt(entry: StoredEntry['entry'], seq: number): boolean {
  return entry.seq === seq;
}

function isLinked(next: StoredEntry | undefined, hash: string): boolean {
  return next === undefined || next.entry.prev === hash;
}

function notOurs(first: number, end: number): ServiceError {
  return new ServiceError({
    code: 'head/not-ours',
    message: `The entries from ${first} to ${end - 1} as stored are not those in the tree.`,
  });
}
