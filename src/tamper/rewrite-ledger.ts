import { sql, type Transaction } from 'kysely';
import { concatBytes } from '../core/encoding/bytes.ts';
import { formatHex, parseHex } from '../core/encoding/hex.ts';
import { type Entry, type Proposal, parseEntry } from '../core/entry/entry.ts';
import type { MapCommitted } from '../core/entry/kinds/map-committed.ts';
import { type LinkedEntry, type ListHead, linkEntries } from '../core/entry/link.ts';
import { invariant } from '../core/fault.ts';
import { LedgerMap } from '../core/map/ledger-map.ts';
import { appendLeaves, EMPTY_FRONTIER, type Frontier, formatFrontier, frontierRoot } from '../core/merkle/frontier.ts';
import { completedTiles, tileRoot } from '../core/merkle/tile.ts';
import { SERVICE_PRINCIPAL } from '../core/trust/grant-document.ts';
import { insertProjections } from '../postgres/insert-projections.ts';
import { runWithin } from '../postgres/ledger-transaction.ts';
import { insertPages } from '../postgres/map-pages.ts';
import { parseSeq } from '../postgres/pool.ts';
import { projectEntries } from '../postgres/project-entry.ts';
import { readPayloads } from '../postgres/read-ledger.ts';
import { readSignedTags } from '../postgres/signed-tags.ts';
import type { Tables } from '../postgres/tables.ts';
import type { HeadAuthenticator } from '../service/ports.ts';

/** What stays of an entry when its place is taken away: what was proposed, when, and where it stood before. */
export type Leaf = { readonly proposal: Proposal; readonly time: string; readonly was?: number };

/** The ledger as its leaves, in order. */
export async function readLeaves(transaction: Transaction<Tables>): Promise<readonly Leaf[]> {
  const rows = await transaction.selectFrom('entry').select('leaf').orderBy('seq').execute();
  return rows.map((row) => {
    const entry = parseEntry(row.leaf);
    invariant(entry.ok, 'the ledger was whole before it was tampered with');
    return { proposal: proposalOf(entry.value), time: entry.value.time, was: entry.value.seq };
  });
}

function proposalOf(entry: Entry): Proposal {
  const { v: _v, log: _log, seq: _seq, prev: _prev, time: _time, keys: _keys, ...proposal } = entry;
  return proposal;
}

/**
 * Writes the ledger anew out of `leaves`: seq, links and lists, hashes, commitments to the map and its pages, tiles,
 * frontiers, heads, projections and the identities of submissions, as if it had always been so. What needs the log key is
 * the one thing that is not made: every head keeps the MAC that its size had before, or the newest one, unless
 * `authenticator` is given. A ledger that does not end with a commitment gets one, and a head stands over each of them.
 * Needs `withoutGuards`.
 */
export async function rewriteLedger(
  transaction: Transaction<Tables>,
  wanted: readonly Leaf[],
  authenticator?: HeadAuthenticator,
): Promise<void> {
  const leaves = endedByCommitment(wanted);
  const origin = (await transaction.selectFrom('ledger').select('origin').executeTakeFirstOrThrow()).origin;
  const heads = await transaction.selectFrom('head').selectAll().orderBy('size').execute();
  const submissions = await transaction.selectFrom('submission').selectAll().execute();
  const linked = linkLeaves(origin, leaves);
  for (const table of ['head', 'tile', 'entry', 'map_page', 'map_delta'] as const)
    await transaction.deleteFrom(table).execute();
  await sql`DELETE FROM submission`.execute(transaction);
  for (const table of [
    ...[
      'payload_reference',
      'list_entry',
      'signed_image',
      'image_child',
      'recorded_subject',
      'known_name',
      'recorded_verdict',
      'recorded_waiver',
      'recorded_release',
      'opened_run',
      'ended_run',
      'image_tag',
    ],
  ])
    await sql`DELETE FROM ${sql.table(table)}`.execute(transaction);
  await insertEntries(transaction, linked);
  await insertTiles(transaction, linked);
  await insertHeads(transaction, origin, linked, heads, authenticator);
  await insertMap(transaction, linked);
  const entries = linked.map(({ entry }) => entry);
  const tags = await readSignedTags(entries, (commitments) => readPayloads(runWithin(transaction), commitments));
  await insertProjections(runWithin(transaction), projectEntries(entries, tags));
  const moved = new Map(leaves.flatMap(({ was }, seq) => (was === undefined ? [] : [[was, seq] as const])));
  for (const { identity, seq } of submissions) {
    const now = moved.get(parseSeq(seq));
    if (now !== undefined)
      await transaction
        .insertInto('submission')
        .values({ identity, seq: String(now) })
        .execute();
  }
}

/** The leaves with a `map.committed` at their end, whose body `linkLeaves` fills in. */
export function endedByCommitment(leaves: readonly Leaf[]): readonly Leaf[] {
  const last = leaves.at(-1);
  if (last === undefined || last.proposal.kind === 'map.committed') return leaves;
  const proposal = { kind: 'map.committed', principal: SERVICE_PRINCIPAL, body: {} };
  return [...leaves, { proposal, time: last.time }];
}

/** The leaves as entries of the log `log`: seq, links, lists and commitments as if they had always stood so. */
export function linkLeaves(log: string, leaves: readonly Leaf[]): readonly LinkedEntry[] {
  const lists = new Map<string, ListHead>();
  const map = new LedgerMap();
  const linked: LinkedEntry[] = [];
  for (const { proposal, time } of leaves) {
    const before = linked.at(-1);
    const last = before === undefined ? {} : { last: { hash: formatHex(before.hash), time: before.entry.time } };
    const [next] = linkEntries({ log, size: linked.length, ...last }, lists, time, [committed(proposal, map)]);
    invariant(next !== undefined, 'one proposal makes one entry');
    const { keys, seq } = next.entry;
    const hash = formatHex(next.hash);
    for (const { key, n } of keys) lists.set(key, { n, seq, hash });
    map.take({ keys, seq, hash });
    linked.push(next);
  }
  return linked;
}

/** A commitment says what the map is by then; every other proposal stays. */
function committed(proposal: Proposal, map: LedgerMap): Proposal {
  if (proposal.kind !== 'map.committed') return proposal;
  const { keys, root } = map.commit();
  return { ...proposal, body: { keys, root: formatHex(root) } };
}

async function insertMap(transaction: Transaction<Tables>, linked: readonly LinkedEntry[]): Promise<void> {
  const map = new LedgerMap();
  for (const { entry, hash } of linked) map.take({ keys: entry.keys, seq: entry.seq, hash: formatHex(hash) });
  map.commit();
  await insertPages(runWithin(transaction), [...map.pages()]);
}

async function insertEntries(transaction: Transaction<Tables>, linked: readonly LinkedEntry[]): Promise<void> {
  for (const { entry, bytes } of linked) {
    const prev = entry.prev === undefined ? undefined : parseHex(entry.prev, 32);
    invariant(prev === undefined || prev.ok, 'a link is 64 hex digits');
    await transaction
      .insertInto('entry')
      .values({ seq: String(entry.seq), leaf: Buffer.from(bytes), prev: prev?.ok ? Buffer.from(prev.value) : null })
      .execute();
  }
}

async function insertTiles(transaction: Transaction<Tables>, linked: readonly LinkedEntry[]): Promise<void> {
  let level0 = linked.map(({ hash }) => hash);
  const levels: (readonly Uint8Array[])[] = [level0];
  while (level0.length >= 256) {
    level0 = Array.from({ length: Math.floor(level0.length / 256) }, (_, index) =>
      tileRoot(concatBytes(...level0.slice(index * 256, (index + 1) * 256))),
    );
    levels.push(level0);
  }
  for (const { level, index } of completedTiles(0, linked.length)) {
    const hashes = concatBytes(...(levels[level] ?? []).slice(index * 256, (index + 1) * 256));
    await transaction
      .insertInto('tile')
      .values({ level, index: String(index), hashes: Buffer.from(hashes), root: Buffer.from(tileRoot(hashes)) })
      .execute();
  }
}

async function insertHeads(
  transaction: Transaction<Tables>,
  origin: string,
  linked: readonly LinkedEntry[],
  before: readonly Tables['head'][],
  authenticator: HeadAuthenticator | undefined,
): Promise<void> {
  const macs = new Map(before.map(({ size, mac }) => [parseSeq(size), mac]));
  const newest = before.at(-1)?.mac;
  invariant(newest !== undefined, 'a ledger that is tampered with has a head');
  let frontier: Frontier = EMPTY_FRONTIER;
  for (const { entry, hash } of linked) {
    frontier = appendLeaves(frontier, [hash]);
    if (entry.kind !== 'map.committed') continue;
    const root = frontierRoot(frontier);
    const mapRoot = parseHex((entry.body as MapCommitted).root, 32);
    invariant(mapRoot.ok, 'a commitment names a root');
    const mac = authenticator?.mac(origin, frontier, root, mapRoot.value) ?? macs.get(frontier.size) ?? newest;
    await transaction
      .insertInto('head')
      .values({
        size: String(frontier.size),
        root: Buffer.from(root),
        frontier: Buffer.from(formatFrontier(frontier)),
        map_root: Buffer.from(mapRoot.value),
        mac: Buffer.from(mac),
      })
      .execute();
  }
}
