import { type Kysely, sql, type Transaction } from 'kysely';
import { equalBytes } from '../core/encoding/bytes.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { parseEntry } from '../core/entry/entry.ts';
import { linkEntries, proposalKeys } from '../core/entry/link.ts';
import { invariant } from '../core/fault.ts';
import { EMPTY_FRONTIER, frontierRoot, parseFrontier } from '../core/merkle/frontier.ts';
import {
  type Appended,
  type AppendedBatch,
  type HeadAuthenticator,
  ServiceError,
  type StoredHead,
  type Submission,
} from '../service/ports.ts';
import { readFound } from './found-submissions.ts';
import {
  insertEntries,
  insertLargePayloads,
  insertPayloads,
  insertSubmissions,
  insertTilesAndHead,
} from './insert-batch.ts';
import { insertProjections } from './insert-projections.ts';
import { type ListHeads, readListHeads } from './list-heads.ts';
import type { ListMemory } from './list-memory.ts';
import { parseSeq } from './pool.ts';
import { projectEntries } from './project-entry.ts';
import { readSubjectRoom, type TakeRoom } from './subject-room.ts';
import type { Tables } from './tables.ts';

/** How far the database's clock may be behind the last entry before appending is refused (DESIGN 4.4). */
const CLOCK_BACK_MS_MAX = 2_000;
/** How far the database's clock may be off this machine's. */
const CLOCK_OFF_MS_MAX = 5_000;

/**
 * Appends what is new of a batch, in one transaction under the ledger's lock: retries resolved, stale submissions
 * returned, entries linked and inserted with tiles, payloads, projections and the authenticated head.
 * Nothing of the batch may leave the process before this resolves. An error means that the outcome is not known.
 *
 * Throws ServiceError: `head/not-ours` when the stored head does not carry our MAC; `head/behind-anchor` or
 * `head/not-consistent-with-anchor` when it is smaller than the head `seen` before, or of its size and another;
 * `head/clock-behind`.
 */
export async function appendBatch(
  database: Kysely<Tables>,
  origin: string,
  authenticator: HeadAuthenticator,
  memory: ListMemory,
  submissions: readonly Submission[],
  seen?: StoredHead,
): Promise<AppendedBatch> {
  // Outside the lock: half a second of writing one large payload would hold up every other writer.
  const written = await insertLargePayloads(database, submissions);
  const appended = await database.transaction().execute(async (transaction) => {
    // From here on this is the only writer. A crash before COMMIT leaves nothing; after it, everything.
    const now = await lockLedger(transaction);
    const head = await readHead(transaction, origin, authenticator);
    requireReached(head, seen);
    const lists = await readListHeads(transaction, submissions, memory);
    const found = await readFound(transaction, submissions, head.frontier.size);
    const last = await readLast(transaction, head.frontier.size);
    const due = last === undefined || last.time < now.toISOString() ? now.toISOString() : last.time;
    const room = await readSubjectRoom(transaction, submissions, lists);
    const { results, fresh } = resolve(submissions, found, lists, room, head.frontier.size, due);
    if (fresh.length === 0) return { results, grownFrom: head, head, linked: [] };

    const time = nextTime(now, last?.time);
    const linked = linkEntries(
      { log: origin, size: head.frontier.size, ...(last === undefined ? {} : { last }) },
      lists.heads,
      time,
      fresh.map((submission) => submission.proposal),
    );
    await insertPayloads(transaction, fresh, (payload) => !written.has(payload));
    await insertEntries(transaction, linked);
    const grown = await insertTilesAndHead(transaction, head, linked, authenticator);
    await insertSubmissions(transaction, fresh, linked);
    await insertProjections(transaction, projectEntries(linked.map(({ entry }) => entry)));
    return { results, grownFrom: head, head: grown, linked };
  });
  const { linked, ...batch } = appended;
  memory.note(linked.map(({ entry }) => entry));
  return batch;
}

async function lockLedger(transaction: Transaction<Tables>): Promise<Date> {
  await sql`SELECT id FROM ledger_lock WHERE id = 1 FOR UPDATE`.execute(transaction);
  // Its own statement: clock_timestamp() in the locking one could be taken before the wait for the lock.
  const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(transaction);
  const now = rows[0]?.now;
  invariant(now !== undefined, 'a SELECT without FROM returns one row');
  return now;
}

/** The newest head, or the empty one, after its MAC and its root were checked: only our heads are built on. */
export async function readHead(
  database: Kysely<Tables>,
  origin: string,
  authenticator: HeadAuthenticator,
): Promise<StoredHead> {
  const row = await database.selectFrom('head').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst();
  if (row === undefined) {
    const stray = await database.selectFrom('entry').select('seq').limit(1).executeTakeFirst();
    if (stray !== undefined) throw notOurs('there are entries, and no head over them');
    return { origin, frontier: EMPTY_FRONTIER, root: frontierRoot(EMPTY_FRONTIER) };
  }
  const head = checkHeadRow(row, origin, authenticator);
  const beyond = await database
    .selectFrom('entry')
    .select('seq')
    .where('seq', '>=', row.size)
    .limit(1)
    .executeTakeFirst();
  if (beyond !== undefined) throw notOurs(`entry ${beyond.seq} stands beyond the head of size ${row.size}`);
  return head;
}

/** A head row as a head; `head/not-ours` where size, root, frontier and MAC do not belong together. */
export function checkHeadRow(row: Tables['head'], origin: string, authenticator: HeadAuthenticator): StoredHead {
  const frontier = parseFrontier(row.frontier);
  if (!frontier.ok || frontier.value.size !== parseSeq(row.size)) throw notOurs('the stored frontier does not read');
  const root = frontierRoot(frontier.value);
  if (!equalBytes(root, row.root)) throw notOurs('the stored root is not that of the frontier');
  if (!equalBytes(authenticator.mac(origin, frontier.value, root), row.mac)) {
    throw notOurs(`the head of size ${row.size} does not carry this service's MAC`);
  }
  return { origin, frontier: frontier.value, root };
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

function notOurs(message: string): ServiceError {
  return new ServiceError({ code: 'head/not-ours', message });
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
  const fresh: Submission[] = [];
  const results = submissions.map((submission): Appended => {
    const identity = formatHex(submission.identity);
    const before = known.get(identity);
    if (before !== undefined) return before;
    const keys = proposalKeys(submission.proposal);
    const wrong = [...keys, ...submission.restsOn.map(({ key }) => key)].find((key) => lists.wrong.has(key));
    const fault = wrong === undefined ? undefined : lists.wrong.get(wrong);
    if (fault !== undefined) return { outcome: 'refused', fault };
    const stale = submission.restsOn.some(({ key, n }) => moved.has(key) || (lists.heads.get(key)?.n ?? 0) !== n);
    if (stale || (submission.before !== undefined && time >= submission.before)) return { outcome: 'stale' };
    const full = takeRoom(submission);
    if (full !== undefined) return { outcome: 'full', fault: full };
    const next = size + fresh.length;
    known.set(identity, { outcome: 'found', seq: next });
    for (const key of keys) moved.add(key);
    fresh.push(submission);
    return { outcome: 'appended', seq: next };
  });
  return { results, fresh };
}

async function readLast(
  transaction: Transaction<Tables>,
  size: number,
): Promise<{ readonly hash: string; readonly time: string } | undefined> {
  if (size === 0) return undefined;
  const row = await transaction
    .selectFrom('entry')
    .select(['leaf', 'hash'])
    .where('seq', '=', String(size - 1))
    .executeTakeFirst();
  const entry = row === undefined ? undefined : parseEntry(row.leaf);
  if (row === undefined || entry === undefined || !entry.ok)
    throw notOurs(`entry ${size - 1} below the head does not read`);
  return { hash: formatHex(row.hash), time: entry.value.time };
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
