import { contractsAt } from '../core/custody/check-releases.ts';
import type { Changes } from '../core/custody/compare-custody.ts';
import { compareCustody } from '../core/custody/compare-custody.ts';
import { isAct } from '../core/dual-control/takes-two.ts';
import type { Entry } from '../core/entry/entry.ts';
import { contractKey, coverageKey, imageKey, releaseKey } from '../core/entry/keys.ts';
import type { ContractPublished } from '../core/entry/kinds/contract-published.ts';
import type { ImageReleased } from '../core/entry/kinds/image-released.ts';
import { globsFor } from '../core/entry/names.ts';
import { ok, type Result } from '../core/fault.ts';
import { scopeHasRepository } from '../core/trust/scope.ts';
import type { ChangesView, Page, PageRequest, ReleaseView } from './answers.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { type SettledQuestion, settleQuestion } from './find-image.ts';
import { judgeEvidence } from './judge-evidence.ts';
import { withEvidence } from './load-evidence.ts';
import type { LedgerStore, ReleaseRow } from './ports.ts';
import { proveEntries } from './prove-entries.ts';
import { readWholeLists } from './read-list.ts';
import { projectionDiffers } from './require-mapped.ts';

export type ReleaseFilter = {
  readonly repository?: string;
  readonly environment?: string;
  readonly digest?: string;
};

/** Releases that the caller may read, the newest first. */
export async function listReleases(
  context: ServiceContext,
  caller: Caller,
  filter: ReleaseFilter,
  request: PageRequest,
): Promise<Result<Page<ReleaseView>>> {
  const { repository } = filter;
  const allowed = authorise(caller, { roles: EVERY_ROLE, ...(repository === undefined ? {} : { repository }) });
  if (!allowed.ok) return allowed;
  const before = readSeqCursor(request.cursor);
  if (!before.ok) return before;
  const rows = await context.projections.releases({
    ...filter,
    globs: caller.repositories,
    ...(before.value === undefined ? {} : { beforeSeq: before.value }),
    limit: request.limit + 1,
  });
  const stored = await context.store.entries(rows.map(({ seq }) => seq));
  await proveEntries(context.store, stored);
  const entries = new Map(stored.map(({ entry }) => [entry.seq, entry]));
  const found = rows.map((row) => {
    const entry = entries.get(row.seq);
    if (entry?.kind !== 'image.released' || !scopeHasRepository(caller, entry.repository ?? ''))
      throw projectionDiffers(`A release is listed at entry ${row.seq}, which is none`);
    return { row, entry };
  });
  return ok(
    page(
      found,
      request.limit,
      ({ row, entry }) => viewOf(entry, row),
      ({ row }) => String(row.seq),
    ),
  );
}

/** A release with where it stands now. */
export async function releaseView(context: ServiceContext, entry: Entry): Promise<ReleaseView> {
  const [row] = await context.projections.releases({ seq: entry.seq, globs: ['*'], limit: 1 });
  return viewOf(entry, row);
}

function viewOf(entry: Entry, row: ReleaseRow | undefined): ReleaseView {
  const { digest, environment, verdict } = entry.body as ImageReleased;
  const { seq, time, principal, repository = '' } = entry;
  return {
    digest,
    repository,
    environment,
    verdict,
    state: row?.state ?? 'current',
    released: { seq, time, principal, assurance: 'service' },
  };
}

/**
 * What differs from the image that runs in the environment now, as recorded: what a release of this one would change.
 * Faults: those of {@link settleQuestion}.
 */
export async function readChanges(
  context: ServiceContext,
  caller: Caller,
  image: { readonly digest: string; readonly repository?: string },
  environment: string,
): Promise<Result<ChangesView>> {
  const question = await settleQuestion(context, caller, image);
  if (!question.ok) return question;
  const { subject, repository } = question.value;
  const about = { digest: subject, repository, environment };
  const previous = await newestOther(context.store, repository, environment, subject);
  if (previous === undefined) return ok(about);
  const { digest } = previous.body as ImageReleased;
  const changes = await changesBetween(context.store, repository, previous, subject);
  const compared = await readComparison(context, { ...question.value, environment });
  return ok({ ...about, previous: { digest, seq: previous.seq, time: previous.time }, changes, ...compared });
}

/** What is stated of both, out of evidence; nothing where that does not fit. */
async function readComparison(
  context: ServiceContext,
  question: SettledQuestion & { readonly environment: string },
): Promise<Pick<ChangesView, 'comparison'>> {
  const judged = await withEvidence(context, question, ({ bytes }) => judgeEvidence(context, bytes));
  const comparison = judged.ok ? judged.value.comparison : undefined;
  return comparison === undefined ? {} : { comparison };
}

/** The newest release of another image to the environment, found along the links of its list. */
async function newestOther(
  store: LedgerStore,
  repository: string,
  environment: string,
  digest: string,
): Promise<Entry | undefined> {
  const key = releaseKey(repository, environment);
  let seq = (await store.listEnds([key])).get(key)?.seq;
  while (seq !== undefined) {
    const stored = await store.entries([seq]);
    await proveEntries(store, stored);
    const entry = stored[0]?.entry;
    if (entry?.kind === 'image.released' && (entry.body as ImageReleased).digest !== digest) return entry;
    seq = entry?.keys.find((link) => link.key === key)?.prevSeq;
  }
  return undefined;
}

async function changesBetween(
  store: LedgerStore,
  repository: string,
  previous: Entry,
  digest: string,
): Promise<Changes> {
  const before = (previous.body as ImageReleased).digest;
  const coverage = await readWholeLists(store, globsFor(repository).map(coverageKey));
  const names = new Set([...coverage.values()].flat().map(({ entry }) => (entry.body as ContractPublished).contract));
  const images = await readWholeLists(store, [imageKey(before), imageKey(digest)]);
  const contracts = await readWholeLists(store, [...names].map(contractKey));
  const history = [...contracts.values()].flat().filter(({ entry }) => isAct(entry));
  const steps = (of: string, below: number) =>
    (images.get(imageKey(of)) ?? [])
      .map(({ entry }) => entry)
      .filter((entry) => entry.repository === repository && entry.seq < below);
  const at = (of: string, seq: number) => ({
    steps: steps(of, seq),
    contracts: contractsAt({ history }, repository, seq),
  });
  return compareCustody(at(before, previous.seq), at(digest, Number.MAX_SAFE_INTEGER));
}
