import { sql } from 'kysely';

/**
 * How many entries about an image a recorded verdict did not see, by the columns that name the image, its repository and the
 * size of the tree that was judged; 0 where no verdict was recorded. Releases are not counted: each rests on a verdict of its own.
 */
export function entriesSince(digest: string, repository: string, cut: string) {
  return sql<string>`(SELECT count(*) FROM recorded_subject since
    WHERE since.subject = ${sql.ref(digest)} AND since.repository = ${sql.ref(repository)} AND since.seq >= ${sql.ref(cut)}
      AND NOT EXISTS (SELECT 1 FROM recorded_release released
        WHERE released.seq = since.seq AND released.kind = 'image.released'))`;
}

/** The member of an answer that says so; none where the verdict saw them all. */
export function sinceMember(counted: string): { readonly entriesSince?: number } {
  return counted === '0' ? {} : { entriesSince: Number(counted) };
}
