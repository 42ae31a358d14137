import { type Kysely, sql } from 'kysely';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

/** Entries of one page, unless another number is asked for. */
const ENTRIES_READ = 2_000;

/** Projections that hold a row, or some, for an entry by its seq. */
export const AUDITED_PROJECTIONS = [
  'payload_reference',
  'list_entry',
  'signed_image',
  'image_child',
  'recorded_subject',
  'recorded_verdict',
  'recorded_waiver',
  'opened_run',
  'ended_run',
  'recorded_release',
  'image_tag',
  'known_name',
] as const;
export type AuditedProjection = (typeof AUDITED_PROJECTIONS)[number];

type EntryRow = { readonly seq: string; readonly leaf: Uint8Array; readonly hash: Uint8Array };
type StoredRow = Readonly<Record<string, unknown>>;

/** Up to 2,000 entries in their order, and what is stored beside them: heads by size, and rows of projections. */
export type AuditPage = {
  /** Seq from which on was read; the first entry may stand further on, where some are missing. */
  readonly from: number;
  readonly entries: readonly EntryRow[];
  readonly heads: ReadonlyMap<number, Tables['head']>;
  readonly projections: ReadonlyMap<AuditedProjection, readonly StoredRow[]>;
};

/** Reads the page from seq `from` on: entries first, so that what is appended meanwhile lies beyond what is compared. */
export async function readAuditPage(
  database: Kysely<Tables>,
  from: number,
  entriesMax: number = ENTRIES_READ,
): Promise<AuditPage> {
  const entries = await database
    .selectFrom('entry')
    .select(['seq', 'leaf', 'hash'])
    .where('seq', '>=', String(from))
    .orderBy('seq')
    .limit(entriesMax)
    .execute();
  const to = from + entries.length;
  const heads = await readHeads(database, from, to);
  const projections = new Map<AuditedProjection, readonly StoredRow[]>();
  for (const table of AUDITED_PROJECTIONS) projections.set(table, await readProjection(database, table, from, to));
  return { from, entries, heads, projections };
}

async function readHeads(
  database: Kysely<Tables>,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, Tables['head']>> {
  const rows = await database
    .selectFrom('head')
    .selectAll()
    .where('size', '>', String(from))
    .where('size', '<=', String(to))
    .execute();
  return new Map(rows.map((row) => [parseSeq(row.size), row]));
}

async function readProjection(
  database: Kysely<Tables>,
  table: AuditedProjection,
  from: number,
  to: number,
): Promise<readonly StoredRow[]> {
  const { rows } = await sql<StoredRow>`
    SELECT * FROM ${sql.table(table)} WHERE seq >= ${String(from)}::bigint AND seq < ${String(to)}::bigint`.execute(
    database,
  );
  return rows;
}
