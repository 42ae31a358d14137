import { type Kysely, sql } from 'kysely';
import { formatHex } from '../core/encoding/hex.ts';
import type { ReplayFinding } from '../core/entry/replay.ts';
import { namesAgree } from './audit-names.ts';
import { AUDITED_PROJECTIONS, type AuditedProjection, type AuditPage } from './audit-page.ts';
import type { ProjectedRows } from './project-entry.ts';
import type { Tables } from './tables.ts';

/** Projections of the entries of a page: as many rows as they make, and none other (`database/projection-differs`). */
export async function auditProjections(
  database: Kysely<Tables>,
  rows: ProjectedRows,
  page: AuditPage,
  find: (finding: ReplayFinding) => void,
): Promise<void> {
  for (const table of AUDITED_PROJECTIONS) {
    const agrees =
      table === 'known_name' ? await namesAgree(database, rows.known_name, page) : rowsAgree(rows, page, table);
    if (agrees) continue;
    const last = page.from + page.entries.length - 1;
    const message = `The projection ${table} differs from entries ${page.from} to ${last}: run waybill rebuild.`;
    find({ code: 'database/projection-differs', seq: page.from, message });
  }
}

/** That no projection has rows of entries which a ledger of this size has not (`database/projection-differs`). */
export async function auditBeyond(
  database: Kysely<Tables>,
  size: number,
  find: (finding: ReplayFinding) => void,
): Promise<void> {
  for (const table of AUDITED_PROJECTIONS) {
    const { rows } = await sql`
      SELECT FROM ${sql.table(table)} WHERE seq >= ${String(size)}::bigint OR seq < 0 LIMIT 1`.execute(database);
    const message = `The projection ${table} has rows of no entry: run waybill rebuild.`;
    if (rows.length > 0) find({ code: 'database/projection-differs', seq: size, message });
  }
}

function rowsAgree(rows: ProjectedRows, page: AuditPage, table: AuditedProjection): boolean {
  const expected = rows[table].map(fingerprint).sort();
  const found = (page.projections.get(table) ?? []).map(fingerprint).sort();
  return expected.length === found.length && expected.every((row, index) => row === found[index]);
}

/** A row as text that equals another's exactly where both hold the same. */
function fingerprint(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    Object.keys(row)
      .sort()
      .map((name) => [name, comparable(row[name])]),
  );
}

function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return formatHex(value);
  return value instanceof Date ? value.toISOString() : value;
}
