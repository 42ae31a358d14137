import { type Kysely, sql } from 'kysely';
import { concatBytes, equalBytes } from '../core/encoding/bytes.ts';
import type { ReplayFinding } from '../core/entry/replay.ts';
import { tileRoot } from '../core/merkle/tile.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

const TILE_WIDTH = 256;

type Tile = { readonly level: number; readonly index: number; readonly hashes: Uint8Array; readonly root: Uint8Array };

/** Hashes of the tiles that are not full yet, level by level, and how many full ones were checked. */
export type TileAuditState = { readonly edges: readonly (readonly Uint8Array[])[]; readonly tiles: number };

/** Grows the full tiles out of leaf hashes that were replayed, and compares them with those that are stored. */
export class TileAudit {
  /** Of each level the hashes of its last tile, fewer than 256. */
  readonly #edges: Uint8Array[][];
  #full: Tile[] = [];
  #tiles: number;
  #size: number;

  constructor(size: number, from?: TileAuditState) {
    this.#size = size;
    this.#edges = from?.edges.map((edge) => [...edge]) ?? [];
    this.#tiles = from?.tiles ?? 0;
  }

  /** Full tiles that were checked. */
  get tiles(): number {
    return this.#tiles;
  }

  get state(): TileAuditState {
    return { edges: this.#edges.map((edge) => [...edge]), tiles: this.#tiles };
  }

  /** Takes the hash of the next leaf. */
  take(hash: Uint8Array): void {
    this.#size += 1;
    let full = hash;
    for (let level = 0, count = this.#size; ; level += 1, count /= TILE_WIDTH) {
      const edge = this.#edges[level] ?? [];
      this.#edges[level] = edge;
      edge.push(full);
      if (edge.length < TILE_WIDTH) return;
      const hashes = concatBytes(...edge.splice(0));
      full = tileRoot(hashes);
      this.#full.push({ level, index: count / TILE_WIDTH - 1, hashes, root: full });
    }
  }

  /** Compares the tiles that were filled since it was asked last; `merkle/missing-tile`, `merkle/malformed-tile`. */
  async check(database: Kysely<Tables>, find: (finding: ReplayFinding) => void): Promise<void> {
    const full = this.#full;
    this.#full = [];
    if (full.length === 0) return;
    const { rows } = await sql<{ level: number; index: string; hashes: Uint8Array; root: Uint8Array }>`
      SELECT level, index, hashes, root FROM tile
      JOIN unnest(${full.map(({ level }) => level)}::smallint[], ${full.map(({ index }) => String(index))}::bigint[])
        AS wanted (level, index) USING (level, index)`.execute(database);
    const stored = new Map(rows.map((row) => [`${row.level}/${parseSeq(row.index)}`, row]));
    for (const { level, index, hashes, root } of full) {
      this.#tiles += 1;
      const name = `${level}/${index}`;
      const row = stored.get(name);
      const seq = index * TILE_WIDTH ** (level + 1);
      if (row === undefined) find({ code: 'merkle/missing-tile', seq, message: `Tile ${name} is missing.` });
      else if (!equalBytes(row.hashes, hashes) || !equalBytes(row.root, root)) {
        const message = `Tile ${name} does not hold the hashes of its entries.`;
        find({ code: 'merkle/malformed-tile', seq, message });
      }
    }
  }
}
