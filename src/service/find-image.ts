import { IMAGE_DIGEST } from '../core/entry/names.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { scopeHasRepository } from '../core/trust/scope.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import type { ImageQuestion } from './service.ts';

/** A question that is settled: one digest in one repository that the caller may read. */
export type SettledQuestion = { readonly subject: string; readonly repository: string };

/**
 * Settles which repository a question is about. Without one named, the digest must be known in exactly one that the
 * caller may read; what they may not read they are not told of.
 * Faults: `image/unknown`, `image/repository-ambiguous`, `http/malformed-parameter`, `auth/repository-out-of-scope`.
 */
export async function settleQuestion(
  context: ServiceContext,
  caller: Caller,
  question: ImageQuestion,
): Promise<Result<SettledQuestion>> {
  const { digest, repository } = question;
  if (!IMAGE_DIGEST.test(digest)) return malformed();
  if (repository !== undefined) {
    const allowed = authorise(caller, { roles: EVERY_ROLE, repository });
    if (!allowed.ok) return allowed;
  }
  return chooseRepository(caller, question, await context.projections.repositoriesOf(digest));
}

/** The same, out of the repositories that the digest is known in. */
export function chooseRepository(
  caller: Caller,
  { digest, repository }: ImageQuestion,
  repositories: readonly string[],
): Result<SettledQuestion> {
  if (!IMAGE_DIGEST.test(digest)) return malformed();
  const known = repositories.filter((name) => scopeHasRepository(caller, name));
  if (repository !== undefined) {
    return known.includes(repository) ? ok({ subject: digest, repository }) : unknown(digest);
  }
  const [only, ...others] = known;
  if (only === undefined) return unknown(digest);
  if (others.length > 0) {
    return fail(
      'image/repository-ambiguous',
      `${digest} is in ${known.join(', ')}: say which, ?repository=`,
      'repository',
    );
  }
  return ok({ subject: digest, repository: only });
}

function malformed(): Result<never> {
  return fail('http/malformed-parameter', 'A digest is sha256: and 64 hex digits.', 'digest');
}

function unknown(digest: string): Result<never> {
  return fail('image/unknown', `Nothing is recorded of ${digest} where you may read.`, 'digest');
}
