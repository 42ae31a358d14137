import type pg from 'pg';
import { parseVkey } from '../core/checkpoint/signed-note.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { runKey } from '../core/entry/keys.ts';
import type { LogKeyRotated } from '../core/entry/kinds/log-key-rotated.ts';
import { type LinkedEntry, linkEntries, proposalKeys } from '../core/entry/link.ts';
import { invariant } from '../core/fault.ts';
import { growTree } from '../core/merkle/grow-tree.ts';
import { formatTilePath } from '../core/merkle/tile.ts';
import { isRunEnd } from '../core/run/run-state.ts';
import {
  type Appended,
  type AppendedBatch,
  type HeadAuthenticator,
  ServiceError,
  type StoredHead,
  type Submission,
} from '../service/ports.ts';
import type { RestsOn } from '../service/rests-on.ts';
import { commitMap, findUnmapped, readMapNews, readTries, type Tries } from './extend-map.ts';
import { findSubmissions, judgeFound, keyReused } from './found-submissions.ts';
import { requireMacKey } from './head-row.ts';
import {
  insertEntries,
  insertFullTiles,
  insertHead,
  insertLargePayloads,
  insertPayloads,
  insertSubmissions,
} from './insert-batch.ts';
import { insertProjections } from './insert-projections.ts';
import { type RunStatement, underLedgerLock } from './ledger-transaction.ts';
import { type ListHeads, readListHeads } from './list-heads.ts';
import type { ListMemory } from './list-memory.ts';
import type { GrownMap, MapMemory } from './map-memory.ts';
import { writePages } from './map-pages.ts';
import { projectEntries } from './project-entry.ts';
import { type LockedState, readLockedState } from './read-under-lock.ts';
import type { SignedTags } from './signed-tags.ts';
import { readSubjectRoom, type TakeRoom } from './subject-room.ts';

/** How far the database's clock may be behind the last entry before appending is refused (DESIGN 4.4). */
const CLOCK_BACK_MS_MAX = 2_000;
/** How far the database's clock may be off this machine's. */
const CLOCK_OFF_MS_MAX = 5_000;

/** What a replica needs to append to its log, and what it remembers between batches. */
export type Appending = {
  readonly pool: pg.Pool;
  readonly origin: string;
  readonly authenticator: HeadAuthenticator;
  readonly lists: ListMemory;
  readonly map: MapMemory;
};

type Written = Pick<AppendedBatch, 'head' | 'entries'> & { readonly map: GrownMap };

/**
 * Appends what is new of a batch, in one transaction under the ledger's lock: retries resolved, stale submissions
 * returned, entries linked and inserted with the `map.committed` that ends the batch, tiles, payloads, projections, pages
 * of the map and the authenticated head. What is remembered changes only once COMMIT was answered.
 * Nothing of the batch may leave the process before this resolves. An error means that the outcome is not known.
 *
 * Throws ServiceError: `head/not-ours` when the stored head does not carry our MAC; `head/behind-anchor` or
 * `head/not-consistent-with-anchor` when it is smaller than the head `seen` before, or of its size and another;
 * `head/clock-behind`; `log/sealed` for anything new after the end of a log; `map/page-differs` where the stored map is not
 * the one that the head commits to.
 */
export async function appendBatch(
  appending: Appending,
  submissions: readonly Submission[],
  seen?: StoredHead,
): Promise<AppendedBatch> {
  const { pool, origin, authenticator } = appending;
  // Outside the lock: half a second of writing one large payload would hold up every other writer.
  const written = await insertLargePayloads(pool, submissions);
  const { map, ...batch } = await underLedgerLock(pool, async (run) => {
    // From here on this is the only writer. A crash before COMMIT leaves nothing; after it, everything.
    const [state, known, identities, news] = await Promise.all([
      readLockedState(run, origin, authenticator),
      readListHeads(run, submissions, appending.lists),
      findSubmissions(run, submissions),
      readMapNews(run, appending.map, submissions),
    ]);
    const { head, last, now } = state;
    requireReached(head, seen);
    requireMacKey(head, seen, authenticator);
    const found = await judgeFound(run, identities, submissions, head.frontier.size);
    const tries = await readTries(run, appending.map, head, news);
    const lists: ListHeads = {
      ...known,
      wrong: new Map([...findUnmapped(news, tries, known.heads), ...known.wrong]),
    };
    const due = last === undefined || last.time < now.toISOString() ? now.toISOString() : last.time;
    const room = await readSubjectRoom(run, submissions, lists);
    const { results, fresh } = resolve(submissions, found, lists, room, head.frontier.size, due);
    if (fresh.length === 0) return { results, grownFrom: head, head, entries: [], map: undefined };
    requireOpen(state, fresh);
    return { results, grownFrom: head, ...(await append(run, appending, state, lists, tries, fresh, written)) };
  });
  map?.settle(batch.head);
  appending.lists.note(batch.entries.map(({ entry }) => entry));
  return batch;
}

/**
 * Appends a `map.committed` where the log has been idle for as long as `idleMsMin` by the database's clock: a replica that
 * waited for the lock meanwhile finds that it was done. Undefined where there is nothing to do. Throws as `appendBatch`.
 */
export async function commitIdleLog(
  appending: Appending,
  idleMsMin: number,
  seen?: StoredHead,
): Promise<AppendedBatch | undefined> {
  const { pool, origin, authenticator } = appending;
  const { map, ...batch } = await underLedgerLock(pool, async (run) => {
    const [state, news] = await Promise.all([
      readLockedState(run, origin, authenticator),
      readMapNews(run, appending.map, []),
    ]);
    const { head, last, now } = state;
    requireReached(head, seen);
    requireMacKey(head, seen, authenticator);
    const isIdle = last !== undefined && now.getTime() - Date.parse(last.time) >= idleMsMin;
    if (!isIdle || state.isSealed) return { results: [], grownFrom: head, head, entries: [], map: undefined };
    const tries = await readTries(run, appending.map, head, news);
    const none = { heads: new Map(), wrong: new Map(), ended: new Set<string>() };
    return { results: [], grownFrom: head, ...(await append(run, appending, state, none, tries, [], new Set())) };
  });
  map?.settle(batch.head);
  return map === undefined ? undefined : batch;
}

/** Links the new submissions and the commitment to the map, grows the tree by them, and writes all that follows. */
async function append(
  run: RunStatement,
  { authenticator, map: memory }: Appending,
  state: LockedState,
  lists: ListHeads,
  tries: Tries,
  fresh: readonly Submission[],
  written: ReadonlySet<unknown>,
): Promise<Written> {
  const { head, last, now } = state;
  const { origin, frontier } = head;
  const time = nextTime(now, last?.time);
  const linked = linkEntries(
    { log: origin, size: frontier.size, ...(last === undefined ? {} : { last }) },
    lists.heads,
    time,
    fresh.map((submission) => submission.proposal),
  );
  const newest = linked.at(-1);
  const before = { hash: newest === undefined ? (last?.hash ?? '') : formatHex(newest.hash), time };
  const { entry: commitment, map } = commitMap(memory, state, tries, { linked, before });
  const all = [...linked, commitment];
  const tileRoots = new Map<string, Uint8Array>();
  const tree = growTree(
    frontier,
    all.map(({ hash }) => hash),
    // A hash of one level is the root of the full tile of that index below it.
    (level, index, hash) => tileRoots.set(formatTilePath({ level: level - 1, index, width: 256 }), hash),
  );
  const macKey = announcedKey(fresh, authenticator) ?? head.macKey ?? authenticator.current;
  const grown: StoredHead = { origin, frontier: tree.frontier, root: tree.root, mapRoot: map.root, macKey };
  await Promise.all([
    insertPayloads(run, fresh, (payload) => !written.has(payload)),
    insertEntries(run, all),
    insertHead(run, grown, authenticator.mac(origin, tree.frontier, tree.root, map.root, macKey)),
    insertSubmissions(run, fresh, linked),
    insertProjections(
      run,
      projectEntries(
        linked.map(({ entry }) => entry),
        tagsOf(linked, fresh),
      ),
    ),
    writePages(run, map.pages, frontier.size, tree.frontier.size),
    insertFullTiles(run, frontier.size, tree.frontier.size, tileRoots),
  ]);
  return { head: grown, entries: linked.map(({ entry }) => ({ entry, path: tree.pathOf(entry.seq) })), map };
}

/** Tags that new signatures name, by the entries that these became. */
function tagsOf(linked: readonly LinkedEntry[], fresh: readonly Submission[]): SignedTags {
  return new Map(
    linked.flatMap(({ entry }, index) => {
      const tag = fresh[index]?.tag;
      return tag === undefined ? [] : [[entry.seq, tag] as const];
    }),
  );
}

/** The newest key that a rotation in the batch names: heads carry its MAC from the announcement on. */
function announcedKey(fresh: readonly Submission[], { keys }: HeadAuthenticator): string | undefined {
  const named = fresh.flatMap(({ proposal }) =>
    proposal.kind === 'log-key.rotated' ? (proposal.body as LogKeyRotated).logKeys : [],
  );
  const places = named.map((vkey) => {
    const key = parseVkey(vkey);
    return key.ok ? keys.indexOf(formatHex(key.value.publicKey)) : -1;
  });
  invariant(!places.includes(-1), 'who names a log key has it');
  return keys[Math.max(-1, ...places)];
}

/** `log.sealed` ends a log: nothing but its commitment follows it, in its own batch or in any other. */
function requireOpen({ isSealed }: LockedState, fresh: readonly Submission[]): void {
  const sealing = fresh.findIndex(({ proposal }) => proposal.kind === 'log.sealed');
  if (!isSealed && (sealing === -1 || sealing === fresh.length - 1)) return;
  throw new ServiceError({ code: 'log/sealed', message: 'The log was sealed: it takes no more entries.' });
}

/** A database that was set back is never appended to: what came after it would be a second history. */
function requireReached(head: StoredHead, seen: StoredHead | undefined): void {
  if (seen === undefined || head.frontier.size > seen.frontier.size) return;
  if (head.frontier.size < seen.frontier.size) {
    const message = `The database's head has size ${head.frontier.size}; this replica has seen ${seen.frontier.size}.`;
    throw new ServiceError({ code: 'head/behind-anchor', message });
  }
  if (equalBytes(head.root, seen.root)) return;
  const message = `The database's head of size ${head.frontier.size} is not the one that this replica has seen.`;
  throw new ServiceError({ code: 'head/not-consistent-with-anchor', message });
}

/**
 * Tells retries and stale submissions from new ones. Within a batch the first of equal submissions is new and the
 * others are found; a submission whose authorisation rests on a list that an earlier one of this batch extends is stale,
 * and one that concerns a list whose head is wrong is refused.
 */
function resolve(
  submissions: readonly Submission[],
  found: ReadonlyMap<string, Appended>,
  lists: ListHeads,
  takeRoom: TakeRoom,
  size: number,
  time: string,
): { readonly results: readonly Appended[]; readonly fresh: readonly Submission[] } {
  const known = new Map(found);
  const moved = new Set<string>();
  const ended = new Set(lists.ended);
  const asked = new Map<string, string>();
  const hasMoved = (rest: RestsOn): boolean => {
    const n = lists.heads.get(rest.key)?.n ?? 0;
    if ('n' in rest) return moved.has(rest.key) || n !== rest.n;
    return ended.has(rest.key) || (n === 0 && !moved.has(rest.key));
  };
  const fresh: Submission[] = [];
  const results = submissions.map((submission): Appended => {
    const { kind, run } = submission.proposal;
    const identity = formatHex(submission.identity);
    const before = known.get(identity);
    const askedBefore = asked.get(identity);
    if (askedBefore !== undefined && submission.request !== undefined && askedBefore !== formatHex(submission.request))
      return keyReused();
    if (before !== undefined) return before;
    const keys = proposalKeys(submission.proposal);
    const wrong = [...keys, ...submission.restsOn.map(({ key }) => key)].find((key) => lists.wrong.has(key));
    const fault = wrong === undefined ? undefined : lists.wrong.get(wrong);
    if (fault !== undefined) return { outcome: 'refused', fault };
    const stale = submission.restsOn.some(hasMoved) || isOutOfTime(submission, time);
    if (stale || submission.isKnown === true) return { outcome: 'stale' };
    const full = takeRoom(submission);
    if (full !== undefined) return { outcome: 'declined', fault: full };
    const next = size + fresh.length;
    known.set(identity, { outcome: 'found', seq: next });
    for (const key of keys) moved.add(key);
    if (isRunEnd(kind) && run !== undefined) ended.add(runKey(run));
    if (submission.request !== undefined) asked.set(identity, formatHex(submission.request));
    fresh.push(submission);
    return { outcome: 'appended', seq: next };
  });
  return { results, fresh };
}

function isOutOfTime({ before, from }: Submission, time: string): boolean {
  return (before !== undefined && time >= before) || (from !== undefined && time < from);
}

function nextTime(now: Date, last: string | undefined): string {
  const time = now.toISOString();
  const off = Math.abs(now.getTime() - Date.now());
  if (off > CLOCK_OFF_MS_MAX) {
    const message = `The clocks of the database and of the service are ${off} ms apart; 5 s is the most.`;
    throw new ServiceError({ code: 'head/clock-differs', message });
  }
  if (last === undefined || last <= time) return time;
  if (Date.parse(last) - now.getTime() > CLOCK_BACK_MS_MAX) {
    throw new ServiceError({
      code: 'head/clock-behind',
      message: `The database's clock (${time}) is more than 2 s behind the last entry (${last}).`,
    });
  }
  return last;
}
