import type pg from 'pg';

/** Column types that the bulk writer can send. */
type ColumnType = 'bytea' | 'int' | 'text' | 'bigint' | 'smallint' | 'timestamptz';

/** Types of every column that is written, by table. A table that is not here is a fault of the bench, not left out. */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, ColumnType>>>> = {
  payload: { commitment: 'bytea', salt: 'bytea', bytes: 'bytea' },
  entry: { seq: 'bigint', leaf: 'bytea', prev: 'bytea' },
  head: { size: 'bigint', root: 'bytea', frontier: 'bytea', map_root: 'bytea', mac: 'bytea' },
  map_page: { bucket: 'int', hash: 'bytea', body: 'bytea' },
  tile: { level: 'smallint', index: 'bigint', hashes: 'bytea', root: 'bytea' },
  submission: { identity: 'bytea', seq: 'bigint' },
  payload_reference: { commitment: 'bytea', seq: 'bigint' },
  list_entry: { key: 'text', n: 'bigint', seq: 'bigint' },
  signed_image: {
    digest: 'text',
    repository: 'text',
    seq: 'bigint',
    media_type: 'text',
    shape: 'text',
    signed_at: 'timestamptz',
  },
  image_child: { child: 'text', parent: 'text', repository: 'text', seq: 'bigint' },
  recorded_subject: { subject: 'text', repository: 'text', seq: 'bigint', stage: 'text', signer: 'bigint' },
  known_name: { area: 'text', name: 'text', seq: 'bigint' },
};

type Value = Uint8Array | string | number | null;

/** Tables in which a row with the same key may stand already: it is replaced, or stays. */
const KNOWN: Readonly<Record<string, string>> = {
  known_name: ' ON CONFLICT DO NOTHING',
  map_page: ' ON CONFLICT (bucket) DO UPDATE SET hash = excluded.hash, body = excluded.body',
};

/** Rows of one table, as objects with the columns that the table has. */
export type BulkRows = { readonly table: string; readonly rows: readonly Readonly<Record<string, unknown>>[] };

/**
 * Writes rows with one statement a table. Bytes go over as one binary value with the place of each part beside it: an
 * array of bytea would be spelled out in hex, twice as long and slow to write and to read.
 */
export async function insertBulk(client: pg.Client, tables: readonly BulkRows[]): Promise<void> {
  for (const { table, rows } of tables) {
    if (rows.length === 0) continue;
    const columns = COLUMNS[table];
    if (columns === undefined) throw new Error(`the bench does not know how to fill the table ${table}`);
    const values: unknown[] = [];
    const selected: string[] = [];
    const arrays: string[] = [];
    for (const [name, type] of Object.entries(columns)) {
      const column = rows.map((row) => row[name] as Value);
      if (type === 'bytea') {
        const { bytes, offsets, lengths } = packBytes(column);
        values.push(bytes, offsets, lengths);
        const n = values.length;
        arrays.push(`$${n - 1}::int[]`, `$${n}::int[]`);
        selected.push(`substring($${n - 2}::bytea FROM part.c${arrays.length - 2} FOR part.c${arrays.length - 1})`);
      } else {
        values.push(column);
        arrays.push(`$${values.length}::${type}[]`);
        selected.push(`part.c${arrays.length - 1}`);
      }
    }
    const names = Object.keys(columns).map((name) => `"${name}"`);
    const aliases = arrays.map((_, index) => `c${index}`);
    await client.query({
      name: `bulk ${table}`,
      text: `INSERT INTO ${table} (${names.join(', ')})
        SELECT ${selected.join(', ')} FROM unnest(${arrays.join(', ')}) AS part (${aliases.join(', ')})${KNOWN[table] ?? ''}`,
      values,
    });
  }
}

/** All parts in one buffer; offsets count from 1 as in SQL, and are null where the part is. */
function packBytes(parts: readonly Value[]): {
  readonly bytes: Buffer;
  readonly offsets: readonly (number | null)[];
  readonly lengths: readonly (number | null)[];
} {
  const present = parts.filter((part) => part instanceof Uint8Array);
  let offset = 1;
  const offsets: (number | null)[] = [];
  const lengths: (number | null)[] = [];
  for (const part of parts) {
    if (!(part instanceof Uint8Array)) {
      offsets.push(null);
      lengths.push(null);
      continue;
    }
    offsets.push(offset);
    lengths.push(part.length);
    offset += part.length;
  }
  return { bytes: Buffer.concat(present), offsets, lengths };
}
