import type { Entry } from '../entry/entry.ts';
import { imageKey } from '../entry/keys.ts';
import type { ContractPublished } from '../entry/kinds/contract-published.ts';
import type { ImageReleased } from '../entry/kinds/image-released.ts';
import type { ImageRetired } from '../entry/kinds/image-retired.ts';
import { globMatches } from '../entry/names.ts';
import type { Act } from './act.ts';
import { actOf } from './act.ts';
import type { CheckList } from './check.ts';
import { type Changes, type Compared, compareCustody } from './compare-custody.ts';
import type { Coverage } from './contracts-in-force.ts';
import type { Counted } from './counted.ts';
import type { Question } from './evidence.ts';
import type { Material } from './material.ts';
import { isOfRelease, stepsBefore } from './release-steps.ts';
import type { TrustState } from './trust-state.ts';

/** A release of the image, and what was released to the environment before it. */
export type Release = Act & {
  readonly environment: string;
  /** Seq of the recorded verdict that it rests on. */
  readonly verdict: number;
  /** The release of another image that it took the place of; absent where there was none. */
  readonly previous?: { readonly digest: string; readonly seq: number; readonly time: string };
  /** What differs from that image, as recorded when each was released. */
  readonly changes?: Changes;
};

/** An end of the image: in one environment, or everywhere. */
export type Retirement = Act & { readonly environment?: string };

export type Releases = { readonly releases: readonly Release[]; readonly retirements: readonly Retirement[] };

/** What releases are judged from. */
type Grounds = {
  readonly question: Question;
  /** The environment that the reader asks about; absent: none in particular. */
  readonly environment?: string;
  readonly material: Material;
  readonly trust: TrustState;
  readonly counted: readonly Counted[];
  readonly coverage: Pick<Coverage, 'history'>;
};

/**
 * Releases and retirements of the image in the repository: who wrote them may (`principal/allowed`), what was released before
 * is shown (`release/previous`), and a retired image fails (`image/retired`), in the environment that is asked about or,
 * where it was retired everywhere, always. Source: docs/spec/releases.md.
 */
export function checkReleases(grounds: Grounds, checks: CheckList): Releases {
  const { question, material, trust } = grounds;
  const list = (material.lists.get(imageKey(question.subject)) ?? []).map(({ entry }) => entry);
  const own = list.filter((entry) => isOfRelease(question, entry));
  for (const entry of own) checkWriter(entry, trust, checks);
  const shown = new Map([...material.entries].map(([seq, { entry }]) => [seq, entry]));
  const releases = own.flatMap((entry) =>
    entry.kind === 'image.released' ? [readRelease(entry, shown, grounds, checks)] : [],
  );
  const retirements = own.flatMap((entry) => (entry.kind === 'image.retired' ? [readRetirement(entry, trust)] : []));
  checkRetired(releases, retirements, grounds.environment, checks);
  return { releases, retirements };
}

function checkWriter(entry: Entry, trust: TrustState, checks: CheckList): void {
  const about = { seq: entry.seq, detail: entry.principal };
  const fault = trust.writerFault(entry);
  if (fault === undefined) checks.pass('principal/allowed', about);
  else checks.fail('principal/allowed', fault, about);
}

function readRelease(entry: Entry, shown: ReadonlyMap<number, Entry>, grounds: Grounds, checks: CheckList): Release {
  const { environment, verdict } = entry.body as ImageReleased;
  const { previous, incomplete } = stepsBefore(entry, shown);
  const before = previous === undefined ? undefined : (previous.body as ImageReleased).digest;
  const about = { seq: entry.seq, ...(before === undefined ? {} : { detail: before }) };
  if (incomplete) checks.fail('release/previous', 'entry/missing', about);
  else checks.pass('release/previous', about);
  const changes = previous === undefined ? undefined : changesSince(previous, entry, grounds);
  return {
    ...actOf(entry, grounds.trust),
    environment,
    verdict,
    ...(previous === undefined
      ? {}
      : { previous: { digest: (previous.body as ImageReleased).digest, seq: previous.seq, time: previous.time } }),
    ...(changes === undefined ? {} : { changes }),
  };
}

function readRetirement(entry: Entry, trust: TrustState): Retirement {
  const { environment } = entry.body as ImageRetired;
  return { ...actOf(entry, trust), ...(environment === undefined ? {} : { environment }) };
}

/** Whoever retired it: somebody who had no right to does no harm that way, and what they did is a finding of its own. */
function checkRetired(
  releases: readonly Release[],
  retirements: readonly Retirement[],
  asked: string | undefined,
  checks: CheckList,
): void {
  for (const { seq, time, environment } of retirements) {
    if (environment !== undefined && environment !== asked) continue;
    const again = releases.some((release) => release.environment === environment && release.seq > seq);
    if (!again) checks.fail('image/retired', 'image/retired', { seq, detail: time });
  }
}

/** As recorded when each was released; undefined where the list of the previous image does not hold together. */
function changesSince(previous: Entry, release: Entry, grounds: Grounds): Changes | undefined {
  const { question, material, counted, coverage } = grounds;
  const listed = material.lists.get(imageKey((previous.body as ImageReleased).digest));
  if (listed === undefined) return undefined;
  const before = listed
    .map(({ entry }) => entry)
    .filter(({ seq, repository }) => {
      return seq < previous.seq && repository === question.repository;
    });
  const after = counted.filter(({ entry }) => entry.seq < release.seq).map(({ entry }) => entry);
  const at = (entries: readonly Entry[], seq: number): Compared => ({
    steps: entries,
    contracts: contractsAt(coverage, question.repository, seq),
  });
  return compareCustody(at(before, previous.seq), at(after, release.seq));
}

/** Version of each contract that applied just before an entry, out of everything that was ever decided on each. */
export function contractsAt(
  { history }: { readonly history: readonly { readonly entry: Entry }[] },
  repository: string,
  seq: number,
): ReadonlyMap<string, number> {
  const versions = new Map<string, number>();
  for (const { entry } of history) {
    if (entry.seq >= seq) continue;
    const { contract, version, repositories } = entry.body as ContractPublished;
    const applies = entry.kind === 'contract.published' && repositories.some((glob) => globMatches(glob, repository));
    if (applies) versions.set(contract, version);
    else versions.delete(contract);
  }
  return versions;
}
