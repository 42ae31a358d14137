import { type Kysely, sql } from 'kysely';
import { concatBytes, equalBytes } from '../core/encoding/bytes.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import { LedgerReplay, type ReplayFinding } from '../core/entry/replay.ts';
import { frontierRoot, parseFrontier } from '../core/merkle/frontier.ts';
import { tileRoot } from '../core/merkle/tile.ts';
import type { Anchor, HeadAuthenticator } from '../service/ports.ts';
import { parseSeq } from './pool.ts';
import { type ProjectedRows, projectEntries } from './project-entry.ts';
import type { Tables } from './tables.ts';

/** One thing that is not as it must be: where, under which code, and in words. */
export type AuditFinding = ReplayFinding;

export type AuditResult = {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly heads: number;
  readonly tiles: number;
  readonly payloads: number;
  readonly findings: readonly AuditFinding[];
};

export type AuditOptions = {
  readonly origin: string;
  /** The service's own MAC key, where the audit runs beside it; without it MACs are not checked. */
  readonly authenticator?: HeadAuthenticator;
  /** The head that a replica remembers outside the database. */
  readonly anchor?: Anchor;
  readonly onProgress?: (done: number, size: number) => void;
};

const ENTRIES_READ = 2_000;
const FINDINGS_MAX = 1_000;

/**
 * Replays the whole ledger out of the database: chain, lists and tree by `core`, then everything stored beside the
 * leaves against it: generated hashes, heads and their MACs, tiles, payload commitments, projections, and the anchor.
 * Reads only, page by page, without a long transaction. Stops looking after 1,000 findings.
 */
export async function auditLedger(database: Kysely<Tables>, options: AuditOptions): Promise<AuditResult> {
  const audit = new Audit(database, options);
  await audit.replay();
  await audit.checkTiles();
  audit.checkAnchor();
  return audit.result();
}

class Audit {
  readonly #database: Kysely<Tables>;
  readonly #options: AuditOptions;
  readonly #replay: LedgerReplay;
  readonly #findings: AuditFinding[] = [];
  #heads = 0;
  #tiles = 0;
  #payloads = 0;
  #anchorSeen = false;
  #level0: Uint8Array[] = [];

  constructor(database: Kysely<Tables>, options: AuditOptions) {
    this.#database = database;
    this.#options = options;
    this.#replay = new LedgerReplay(options.origin);
  }

  result(): AuditResult {
    return {
      origin: this.#options.origin,
      size: this.#replay.size,
      root: formatHex(this.#replay.root),
      heads: this.#heads,
      tiles: this.#tiles,
      payloads: this.#payloads,
      findings: this.#findings.slice(0, FINDINGS_MAX),
    };
  }

  async replay(): Promise<void> {
    const size = await this.#newestHead();
    for (let from = 0; this.#findings.length < FINDINGS_MAX; ) {
      const rows = await this.#database
        .selectFrom('entry')
        .select(['seq', 'leaf', 'hash'])
        .where('seq', '>=', String(from))
        .orderBy('seq')
        .limit(ENTRIES_READ)
        .execute();
      const last = rows.at(-1);
      if (last === undefined) break;
      await this.#takePage(rows, from);
      from = parseSeq(last.seq) + 1;
      this.#options.onProgress?.(from, Math.max(from, size));
    }
    if (this.#replay.size < size)
      this.#find('entry/missing', this.#replay.size, `The head says ${size} entries; ${this.#replay.size} are there.`);
    // Read again: what was appended meanwhile came with its head.
    const grown = await this.#newestHead();
    if (this.#replay.size > grown)
      this.#find('head/not-ours', grown, `Entries stand beyond the newest head of size ${grown}.`);
  }

  async #newestHead(): Promise<number> {
    const newest = await this.#database
      .selectFrom('head')
      .select('size')
      .orderBy('size', 'desc')
      .limit(1)
      .executeTakeFirst();
    return newest === undefined ? 0 : parseSeq(newest.size);
  }

  async #takePage(
    rows: readonly { readonly seq: string; readonly leaf: Uint8Array; readonly hash: Uint8Array }[],
    from: number,
  ): Promise<void> {
    const heads = await this.#readHeads(from, rows.length);
    const entries = rows.flatMap((row) => {
      const seq = parseSeq(row.seq);
      if (seq !== this.#replay.size)
        this.#find('entry/missing', this.#replay.size, `Entry ${this.#replay.size} is missing; ${seq} follows.`);
      const next = this.#replay.next(row.leaf);
      for (const finding of next.findings) this.#findings.push(finding);
      if (!equalBytes(next.hash, row.hash))
        this.#find('entry/link-broken', seq, 'The stored hash is not that of the stored leaf.');
      this.#takeLeafHash(next.hash);
      this.#checkHead(heads.get(this.#replay.size));
      this.#compareAnchor();
      return next.entry === undefined ? [] : [next.entry];
    });
    await this.#checkPayloads(entries);
    await this.#checkProjections(projectEntries(entries), from, rows.length);
  }

  async #readHeads(from: number, count: number): Promise<ReadonlyMap<number, Tables['head']>> {
    const rows = await this.#database
      .selectFrom('head')
      .selectAll()
      .where('size', '>', String(from))
      .where('size', '<=', String(from + count))
      .execute();
    return new Map(rows.map((row) => [parseSeq(row.size), row]));
  }

  #checkHead(row: Tables['head'] | undefined): void {
    if (row === undefined) return;
    this.#heads += 1;
    const size = this.#replay.size;
    if (!this.#replay.agrees(row.root))
      this.#find('head/not-ours', size, `The stored head of size ${size} has another root than its entries.`);
    const frontier = parseFrontier(row.frontier);
    if (!frontier.ok || !equalBytes(frontierRoot(frontier.value), row.root)) {
      this.#find('head/not-ours', size, `The stored frontier of size ${size} has another root.`);
      return;
    }
    const mac = this.#options.authenticator?.mac(this.#options.origin, frontier.value, row.root);
    if (mac !== undefined && !equalBytes(mac, row.mac))
      this.#find('head/not-ours', size, `The head of size ${size} does not carry this service's MAC.`);
  }

  #compareAnchor(): void {
    const { anchor } = this.#options;
    if (anchor === undefined || anchor.size !== this.#replay.size) return;
    this.#anchorSeen = true;
    if (!this.#replay.agrees(anchor.root)) {
      this.#find(
        'head/not-consistent-with-anchor',
        anchor.size,
        `At size ${anchor.size} the ledger is not the one that the anchor has seen.`,
      );
    }
  }

  checkAnchor(): void {
    const { anchor, origin } = this.#options;
    if (anchor === undefined) return;
    if (anchor.origin !== origin)
      this.#find('anchor/wrong-origin', anchor.size, `The anchor is that of ${anchor.origin}.`);
    else if (!this.#anchorSeen)
      this.#find(
        'head/behind-anchor',
        this.#replay.size,
        `The anchor has seen ${anchor.size} entries; ${this.#replay.size} are there.`,
      );
  }

  #takeLeafHash(hash: Uint8Array): void {
    this.#level0.push(hash);
  }

  /** Every full tile, level by level, out of the leaf hashes that were replayed: 32 bytes an entry of memory. */
  async checkTiles(): Promise<void> {
    let hashes: readonly Uint8Array[] = this.#level0;
    for (let level = 0; hashes.length >= 256; level += 1) {
      const roots: Uint8Array[] = [];
      for (let index = 0; (index + 1) * 256 <= hashes.length; index += 1) {
        const expected = concatBytes(...hashes.slice(index * 256, (index + 1) * 256));
        roots.push(tileRoot(expected));
        await this.#checkTile(level, index, expected);
      }
      hashes = roots;
    }
  }

  async #checkTile(level: number, index: number, expected: Uint8Array): Promise<void> {
    const row = await this.#database
      .selectFrom('tile')
      .select(['hashes', 'root'])
      .where('level', '=', level)
      .where('index', '=', String(index))
      .executeTakeFirst();
    this.#tiles += 1;
    const seq = index * 256 ** (level + 1);
    if (row === undefined) this.#find('merkle/missing-tile', seq, `Tile ${level}/${index} is missing.`);
    else if (!equalBytes(row.hashes, expected) || !equalBytes(row.root, tileRoot(expected))) {
      this.#find('merkle/malformed-tile', seq, `Tile ${level}/${index} does not hold the hashes of its entries.`);
    }
  }

  async #checkPayloads(
    entries: readonly {
      readonly seq: number;
      readonly payload?: { readonly commitment: string; readonly size: number };
    }[],
  ): Promise<void> {
    for (const { seq, payload } of entries) {
      if (payload === undefined) continue;
      const row = await this.#database
        .selectFrom('payload')
        .select(['salt', 'bytes'])
        .where('commitment', '=', Buffer.from(payload.commitment, 'hex'))
        .executeTakeFirst();
      this.#payloads += 1;
      if (row === undefined) this.#find('payload/absent', seq, 'The payload is not there.');
      else if (row.bytes.length !== payload.size)
        this.#find('payload/size-wrong', seq, 'The payload has another size than the entry says.');
      else if (payloadCommitment(row.salt, row.bytes) !== payload.commitment) {
        this.#find(
          'payload/commitment-wrong',
          seq,
          'The entry does not commit to the payload and salt that are stored.',
        );
      }
    }
  }

  /** Projections of these entries: as many rows as they make, and none other. */
  async #checkProjections(rows: ProjectedRows, from: number, count: number): Promise<void> {
    const to = String(from + count);
    for (const table of [
      'payload_reference',
      'list_entry',
      'signed_image',
      'image_child',
      'recorded_subject',
      'recorded_verdict',
    ] as const) {
      const stored = await sql<Record<string, unknown>>`
        SELECT * FROM ${sql.table(table)} WHERE seq >= ${String(from)}::bigint AND seq < ${to}::bigint`.execute(
        this.#database,
      );
      const expected = rows[table].map(fingerprint).sort();
      const found = stored.rows.map(fingerprint).sort();
      if (JSON.stringify(expected) !== JSON.stringify(found)) {
        this.#find(
          'database/projection-differs',
          from,
          `The projection ${table} differs from entries ${from} to ${from + count - 1}: run waybill rebuild.`,
        );
      }
    }
  }

  #find(code: AuditFinding['code'], seq: number, message: string): void {
    this.#findings.push({ code, seq, message });
  }
}

function fingerprint(row: Readonly<Record<string, unknown>>): string {
  const columns = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return JSON.stringify(columns.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
