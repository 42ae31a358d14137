import { fail, ok, type Result } from '../fault.ts';
import { SUBJECTS_MAX } from '../limits.ts';
import type { Statement } from './statement.ts';

/**
 * What the statement is about: `sha256:<64 hex>` and `gitCommit:<40 or 64 hex>`, distinct, in the statement's order.
 * Digests by other algorithms name nothing here, so the list may be empty. More than 64: `statement/too-many-subjects`.
 */
export function subjectsOf(statement: Statement): Result<readonly string[]> {
  const subjects = new Set<string>();
  for (const { digest } of statement.subject) {
    for (const algorithm of ['sha256', 'gitCommit'] as const) {
      const value = Object.hasOwn(digest, algorithm) ? digest[algorithm] : undefined;
      if (value !== undefined) subjects.add(`${algorithm}:${value}`);
    }
  }
  if (subjects.size <= SUBJECTS_MAX) return ok([...subjects]);
  return fail(
    'statement/too-many-subjects',
    `A statement is recorded for at most ${SUBJECTS_MAX} subjects.`,
    '/subject',
  );
}

/** Whether the statement is about exactly this image or commit (`sha256:…` or `gitCommit:…`), by digest alone. */
export function namesSubject(statement: Statement, subject: string): boolean {
  const colon = subject.indexOf(':');
  const algorithm = subject.slice(0, colon);
  if (algorithm !== 'sha256' && algorithm !== 'gitCommit') return false;
  const value = subject.slice(colon + 1);
  return statement.subject.some(({ digest }) => Object.hasOwn(digest, algorithm) && digest[algorithm] === value);
}
