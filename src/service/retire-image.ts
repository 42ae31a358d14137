import { principalKey, releaseKey } from '../core/entry/keys.ts';
import type { ImageReleased } from '../core/entry/kinds/image-released.ts';
import type { ImageRetired } from '../core/entry/kinds/image-retired.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { Recorded, RetirementView } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { authoriseNow } from './authenticate.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { settleQuestion } from './find-image.ts';
import type { Submission } from './ports.ts';
import { submissionIdentity } from './submission-identity.ts';

const DECIDING = ['release-manager', 'admin'] as const;

export type RetireRequest = {
  readonly digest: string;
  readonly repository?: string;
  /** Where it shall not run any more; absent: nowhere. */
  readonly environment?: string;
};

/**
 * Retires an image: everywhere, for good, or in the environment to which it was released last. Its verdict fails from then
 * on, and gates say no. Doing it again, by whomever, changes nothing.
 * Faults: `release/not-released`, and those of {@link settleQuestion} and of authorisation.
 */
export async function retireImage(
  context: ServiceContext,
  caller: Caller,
  { digest, repository, environment }: RetireRequest,
): Promise<Result<RetirementView & Recorded>> {
  const image = { digest, ...(repository === undefined ? {} : { repository }) };
  const question = await settleQuestion(context, caller, image);
  if (!question.ok) return question;
  const { subject, repository: of } = question.value;
  const body: ImageRetired = { digest: subject, ...(environment === undefined ? {} : { environment }) };
  const appended = await appendEntry(context, async (attempt) => {
    const allowed = await authoriseNow(context, caller, { roles: DECIDING, repository: of }, attempt);
    if (!allowed.ok) return allowed;
    const place = await readPlace(context, of, subject, environment);
    if (!place.ok) return place;
    return ok<Submission>({
      identity: submissionIdentity('retired', [of, subject, environment ?? '', place.value.release]),
      proposal: { kind: 'image.retired', principal: caller.principal, repository: of, body },
      restsOn: [{ key: principalKey(caller.principal), n: allowed.value.grants }, ...place.value.restsOn],
    });
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  const { seq, time, principal } = entry;
  const retired = { seq, time, principal, assurance: 'service' } as const;
  return ok({ ...body, repository: of, retired, seq, duplicate, receipt });
}

/** The release that ends, and the list that says that it is the last one; neither where the image ends everywhere. */
async function readPlace(
  { store }: ServiceContext,
  repository: string,
  digest: string,
  environment: string | undefined,
): Promise<Result<{ readonly release: string; readonly restsOn: Submission['restsOn'] }>> {
  if (environment === undefined) return ok({ release: '', restsOn: [] });
  const key = releaseKey(repository, environment);
  const end = (await store.listEnds([key])).get(key);
  const [newest] = end === undefined ? [] : await store.entries([end.seq]);
  const isOwn = (newest?.entry.body as ImageReleased | undefined)?.digest === digest;
  if (end === undefined || newest === undefined || !isOwn)
    return fail('release/not-released', `${digest} is not what was released last to ${environment}.`, '/environment');
  const { entry } = newest;
  // Retired already: the release before it is the one that ended, and the retirement is found.
  if (entry.kind === 'image.retired') {
    const before = entry.keys.find((link) => link.key === key)?.prevSeq;
    return ok({ release: String(before), restsOn: [] });
  }
  return ok({ release: String(end.seq), restsOn: [{ key, n: end.n }] });
}
