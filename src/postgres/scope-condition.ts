import { type RawBuilder, sql } from 'kysely';
import { splitGlobs } from './split-globs.ts';

/** Whether the repository in that column lies within the globs. */
export function inScope(column: string, globs: readonly string[]): RawBuilder<boolean> {
  const { exact, prefixes, everything } = splitGlobs(globs);
  const repository = sql.ref(column);
  return sql<boolean>`(${everything} OR ${repository} = ANY (${exact}::text[])
    OR EXISTS (SELECT 1 FROM unnest(${prefixes}::text[]) AS prefix WHERE starts_with(${repository}, prefix)))`;
}

/** Whether the text in that column begins with the prefix, compared byte by byte: a range of an index that is sorted so. */
export function beginsWith(column: string, prefix: string): RawBuilder<boolean> {
  const text = sql`${sql.ref(column)} COLLATE "C"`;
  // Above every character that a digest, an id or a name can have.
  return sql<boolean>`(${text} >= ${prefix} AND ${text} < ${`${prefix}\u007f`})`;
}
