import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { ProjectedRows } from './project-entry.ts';
import type { Tables } from './tables.ts';

/**
 * Writes projected rows, one statement a table and none for an empty one. A name that is known already keeps the entry
 * that began its list.
 */
export async function insertProjections(transaction: Transaction<Tables>, rows: ProjectedRows): Promise<void> {
  await insertColumns(transaction, 'payload_reference', rows.payload_reference, { commitment: 'bytea', seq: 'bigint' });
  await insertColumns(transaction, 'list_entry', rows.list_entry, { key: 'text', n: 'bigint', seq: 'bigint' });
  await insertColumns(transaction, 'signed_image', rows.signed_image, {
    digest: 'text',
    repository: 'text',
    seq: 'bigint',
    media_type: 'text',
    shape: 'text',
    signed_at: 'timestamptz',
  });
  await insertColumns(transaction, 'image_child', rows.image_child, {
    child: 'text',
    parent: 'text',
    repository: 'text',
    seq: 'bigint',
  });
  await insertColumns(transaction, 'recorded_subject', rows.recorded_subject, {
    subject: 'text',
    repository: 'text',
    seq: 'bigint',
    stage: 'text',
  });
  await insertColumns(transaction, 'known_name', rows.known_name, { area: 'text', name: 'text', seq: 'bigint' }, true);
  await insertColumns(transaction, 'recorded_verdict', rows.recorded_verdict, {
    digest: 'text',
    repository: 'text',
    seq: 'bigint',
    verdict: 'text',
  });
}

/** One INSERT … SELECT FROM unnest: a fixed statement text whatever the number of rows, so that it stays prepared. */
async function insertColumns<Row extends Readonly<Record<string, unknown>>>(
  transaction: Transaction<Tables>,
  table: string,
  rows: readonly Row[],
  columns: { readonly [Column in keyof Row]: string },
  ignoreKnown = false,
): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.keys(columns);
  const arrays = names.map((name) => sql`${rows.map((row) => row[name])}::${sql.raw(`${columns[name]}[]`)}`);
  await sql`INSERT INTO ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))})
    SELECT * FROM unnest(${sql.join(arrays)})
    ${ignoreKnown ? sql`ON CONFLICT DO NOTHING` : sql``}`.execute(transaction);
}
