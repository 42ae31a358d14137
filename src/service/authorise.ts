import type { Role } from '../core/entry/kinds/principal-granted.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { scopeHasRepository, scopeHasStage } from '../core/trust/scope.ts';
import type { Caller } from './caller.ts';

/** What a caller must be for a use case. */
export type Requirement = {
  readonly roles: readonly Role[];
  readonly repository?: string;
  /** Asked of pipelines only: the other roles are not bound to stages. */
  readonly stage?: string;
};

/** Roles that may read the whole ledger, where their scope is not narrower. */
export const READERS_OF_EVERYTHING: readonly Role[] = ['auditor', 'operator', 'admin'];

export const EVERY_ROLE: readonly Role[] = ['pipeline', 'release-manager', 'auditor', 'operator', 'admin'];

/**
 * Whether the caller may. Faults: `auth/role-not-allowed`, `auth/repository-out-of-scope`, `auth/stage-out-of-scope`.
 */
export function authorise(caller: Caller, required: Requirement): Result<Caller> {
  if (!required.roles.includes(caller.role)) {
    return fail(
      'auth/role-not-allowed',
      `The role ${caller.role} may not do this; it takes ${required.roles.join(' or ')}.`,
    );
  }
  if (required.repository !== undefined && !scopeHasRepository(caller, required.repository)) {
    return fail('auth/repository-out-of-scope', `${caller.principal} has no right in ${required.repository}.`);
  }
  if (required.stage !== undefined && caller.role === 'pipeline' && !scopeHasStage(caller, required.stage)) {
    return fail('auth/stage-out-of-scope', `${caller.principal} may not attest the stage ${required.stage}.`);
  }
  return ok(caller);
}

/**
 * Whether the caller may read entries as they stand in the ledger, whosever they are: an entry of a bundle cannot be left
 * out. Faults: `auth/role-not-allowed`, and `auth/repository-out-of-scope` for a scope other than `*`.
 */
export function authoriseWholeLedger(caller: Caller): Result<Caller> {
  const allowed = authorise(caller, { roles: READERS_OF_EVERYTHING });
  if (!allowed.ok || caller.repositories.includes('*')) return allowed;
  return fail('auth/repository-out-of-scope', `The whole ledger takes a scope of *, which ${caller.principal} lacks.`);
}
