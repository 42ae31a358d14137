import { formatBase64 } from '../core/encoding/base64.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { verifyConsistency } from '../core/merkle/consistency.ts';
import { consistencyPathsFromTiles, formatTilePath, type TileId, tilesForConsistency } from '../core/merkle/tile.ts';
import type { Page, PageRequest, PublishedCheckpoint } from './answers.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import { type SignedHead, signHead } from './checkpoint-signer.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { createKeptAnswers, type KeptAnswers } from './kept-answers.ts';
import { type LedgerStore, ServiceError, type StoredHead } from './ports.ts';

/**
 * The checkpoints of every batch that was ever committed, newest first, each signed again: the same bytes each time, by
 * whichever replica, until another key of the log is in force. `before`: only those of a smaller size. `cursor` is the size of the last one of the page before.
 *
 * Faults: those of authorisation, `http/malformed-parameter`. Throws `head/not-ours`.
 */
export async function listCheckpoints(
  context: ServiceContext,
  caller: Caller,
  request: PageRequest & { readonly before?: number },
): Promise<Result<Page<PublishedCheckpoint>>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const last = readSeqCursor(request.cursor);
  if (!last.ok) return last;
  const below = Math.min(last.value ?? Number.POSITIVE_INFINITY, request.before ?? Number.POSITIVE_INFINITY);
  const heads = await context.store.heads(Number.isFinite(below) ? below : undefined, request.limit + 1);
  const signed = await signPublished(context, heads);
  return ok(page(signed, request.limit, checkpointView, ({ head }) => String(head.frontier.size)));
}

/** The signed checkpoint of a batch by its size. Faults: those of authorisation; `service/not-found` where no batch ended there. */
export async function readPublishedCheckpoint(
  context: ServiceContext,
  caller: Caller,
  size: number,
): Promise<Result<string>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const [head] = size < Number.MAX_SAFE_INTEGER ? await context.store.heads(size + 1, 1) : [];
  if (head?.frontier.size !== size) return fail('service/not-found', `No checkpoint of size ${size} was published.`);
  const [signed] = await signPublished(context, [head]);
  return signed === undefined ? fail('service/not-found', 'The log is empty.') : ok(signed.checkpoint);
}

function checkpointView({ head, checkpoint }: SignedHead): PublishedCheckpoint {
  return { size: head.frontier.size, root: formatBase64(head.root), checkpoint };
}

/** Heads that were proved and signed, by the key in force, size and root: some ten thousand. */
const KEPT = { answersMax: 10_000, bytesMax: 8 * 1024 * 1024 } as const;

const signedBefore = new WeakMap<LedgerStore, KeptAnswers<SignedHead>>();

/**
 * Signs older heads again. The database names them, and a MAC shows no more than that this service once made them:
 * each must be the beginning of the newest head, which the anchor knows, before anything is signed. One that is not was
 * never part of this history, or was lost with a batch that did not outlive a failover. Throws `head/not-ours`.
 */
export async function signPublished(
  context: ServiceContext,
  heads: readonly StoredHead[],
): Promise<readonly SignedHead[]> {
  const kept = signedBefore.get(context.store) ?? createKeptAnswers<SignedHead>(KEPT, () => 512);
  signedBefore.set(context.store, kept);
  const nameOf = ({ frontier, root }: StoredHead) => `${context.logSigner.vkey} ${frontier.size}/${formatHex(root)}`;
  const unproved = heads.filter((head) => kept.find(nameOf(head)) === undefined);
  if (unproved.length > 0) await holdToNewest(context, unproved);
  return heads.map((head) => {
    const name = nameOf(head);
    const signed = kept.find(name) ?? signHead(head, context.logSigners.of(head));
    kept.keep(name, signed);
    return signed;
  });
}

/** Read after the heads were, so that none of them can be newer. */
async function holdToNewest(context: ServiceContext, heads: readonly StoredHead[]): Promise<void> {
  const newest = (await context.sequencer.checkpoint())?.head;
  const size = newest?.frontier.size ?? 0;
  if (newest === undefined || heads.some(({ frontier }) => frontier.size > size)) throw notOurs(size);
  const wanted = new Map<string, TileId>();
  for (const { frontier } of heads)
    for (const tile of tilesForConsistency(frontier.size, size)) wanted.set(formatTilePath(tile), tile);
  const tiles = await context.store.tiles([...wanted.values()]);
  const sizes = heads.map(({ frontier }) => frontier.size);
  const paths = consistencyPathsFromTiles(sizes, size, tiles);
  if (!paths.ok) throw notOurs(size);
  for (const { frontier, root } of heads) {
    const path = paths.value.get(frontier.size) ?? [];
    const claim = { first: frontier.size, second: size, firstRoot: root, secondRoot: newest.root };
    if (!verifyConsistency({ ...claim, path }).ok) throw notOurs(frontier.size);
  }
}

function notOurs(size: number): ServiceError {
  return new ServiceError({
    code: 'head/not-ours',
    message: `The stored head of size ${size} is not a beginning of the newest one.`,
  });
}
