import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Anchor, HeadAuthenticator } from '../../src/service/ports.ts';
import { audit } from './grown-ledger.ts';
import type { KeptReceipt, Submitted } from './kept-receipts.ts';
import { type MappedLeaf, NaiveMap } from './naive-map.ts';

/** A trace as `newTrace` makes it, wherever it stands in an entry or its payload. */
const TRACE = /trace-[0-9a-f]{16}/g;

export type LedgerClaims = {
  /** Every submission that was ever sent, whether it was answered or not. */
  readonly submitted: readonly Submitted[];
  /** Receipts beside those of the submissions. */
  readonly receipts?: readonly KeptReceipt[];
  /** Signed checkpoints that somebody saw: size, and root in hex. */
  readonly checkpoints?: readonly { readonly size: number; readonly root: string }[];
  readonly authenticator?: HeadAuthenticator;
  readonly anchors?: readonly Anchor[];
};

export type LedgerCheck = { readonly size: number; readonly heads: number; readonly broken: readonly string[] };

/** Of so many newest commitments the map is built anew; those before them are the audit's. */
const COMMITMENTS_BUILT = 300;

type PageRow = { readonly bucket: number; readonly hash: Buffer; readonly body: Buffer };
type HeadRow = { readonly size: number; readonly mapRoot: string };
type EntryRow = { readonly seq: string; readonly leaf: Buffer; readonly payload: Buffer | null };
type Leaf = MappedLeaf & { readonly seq: number; readonly prev?: string; readonly time: string; readonly log: string };

/**
 * What a ledger must hold whatever was killed, cut or paused: read straight from the tables, with a tree of its own
 * (RFC 6962 section 2.1 on node:crypto). `broken` names every invariant that does not hold, and is empty otherwise:
 * no gap, every link, times in order, no identity twice, every head and every checkpoint ever signed over the one
 * tree, every receipt's entry in its place byte for byte, every acknowledged submission once, every other at most
 * once; the map that each commitment names, as built anew, under every head and in every stored page; and that
 * `waybill audit` agrees.
 */
export async function checkLedger(url: string, claims: LedgerClaims): Promise<LedgerCheck> {
  const { entries, heads, identities, pages } = await readTables(url);
  const broken: string[] = [];
  const leaves = entries.map(({ leaf }) => JSON.parse(leaf.toString('utf8')) as Leaf);
  const rootOf = treeOf(entries.map(({ leaf }) => leaf));
  broken.push(...checkChain(entries, leaves));
  for (const { size, root } of heads) {
    if (rootOf(size) !== root) broken.push(`the head of size ${size} has another root than its entries`);
  }
  broken.push(...checkMap(entries, leaves, heads, pages));
  const newest = heads.at(-1)?.size ?? 0;
  if (newest !== entries.length) broken.push(`${entries.length} entries under a head of size ${newest}`);
  for (const [identity, count] of identities) {
    if (count > 1) broken.push(`identity ${identity} stands ${count} times`);
  }
  const receipts = [...claims.submitted.flatMap((one) => one.receipts), ...(claims.receipts ?? [])];
  for (const { size, root } of [...receipts, ...(claims.checkpoints ?? [])]) {
    if (rootOf(size) !== root) broken.push(`a checkpoint of size ${size} was signed over another tree: a fork`);
  }
  for (const { index, entrySha256 } of receipts) {
    const entry = entries[index];
    if (entry === undefined || sha256(entry.leaf) !== entrySha256)
      broken.push(`entry ${index} is not that of a receipt`);
  }
  broken.push(...checkSubmissions(claims.submitted, tracesOf(entries)));
  const anchors = (claims.anchors ?? []).toSorted((one, other) => other.size - one.size);
  for (const { size, root } of anchors) {
    if (rootOf(size) !== Buffer.from(root).toString('hex'))
      broken.push(`an anchor has seen another tree of size ${size}`);
  }
  const [anchor] = anchors;
  const { findings } = await audit(url, {
    origin: leaves[0]?.log ?? '',
    ...(claims.authenticator === undefined ? {} : { authenticator: claims.authenticator }),
    ...(anchor === undefined ? {} : { anchor }),
  });
  broken.push(...findings.map(({ code, seq, message }) => `audit: ${code} at ${seq}: ${message}`));
  return { size: entries.length, heads: heads.length, broken };
}

async function readTables(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const entries = await client.query<EntryRow>(
      `SELECT e.seq::text, e.leaf, p.bytes AS payload FROM entry e
       LEFT JOIN payload p ON p.commitment = decode(convert_from(e.leaf, 'UTF8')::jsonb #>> '{payload,commitment}', 'hex')
       ORDER BY e.seq`,
    );
    const heads = await client.query<{ size: string; root: Buffer; map_root: Buffer }>(
      'SELECT size::text, root, map_root FROM head ORDER BY head.size',
    );
    const pages = await client.query<PageRow>('SELECT bucket, hash, body FROM map_page');
    const identities = await client.query<{ identity: string; count: number }>(
      `SELECT encode(identity, 'hex') AS identity, count(*)::int AS count FROM submission GROUP BY identity`,
    );
    await client.query('COMMIT');
    return {
      entries: entries.rows,
      heads: heads.rows.map(({ size, root, map_root }) => ({
        size: Number(size),
        root: root.toString('hex'),
        mapRoot: map_root.toString('hex'),
      })),
      pages: pages.rows,
      identities: identities.rows.map(({ identity, count }) => [identity, count] as const),
    };
  } finally {
    await client.end();
  }
}

function checkChain(entries: readonly EntryRow[], leaves: readonly Leaf[]): readonly string[] {
  const broken: string[] = [];
  for (const [place, { seq, leaf }] of entries.entries()) {
    const entry = leaves[place];
    const before = entries[place - 1];
    if (Number(seq) !== place || entry?.seq !== place) broken.push(`entry ${seq} stands in place ${place}`);
    const prev = before === undefined ? undefined : leafHash(before.leaf).toString('hex');
    if (entry?.prev !== prev) broken.push(`entry ${seq} does not name the hash of the one before`);
    const timeBefore = leaves[place - 1]?.time ?? '';
    if ((entry?.time ?? '') < timeBefore) broken.push(`the time of entry ${seq} is before that of the one before`);
    if (entry?.log !== leaves[0]?.log || leaf.length > 65_535) broken.push(`entry ${seq} is not one of this log`);
  }
  return broken;
}

/** Every commitment and the newest pages against a map that is built from the leaves alone; each head ends with one. */
function checkMap(
  entries: readonly EntryRow[],
  leaves: readonly Leaf[],
  heads: readonly HeadRow[],
  stored: readonly PageRow[],
): readonly string[] {
  const broken: string[] = [];
  const map = new NaiveMap();
  const committed = new Map<number, string>();
  const commitments = leaves.filter(({ kind }) => kind === 'map.committed').length;
  for (const [seq, leaf] of leaves.entries()) {
    if (leaf.kind === 'map.committed') {
      const said = leaf.body as { readonly keys: number; readonly root: string };
      const isBuilt = commitments - committed.size <= COMMITMENTS_BUILT;
      const root = isBuilt ? map.root().toString('hex') : said.root;
      if (said.root !== root || said.keys !== map.keys) broken.push(`entry ${seq} commits to another map`);
      committed.set(seq + 1, root);
    }
    const row = entries[seq];
    if (row !== undefined) map.take(leaf, seq, leafHash(row.leaf));
  }
  for (const { size, mapRoot } of heads)
    if (committed.get(size) !== mapRoot) broken.push(`the head of size ${size} does not end with its map`);
  const pages = map.pages();
  if (pages.size !== stored.length) broken.push(`${stored.length} buckets are stored; the map has ${pages.size}`);
  for (const { bucket, hash, body } of stored) {
    const page = pages.get(bucket);
    if (page === undefined || !page.hash.equals(hash) || !page.body.equals(body))
      broken.push(`bucket ${bucket} is not that of the map`);
  }
  return broken;
}

/** Which entries bear which trace, in the entry itself or in its payload. */
function tracesOf(entries: readonly EntryRow[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [place, { leaf, payload }] of entries.entries()) {
    const text = `${leaf.toString('utf8')}\n${payload === null ? '' : readable(payload)}`;
    for (const trace of new Set(text.match(TRACE) ?? [])) found.set(trace, [...(found.get(trace) ?? []), place]);
  }
  return found;
}

/** A payload as text, with what an envelope holds beside it. */
function readable(payload: Buffer): string {
  const text = payload.toString('utf8');
  const inner = /"payload":"([A-Za-z0-9+/=]+)"/.exec(text)?.[1];
  return inner === undefined ? text : `${text}\n${Buffer.from(inner, 'base64').toString('utf8')}`;
}

function checkSubmissions(
  submitted: readonly Submitted[],
  traces: ReadonlyMap<string, readonly number[]>,
): readonly string[] {
  return submitted.flatMap(({ trace, receipts }) => {
    if (trace === undefined) return [];
    const places = traces.get(trace) ?? [];
    if (places.length > 1) return [`${trace} stands ${places.length} times: ${places.join(', ')}`];
    const given = [...new Set(receipts.map(({ index }) => index))];
    if (given.length > 1) return [`${trace} was answered with entries ${given.join(', ')}`];
    if (given.length === 1 && places[0] !== given[0]) return [`${trace} was acknowledged and is not there`];
    return [];
  });
}

/** Roots by size, hex: MTH of RFC 6962 section 2.1, with the hashes of subtrees that were seen before. */
function treeOf(leaves: readonly Buffer[]): (size: number) => string | undefined {
  const seen = new Map<string, Buffer>();
  const hash = (from: number, to: number): Buffer => {
    const leaf = leaves[from];
    if (to - from === 1 && leaf !== undefined) return leafHash(leaf);
    const known = seen.get(`${from}-${to}`);
    if (known !== undefined) return known;
    let split = 1;
    while (split * 2 < to - from) split *= 2;
    const root = createHash('sha256')
      .update(Buffer.from([1]))
      .update(hash(from, from + split))
      .update(hash(from + split, to))
      .digest();
    seen.set(`${from}-${to}`, root);
    return root;
  };
  return (size) => (size >= 1 && size <= leaves.length ? hash(0, size).toString('hex') : undefined);
}

function leafHash(leaf: Buffer): Buffer {
  return createHash('sha256')
    .update(Buffer.from([0]))
    .update(leaf)
    .digest();
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
