import { firstNotBefore } from '../find-by-time.ts';
import { proveEntries } from '../prove-entries.ts';
import { projectionDiffers } from '../require-mapped.ts';
import { type InboxPart, type InboxQuestion, NOTHING } from './inbox-question.ts';

const MENDING: readonly string[] = ['pipeline', 'release-manager', 'admin'];

/** Images whose newest verdict is a fail of late: the newest of a repository, and those that run somewhere. */
export async function imagesThatFail({ context, caller, recent, limit }: InboxQuestion): Promise<InboxPart> {
  if (!MENDING.includes(caller.role)) return NOTHING;
  const { store, projections } = context;
  const size = (await store.head()).frontier.size;
  const fromSeq = await firstNotBefore(store, recent, 0, size);
  const rows = await projections.failingImages({ globs: caller.repositories, fromSeq, limit });
  const stored = await store.entries(rows.map(({ seq }) => seq));
  await proveEntries(store, stored);
  const entries = new Map(stored.map(({ entry }) => [entry.seq, entry]));
  const items = rows.map(({ digest, repository, seq, environments }) => {
    const entry = entries.get(seq);
    if (entry?.kind !== 'verdict.recorded' || entry.repository !== repository)
      throw projectionDiffers(`A verdict of ${repository} is listed at entry ${seq}, which is none`);
    const place =
      environments.length === 0 ? 'It is the newest of its repository' : `It runs in ${environments.join(', ')}`;
    return {
      kind: 'image-fails' as const,
      todo: `${place}, and its last verdict is fail: see why, and mend or retire it.`,
      since: entry.time,
      repository,
      digest,
      seq,
      ...(environments.length === 0 ? {} : { environments }),
    };
  });
  return { items, isWhole: true };
}
