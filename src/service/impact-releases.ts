import type { Entry } from '../core/entry/entry.ts';
import type { ImageReleased } from '../core/entry/kinds/image-released.ts';
import type { ImageSigned } from '../core/entry/kinds/image-signed.ts';
import type { RunOpened } from '../core/entry/kinds/run-opened.ts';
import type { ImpactRelease } from './answers.ts';
import type { ServiceContext } from './context.ts';
import type { BuiltImage, LedgerStore, SignedRow } from './ports.ts';
import { proveEntries } from './prove-entries.ts';

/** Releases of one image that are shown with what they rest on. */
const RELEASES_MAX = 32;
/** Images of one commit that are looked at, the newest first. */
const IMAGES_MAX = 32;
const COMMIT = 'gitCommit:';

/** Entries by seq, each proved. */
export async function readProved(store: LedgerStore, seqs: readonly number[]): Promise<ReadonlyMap<number, Entry>> {
  const stored = await store.entries([...new Set(seqs)]);
  await proveEntries(store, stored);
  return new Map(stored.map(({ entry }) => [entry.seq, entry]));
}

/**
 * What was released after each of these was signed: of an image itself the newest {@link RELEASES_MAX}; of a commit those of
 * the images that runs of it built, the newest {@link IMAGES_MAX}, each with its digest. Projections say where to look, and
 * each release that is shown is proved, as is that the image names a run of the commit.
 */
export async function readReleasesAfter(
  context: ServiceContext,
  rows: readonly SignedRow[],
): Promise<(row: SignedRow) => readonly ImpactRelease[]> {
  const { projections, store } = context;
  const built = await readBuilt(context, rows);
  const images = new Map(
    rows
      .flatMap((row) => [{ digest: row.subject, repository: row.repository }, ...built(row)])
      .filter(({ digest }) => !digest.startsWith(COMMIT))
      .map(({ digest, repository }) => [`${repository} ${digest}`, { digest, repository }]),
  );
  const found = await projections.releasesOf([...images.values()], RELEASES_MAX);
  const entries = await readProved(
    store,
    found.map(({ seq }) => seq),
  );
  return (row) => {
    const digests = new Set(isCommit(row) ? built(row).map(({ digest }) => digest) : [row.subject]);
    return found.flatMap(({ seq, state }) => {
      const entry = entries.get(seq);
      const body = entry?.body as ImageReleased | undefined;
      if (entry === undefined || body === undefined || seq < row.seq) return [];
      const isOwn = entry.kind === 'image.released' && entry.repository === row.repository && digests.has(body.digest);
      const { environment, digest } = body;
      return isOwn ? [{ seq, time: entry.time, environment, state, ...(isCommit(row) ? { digest } : {}) }] : [];
    });
  };
}

/** The images that were built from the commit of a row; none where it is about an image. */
async function readBuilt(
  { projections, store }: ServiceContext,
  rows: readonly SignedRow[],
): Promise<(row: SignedRow) => readonly BuiltImage[]> {
  const commits = new Map(
    rows
      .filter(isCommit)
      .map(({ subject, repository }) => [
        `${repository} ${subject}`,
        { commit: subject.slice(COMMIT.length), repository },
      ]),
  );
  const found = await projections.imagesOfCommits([...commits.values()], IMAGES_MAX);
  const entries = await readProved(
    store,
    found.flatMap(({ signedSeq, openedSeq }) => [signedSeq, openedSeq]),
  );
  const proved = found.filter((one) => isBuiltFrom(one, entries.get(one.signedSeq), entries.get(one.openedSeq)));
  return (row) =>
    proved.filter(({ commit, repository }) => row.subject === `${COMMIT}${commit}` && row.repository === repository);
}

function isBuiltFrom(
  { commit, repository, digest }: BuiltImage,
  signed: Entry | undefined,
  opened: Entry | undefined,
): boolean {
  return (
    signed?.kind === 'image.signed' &&
    opened?.kind === 'run.opened' &&
    signed.run !== undefined &&
    signed.run === opened.run &&
    signed.repository === repository &&
    opened.repository === repository &&
    (signed.body as ImageSigned).digest === digest &&
    (opened.body as RunOpened).commit === commit
  );
}

function isCommit({ subject }: SignedRow): boolean {
  return subject.startsWith(COMMIT);
}
