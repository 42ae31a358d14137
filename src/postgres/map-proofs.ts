import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import { equalBytes } from '../core/encoding/bytes.ts';
import { invariant } from '../core/fault.ts';
import { mapKey, parseMapValue } from '../core/map/map-key.ts';
import { formatMapProof } from '../core/map/map-proof.ts';
import { type MapNode, type MapStep, pathInMap } from '../core/map/map-trie.ts';
import { type HeadAuthenticator, type ProvedList, ServiceError, type StoredHead } from '../service/ports.ts';
import { checkHeadRow } from './head-row.ts';
import { runOn } from './ledger-transaction.ts';
import { differs, type MapMemory } from './map-memory.ts';
import { parseMapDelta, readDeltas, readPages } from './map-pages.ts';
import type { Tables } from './tables.ts';

/** How often a reading is begun again because batches moved what was being read. */
const ATTEMPTS_MAX = 50;

export type MapReading = {
  readonly database: Kysely<Tables>;
  readonly pool: pg.Pool;
  readonly origin: string;
  readonly authenticator: HeadAuthenticator;
  readonly memory: MapMemory;
  /** The newest committed head. */
  readonly readHead: () => Promise<StoredHead>;
};

type Way = ReturnType<MapMemory['wayTo']>;

/**
 * What the map of the newest head says of each list, with proofs. Nothing is locked: the ways are taken at one moment of
 * one head, and a page that a batch has moved since has another hash than the way says, so that it is all read again.
 * A page that is not what its hash says while the head stands still is `map/page-differs`, a head that is behind one that was
 * seen `head/behind-anchor`.
 */
export async function readMapProofs(
  reading: MapReading,
  keys: readonly string[],
): Promise<{ readonly head: StoredHead; readonly lists: ReadonlyMap<string, ProvedList> }> {
  const { memory, pool } = reading;
  const run = runOn(pool);
  let differedAt: number | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const head = await followHead(reading);
    if (head === undefined || memory.head !== head) continue;
    const ways = keys.map((key) => ({ key, hashed: mapKey(key), way: memory.wayTo(mapKey(key)) }));
    const expected = memory.hashes(ways.flatMap(({ way }) => way?.bucket ?? []));
    const known = memory.tries(expected, new Map());
    const rest = new Map([...expected].filter(([bucket]) => !known.tries.has(bucket)));
    const read = memory.tries(rest, await readPages(run, known.missing));
    if (read.missing.length === 0) {
      const tries = new Map([...known.tries, ...read.tries]);
      const lists = ways.map(({ key, hashed, way }) => [key, prove(hashed, way, tries)] as const);
      return { head, lists: new Map(lists) };
    }
    if (differedAt === head.frontier.size) throw differs(`The page of bucket ${read.missing[0]} is another.`);
    differedAt = head.frontier.size;
  }
  throw new ServiceError(
    { code: 'database/contended', message: 'The map moved too fast to be read.' },
    { retryAfterSeconds: 1 },
  );
}

/** Brings the memory to the newest head and gives it; undefined where it has gone on meanwhile, and is to be read again. */
async function followHead(reading: MapReading): Promise<StoredHead | undefined> {
  const { memory } = reading;
  const seen = memory.head?.frontier.size ?? 0;
  const head = await reading.readHead();
  if (head.frontier.size < seen) {
    const message = `The database's head has size ${head.frontier.size}; this replica has seen ${seen}.`;
    throw new ServiceError({ code: 'head/behind-anchor', message });
  }
  const before = memory.head;
  if (before !== undefined && isSame(before, head)) return before;
  const deltas = before === undefined ? [] : await readDeltas(runOn(reading.pool), before.frontier.size);
  if (memory.follow(head, deltas)) return head;
  if ((memory.head?.frontier.size ?? 0) <= head.frontier.size) await loadBuckets(reading);
  return undefined;
}

/** All buckets with the head that they belong to, in one statement and so one snapshot. */
async function loadBuckets({ database, origin, authenticator, memory, readHead }: MapReading): Promise<void> {
  const { rows } = await sql<Tables['head'] & { readonly changes: Uint8Array | null }>`
    SELECT newest.*, (
      SELECT string_agg(substring(int4send(bucket) FROM 3) || hash, ''::bytea ORDER BY bucket) FROM map_page
    ) AS changes
    FROM (SELECT * FROM head ORDER BY size DESC LIMIT 1) AS newest`.execute(database);
  const [row] = rows;
  const head = row === undefined ? await readHead() : checkHeadRow(row, origin, authenticator);
  memory.load(head, parseMapDelta(row?.changes ?? new Uint8Array()));
}

function prove(key: Uint8Array, way: Way, tries: ReadonlyMap<number, MapNode>): ProvedList {
  if (way === undefined) return { proof: formatMapProof(key, undefined) };
  const trie = tries.get(way.bucket);
  invariant(trie !== undefined, 'a way ends in a bucket with keys');
  const { leaf, steps } = pathInMap(trie, key);
  const above: readonly MapStep[] = way.steps;
  const proof = formatMapProof(key, { leaf, steps: [...steps, ...above] });
  if (!equalBytes(leaf.key, key)) return { proof };
  const value = parseMapValue(leaf.value);
  if (!value.ok) throw new ServiceError(value.fault);
  return { value: value.value, proof };
}

function isSame(a: StoredHead, b: StoredHead): boolean {
  return a.frontier.size === b.frontier.size && equalBytes(a.root, b.root) && equalBytes(a.mapRoot, b.mapRoot);
}
