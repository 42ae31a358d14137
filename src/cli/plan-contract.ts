import type { Client } from '../client/client.ts';
import { ClientError } from '../client/client-error.ts';
import type { Contract } from '../core/contract/contract.ts';
import type { Evidence, Question } from '../core/custody/evidence.ts';
import { type PlannedVerdict, planImage } from '../core/custody/plan-image.ts';
import { globMatches } from '../core/entry/names.ts';
import type { Connection } from './connect.ts';
import { readEvidence, trustOfKeys } from './judge-evidence.ts';
import type { Progress } from './progress.ts';

/** What a plan looks at: images signed in this time before `now`, at most so many, the newest first. */
export type PlanScope = {
  readonly now: Date;
  readonly days: number;
  readonly imagesMax: number;
  /** Where they shall run, for rules that compare with what was released there before, and for retirements. */
  readonly environment?: string;
};

type Image = { readonly digest: string; readonly repository: string; readonly signedAt: string };

/** One image under the contracts in force, and as if the proposal was one of them. */
export type PlannedImage = Image & PlannedVerdict;

export type Plan = {
  readonly since: string;
  readonly judged: readonly PlannedImage[];
  /** Images whose evidence the service refused, with the code. */
  readonly notJudged: readonly (Image & { readonly code: string })[];
  /** There are more images of that time than were looked at. */
  readonly isCut: boolean;
};

const DAY_MS = 86_400_000;

/**
 * What publishing the proposal would do to the images that it covers, or that the version in force does: each is judged on this machine out of
 * its evidence, at one instant, by the log key that the reader trusts; nothing is recorded. Runs keep the stages that they
 * were opened for.
 */
export async function planContract(
  { client, watch }: Connection,
  proposal: Contract,
  globs: readonly string[],
  scope: PlanScope,
  progress: Progress,
): Promise<Plan> {
  const { images, since, isCut } = await imagesOf(client, globs, scope);
  const judged: PlannedImage[] = [];
  const notJudged: Plan['notJudged'][number][] = [];
  let newest: Evidence | undefined;
  for (const [index, image] of images.entries()) {
    const question = questionOf(image, scope);
    const evidence = await evidenceOf(client, question);
    if (typeof evidence === 'string') notJudged.push({ ...image, code: evidence });
    else {
      newest = evidence;
      const trust = trustOfKeys(await watch.keysFor(evidence.logKey), evidence);
      const asked = { evidence, question, evaluatedAt: scope.now.toISOString() };
      judged.push({ ...image, ...planImage({ ...asked, ...(trust === undefined ? {} : { trust }) }, proposal) });
    }
    progress.at(index + 1, images.length);
  }
  // Whoever rolls the log back must not be believed, whatever the evidence says by itself.
  if (newest !== undefined) await watch.accept(newest.checkpoint, await watch.keysFor(newest.logKey), { fresh: true });
  return { since, judged, notJudged, isCut };
}

/** Images of the repositories, newest first; the list is read no further than to the first that is too old. */
async function imagesOf(
  client: Client,
  globs: readonly string[],
  { now, days, imagesMax }: PlanScope,
): Promise<{ readonly images: readonly Image[]; readonly since: string; readonly isCut: boolean }> {
  const since = new Date(now.getTime() - days * DAY_MS).toISOString();
  const images: Image[] = [];
  const [only, ...others] = globs;
  const filter = only !== undefined && others.length === 0 && !only.endsWith('*') ? { repository: only } : {};
  let cursor: string | undefined;
  do {
    const { items, next } = (await client.images(filter, { cursor, limit: 200 })).value;
    for (const { digest, repository, signedAt } of items) {
      if (signedAt < since) return { images, since, isCut: false };
      if (!globs.some((glob) => globMatches(glob, repository))) continue;
      if (images.length === imagesMax) return { images, since, isCut: true };
      images.push({ digest, repository, signedAt });
    }
    // A cursor that does not move would be asked for ever.
    if (next === cursor) break;
    cursor = next;
  } while (cursor !== undefined);
  return { images, since, isCut: false };
}

function questionOf({ digest, repository }: Image, { environment }: PlanScope): Question {
  return { subject: digest, repository, ...(environment === undefined ? {} : { environment }) };
}

/** Evidence of the image; the code where the service refuses it, such as for its size. No answer at all stops. */
async function evidenceOf(
  client: Client,
  { subject: digest, repository, environment }: Question,
): Promise<Evidence | string> {
  try {
    return readEvidence(await client.evidence({ digest, repository, environment }), 'What the service sent');
  } catch (error) {
    if (error instanceof ClientError && error.refused) return error.problem.code;
    throw error;
  }
}

/** The contract of that name as it is in force; undefined where there is none, or it is withdrawn. */
export async function contractInForce(
  client: Client,
  name: string,
): Promise<{ readonly version: number; readonly document: unknown } | undefined> {
  try {
    const { value } = await client.contract(name);
    return value.withdrawn ? undefined : { version: value.version, document: value.document };
  } catch (error) {
    if (error instanceof ClientError && error.problem.code === 'contract/unknown') return undefined;
    throw error;
  }
}
