import { COMPLETENESS_ENTRIES_MAX, formatCompleteness } from '../core/completeness/completeness.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { entryHash } from '../core/entry/entry.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { verifyInclusion } from '../core/merkle/inclusion.ts';
import { authoriseWholeLedger } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { SignedHead } from './checkpoint-signer.ts';
import type { ServiceContext } from './context.ts';
import { type ProvedList, ServiceError, type StoredEntry } from './ports.ts';
import { mayReadEntry } from './read-log.ts';
import { requireMapped, requireMembers } from './require-mapped.ts';
import { readInclusionPaths } from './tree-proofs.ts';

/** Everything of a proof but the entries. */
const REST_BYTES = 16 * 1024;

/** Entries of a list that are read at once while one is looked for that the caller may read. */
const ENTRIES_AT_ONCE = 1_000;

/**
 * The proof, as its canonical bytes, that a list has these entries and no others under the newest checkpoint, or that it
 * has none. Whoever may read the whole ledger may ask about any list; others about `trust`, and lists of which they may read an
 * entry, so that nobody learns from it what they could not learn otherwise: of any other list not even that it is there.
 * `service` is what the service hands out itself with what it signs.
 * Faults: `completeness/too-many-entries` over 2,000 entries, of which no more are then read than it takes to find one that
 * the caller may read; `service/not-found`.
 */
export async function proveCompleteness(
  context: ServiceContext,
  caller: Caller | 'service',
  key: string,
): Promise<Result<Uint8Array>> {
  const { store, sequencer } = context;
  const read = await sequencer.signRead(() => store.mapProofs([key]));
  const proved = read?.lists.get(key);
  if (read === undefined || proved === undefined) return fail('service/not-found', 'The log is empty.');
  // Below the size of that head nothing changes any more, however fast the list grows.
  const { size } = read.signed.head.frontier;
  const length = proved.value?.n ?? 0;
  if (length > COMPLETENESS_ENTRIES_MAX) {
    if (!(await mayReadLongList(context, caller, key, size))) return noSuchList();
    const message = `${key} has ${length} entries; a proof holds at most ${COMPLETENESS_ENTRIES_MAX}.`;
    return fail('completeness/too-many-entries', message);
  }
  const stored = (await store.listEntries([key], size, COMPLETENESS_ENTRIES_MAX)).get(key) ?? [];
  const members = stored.map(({ entry }) => entry.seq);
  requireMapped(key, members, proved);
  requireMembers(
    key,
    stored.map(({ entry }) => entry),
  );
  if (!mayReadAnyway(caller, key) && !mayReadOneOf(caller, stored)) return noSuchList();
  const leave = context.evidenceRoom.enter(stored.reduce((sum, { bytes }) => sum + 2 * bytes.length, REST_BYTES));
  try {
    return ok(await formatProof(context, key, stored, proved, read.signed));
  } finally {
    leave();
  }
}

/** What the log is, its keys above all, is told to every caller: whoever keeps receipts follows a rotation by it. */
function mayReadAnyway(caller: Caller | 'service', key: string): boolean {
  return caller === 'service' || key === TRUST_KEY || authoriseWholeLedger(caller).ok;
}

function mayReadOneOf(caller: Caller | 'service', stored: readonly StoredEntry[]): boolean {
  return caller === 'service' || stored.some((one) => mayReadEntry(caller, one).ok);
}

/** The same of a list that is too long to be read at once. */
async function mayReadLongList(
  { store }: ServiceContext,
  caller: Caller | 'service',
  key: string,
  size: number,
): Promise<boolean> {
  if (mayReadAnyway(caller, key)) return true;
  const seqs = (await store.lists([key], size)).get(key) ?? [];
  for (let from = 0; from < seqs.length; from += ENTRIES_AT_ONCE) {
    if (mayReadOneOf(caller, await store.entries(seqs.slice(from, from + ENTRIES_AT_ONCE)))) return true;
  }
  return false;
}

function noSuchList(): Result<never> {
  return fail('service/not-found', 'There is no such list that this caller may read.');
}

async function formatProof(
  { store }: ServiceContext,
  key: string,
  stored: readonly StoredEntry[],
  { proof }: ProvedList,
  { head, checkpoint, logKey }: SignedHead,
): Promise<Uint8Array> {
  const { size } = head.frontier;
  const index = size - 1;
  const [[commit], paths] = await Promise.all([store.entries([index]), readInclusionPaths(store, [index], size)]);
  const path = paths.get(index) ?? [];
  const leafHash = commit === undefined ? undefined : entryHash(commit.bytes);
  if (commit === undefined || leafHash === undefined) throw notOurs('The last entry below the head is missing.');
  if (!verifyInclusion({ index, size, leafHash, path, root: head.root }).ok)
    throw notOurs(`Entry ${index} as stored is not the one in the tree.`);
  const entries = stored.map(({ entry }) => entry);
  const parts = { key, entries, proof, commit: { entry: commit.entry, path }, checkpoint, logKey };
  return encodeUtf8(formatCompleteness(parts));
}

function notOurs(message: string): ServiceError {
  return new ServiceError({ code: 'head/not-ours', message });
}
