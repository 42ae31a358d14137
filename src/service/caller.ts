import type { Role } from '../core/entry/kinds/principal-granted.ts';

/** Who calls, as the ledger knows them now: the newest grant of their `principal:` list. */
export type Caller = {
  readonly principal: string;
  readonly role: Role;
  /** Repository globs that the role holds for. */
  readonly repositories: readonly string[];
  /** Stages that a pipeline may attest; `*` is every one. */
  readonly stages: readonly string[];
  /** The human behind the principal, where the grant names one. */
  readonly person?: string;
  /** Length of the `principal:` list that this was read from, so that an append notices a revocation under the lock. */
  readonly grants: number;
};
