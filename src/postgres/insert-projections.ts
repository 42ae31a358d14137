import type { RunStatement, Statement } from './ledger-transaction.ts';
import type { ProjectedRows } from './project-entry.ts';

/** One INSERT … SELECT FROM unnest a table: a fixed text whatever the number of rows, so that it stays prepared. */
const INSERTS = {
  payload_reference: insertInto('payload_reference', { commitment: 'bytea', seq: 'bigint' }),
  list_entry: insertInto('list_entry', { key: 'text', n: 'bigint', seq: 'bigint' }),
  signed_image: insertInto('signed_image', {
    digest: 'text',
    repository: 'text',
    seq: 'bigint',
    media_type: 'text',
    shape: 'text',
    signed_at: 'timestamptz',
  }),
  image_child: insertInto('image_child', { child: 'text', parent: 'text', repository: 'text', seq: 'bigint' }),
  recorded_subject: insertInto('recorded_subject', {
    subject: 'text',
    repository: 'text',
    seq: 'bigint',
    stage: 'text',
    signer: 'bigint',
  }),
  // A name that is known already keeps the entry that began its list.
  known_name: insertInto('known_name', { area: 'text', name: 'text', seq: 'bigint' }, ' ON CONFLICT DO NOTHING'),
  recorded_verdict: insertInto('recorded_verdict', {
    digest: 'text',
    repository: 'text',
    seq: 'bigint',
    verdict: 'text',
    cut: 'bigint',
  }),
  recorded_release: insertInto('recorded_release', {
    seq: 'bigint',
    kind: 'text',
    repository: 'text',
    digest: 'text',
    environment: 'text',
  }),
  image_tag: insertInto('image_tag', { tag: 'text', repository: 'text', digest: 'text', seq: 'bigint' }),
  recorded_waiver: insertInto('recorded_waiver', {
    waiver: 'text',
    seq: 'bigint',
    kind: 'text',
    repository: 'text',
    digest: 'text',
    recorded_at: 'timestamptz',
    expires: 'text',
    break_glass: 'boolean',
  }),
  opened_run: insertInto('opened_run', {
    seq: 'bigint',
    run: 'text',
    repository: 'text',
    commit: 'text',
    expires_at: 'timestamptz',
  }),
  ended_run: insertInto('ended_run', { seq: 'bigint', run: 'text', outcome: 'text' }),
} as const satisfies Record<keyof ProjectedRows, Insert>;

type Insert = { readonly statement: Statement; readonly columns: readonly string[] };

/** Writes projected rows: one statement a table, all sent at once, and none for an empty table. */
export async function insertProjections(run: RunStatement, rows: ProjectedRows): Promise<void> {
  const tables = Object.keys(INSERTS) as (keyof ProjectedRows)[];
  await Promise.all(
    tables.map(async (table) => {
      const added: readonly Readonly<Record<string, unknown>>[] = rows[table];
      if (added.length === 0) return;
      const { statement, columns } = INSERTS[table];
      await run(
        statement,
        columns.map((column) => added.map((row) => row[column])),
      );
    }),
  );
}

function insertInto(table: string, columns: Readonly<Record<string, string>>, onConflict = ''): Insert {
  const names = Object.keys(columns);
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
  const text = `INSERT INTO ${table} (${names.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')})${onConflict}`;
  return { statement: { name: `insert-${table}`, text }, columns: names };
}
