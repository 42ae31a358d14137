import { type Kysely, sql } from 'kysely';
import type { AuditPage } from './audit-page.ts';
import { parseSeq } from './pool.ts';
import type { ProjectedRows } from './project-entry.ts';
import type { Tables } from './tables.ts';

type NameRow = Tables['known_name'];

/**
 * Whether the names that are stored for the entries of a page are those that these are the first to name, and every other
 * name of theirs is stored for an entry before them. Pages are taken in their order: a name that stands for an earlier entry
 * was looked at with that one.
 */
export async function namesAgree(
  database: Kysely<Tables>,
  projected: ProjectedRows['known_name'],
  page: AuditPage,
): Promise<boolean> {
  const first = new Map<string, NameRow>();
  for (const row of projected) if (!first.has(nameKey(row))) first.set(nameKey(row), row);
  const found = (page.projections.get('known_name') ?? []) as readonly NameRow[];
  for (const row of found) {
    if (first.get(nameKey(row))?.seq !== row.seq) return false;
    first.delete(nameKey(row));
  }
  const earlier = await readNames(database, [...first.values()]);
  return earlier.length === first.size && earlier.every(({ seq }) => parseSeq(seq) < page.from);
}

async function readNames(database: Kysely<Tables>, names: readonly NameRow[]): Promise<readonly NameRow[]> {
  if (names.length === 0) return [];
  const { rows } = await sql<NameRow>`
    SELECT known.area, known.name, known.seq
    FROM unnest(${names.map(({ area }) => area)}::text[], ${names.map(({ name }) => name)}::text[]) AS wanted (area, name)
    JOIN known_name known ON known.area = wanted.area AND known.name = wanted.name`.execute(database);
  return rows;
}

function nameKey({ area, name }: NameRow): string {
  return `${area} ${name}`;
}
