import { formatBase64 } from '../core/encoding/base64.ts';
import { formatHex } from '../core/encoding/hex.ts';
import type { Json } from '../core/encoding/json.ts';
import { entryHash } from '../core/entry/entry.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { scopeHasRepository } from '../core/trust/scope.ts';
import type { EntryView, Page, PageRequest } from './answers.ts';
import { authorise, authoriseWholeLedger, EVERY_ROLE, READERS_OF_EVERYTHING } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { makeReceipt } from './make-receipt.ts';
import type { StoredEntry } from './ports.ts';
import { readConsistencyPath } from './tree-proofs.ts';

/** Entries in order, from the first on; `cursor` is the seq of the last one of the page before. */
export async function listEntries(
  context: ServiceContext,
  caller: Caller,
  request: PageRequest,
): Promise<Result<Page<EntryView>>> {
  const allowed = authoriseWholeLedger(caller);
  if (!allowed.ok) return allowed;
  const after = readSeqCursor(request.cursor);
  if (!after.ok) return after;
  const rows = await context.store.entryRange(after.value === undefined ? 0 : after.value + 1, request.limit + 1);
  return ok(page(rows, request.limit, entryView, ({ entry }) => String(entry.seq)));
}

export async function readOneEntry(context: ServiceContext, caller: Caller, seq: number): Promise<Result<EntryView>> {
  const [stored] = await context.store.entries([seq]);
  const allowed = mayReadEntry(caller, stored);
  if (!allowed.ok || stored === undefined) return allowed.ok ? noEntry(seq) : allowed;
  const commitment = stored.entry.payload?.commitment;
  const payload = commitment === undefined ? undefined : (await context.store.payloads([commitment])).get(commitment);
  return ok({ ...entryView(stored), ...(payload === undefined ? {} : { payload: formatBase64(payload.bytes) }) });
}

/** The first receipt of an entry, the same bytes each time until another key of the log is in force. */
export async function readReceipt(context: ServiceContext, caller: Caller, seq: number): Promise<Result<Json>> {
  const [stored] = await context.store.entries([seq]);
  const allowed = mayReadEntry(caller, stored);
  if (!allowed.ok) return allowed;
  const made = stored === undefined ? undefined : await makeReceipt(context, seq);
  return made === undefined ? noEntry(seq) : ok(made.receipt);
}

/**
 * Entries of a repository are its readers'; those without one are of trust, and for all but pipelines. Which repository it
 * is that they may not read, callers are not told. Faults: `auth/role-not-allowed`, `auth/repository-out-of-scope`.
 */
export function mayReadEntry(caller: Caller, stored: StoredEntry | undefined): Result<unknown> {
  const repository = stored?.entry.repository;
  if (repository === undefined) return authorise(caller, { roles: [...READERS_OF_EVERYTHING, 'release-manager'] });
  if (scopeHasRepository(caller, repository)) return authorise(caller, { roles: EVERY_ROLE, repository });
  return fail('auth/repository-out-of-scope', `${caller.principal} has no right in the repository of this entry.`);
}

function noEntry(seq: number): Result<never> {
  return fail('service/not-found', `There is no entry ${seq}.`);
}

function entryView({ entry, bytes }: StoredEntry): EntryView {
  return { entry, hash: formatHex(entryHash(bytes)) };
}

/** Consistency path between two sizes that the ledger has had, as base64 hashes. */
export async function readConsistency(
  context: ServiceContext,
  caller: Caller,
  from: number,
  to: number,
): Promise<Result<{ readonly from: number; readonly to: number; readonly path: readonly string[] }>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const head = await context.store.head();
  if (from < 1 || from > to || to > head.frontier.size) {
    return fail('service/out-of-range', `Sizes go from 1 to ${head.frontier.size}, and from is not over to.`);
  }
  const path = await readConsistencyPath(context.store, from, to);
  return ok({ from, to, path: path.map(formatBase64) });
}
