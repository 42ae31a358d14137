import { formatHex } from '../core/encoding/hex.ts';
import type { ReplayFinding } from '../core/entry/replay.ts';
import { AUDITED_PROJECTIONS, type AuditPage } from './audit-page.ts';
import type { ProjectedRows } from './project-entry.ts';

/** Projections of the entries of a page: as many rows as they make, and none other (`database/projection-differs`). */
export function auditProjections(rows: ProjectedRows, page: AuditPage, find: (finding: ReplayFinding) => void): void {
  for (const table of AUDITED_PROJECTIONS) {
    const expected = rows[table].map(fingerprint).sort();
    const found = (page.projections.get(table) ?? []).map(fingerprint).sort();
    if (expected.length === found.length && expected.every((row, index) => row === found[index])) continue;
    const last = page.from + page.entries.length - 1;
    const message = `The projection ${table} differs from entries ${page.from} to ${last}: run waybill rebuild.`;
    find({ code: 'database/projection-differs', seq: page.from, message });
  }
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
