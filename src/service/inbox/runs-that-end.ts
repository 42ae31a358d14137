import { proveEntries } from '../prove-entries.ts';
import { projectionDiffers } from '../require-mapped.ts';
import { openedOfEntry } from '../run-directory.ts';
import { type InboxPart, type InboxQuestion, NOTHING } from './inbox-question.ts';

/** Runs last hours: one that has this long left, and is not closed, is about to be forgotten. */
const LEFT_MS_MAX = 3_600_000;

const CLOSING: readonly string[] = ['pipeline', 'admin'];

/** Runs that expire within the hour unless somebody closes them. */
export async function runsThatEnd({ context, caller, now, limit }: InboxQuestion): Promise<InboxPart> {
  if (!CLOSING.includes(caller.role)) return NOTHING;
  const { store, projections } = context;
  const seqs = await projections.endingRuns({
    globs: caller.repositories,
    from: now.toISOString(),
    to: new Date(now.getTime() + LEFT_MS_MAX).toISOString(),
    limit,
  });
  const stored = await store.entries(seqs);
  await proveEntries(store, stored);
  if (stored.length < seqs.length || stored.some(({ entry }) => entry.kind !== 'run.opened'))
    throw projectionDiffers('A run is listed at an entry that does not open it');
  const items = stored.map(({ entry }) => {
    const { run, repository, commit, openedAt, expiresAt, seq } = openedOfEntry(entry);
    return {
      kind: 'run-expires' as const,
      todo: 'Close the run with its outcome, or it goes on record as expired.',
      since: openedAt,
      until: expiresAt,
      repository,
      run,
      commit,
      seq,
    };
  });
  return { items, isWhole: true };
}
