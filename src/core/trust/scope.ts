import { string } from '../encoding/decode.ts';
import { distinctArray } from '../encoding/distinct-array.ts';
import { globMatches, NAME, REPOSITORY_GLOB } from '../entry/names.ts';

/** Most globs and most stages of one scope: a scope is read for every attestation that rests on it. */
export const SCOPE_ELEMENTS_MAX = 64;

const STAGE_OR_ALL = new RegExp(`${NAME.source}|^\\*$`);

/** The globs of a scope: 1 to 64, distinct. */
export const scopeRepositories = distinctArray(string({ max: 255, pattern: REPOSITORY_GLOB }), {
  min: 1,
  max: SCOPE_ELEMENTS_MAX,
});

/** The stages of a scope: 1 to 64 names, distinct, or `*` for every stage. */
export const scopeStages = distinctArray(string({ max: 64, pattern: STAGE_OR_ALL }), {
  min: 1,
  max: SCOPE_ELEMENTS_MAX,
});

/** A title for people: shown, never compared. */
export const scopeTitle = string({ min: 1, max: 200 });

/** What a signer or a grant reaches. */
export type Scope = { readonly repositories: readonly string[]; readonly stages: readonly string[] };

export function scopeHasRepository(scope: Scope, repository: string): boolean {
  return scope.repositories.some((glob) => globMatches(glob, repository));
}

export function scopeHasStage(scope: Scope, stage: string): boolean {
  return scope.stages.includes('*') || scope.stages.includes(stage);
}

/** Whether everything that `scope` reaches is reached by `within`, too: each glob lies in one of its globs, each stage is one of its. */
export function isScopeWithin(scope: Scope, within: Scope): boolean {
  return (
    scope.repositories.every((glob) => within.repositories.some((wider) => globContains(wider, glob))) &&
    scope.stages.every((stage) => within.stages.includes('*') || within.stages.includes(stage))
  );
}

/** Whether whatever falls under `glob` falls under `wider`: it is the same, or lies below the prefix of `wider`. */
export function globContains(wider: string, glob: string): boolean {
  if (wider === '*' || wider === glob) return true;
  return wider.endsWith('/*') && glob.startsWith(wider.slice(0, -1));
}
