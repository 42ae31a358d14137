import { fail, ok, type Result } from '../fault.ts';
import type { Statement } from './statement.ts';

/** Where a statement says it belongs. An absent member leaves that part to whoever files the statement. */
export type Placement = { readonly repository?: string; readonly stage?: string; readonly run?: string };

/** Annotation of `subject[0]` for each part of a placement. Frozen: signed statements carry them for good. */
export const PLACEMENT_ANNOTATIONS = {
  repository: 'dev.waybill.repository',
  stage: 'dev.waybill.stage',
  run: 'dev.waybill.run',
} as const;

/** Longest value: a repository name has at most 255 characters (OCI distribution-spec). */
const VALUE_LENGTH_MAX = 255;

/**
 * Repository, stage and run that the signed statement binds itself to, read from the annotations of its first subject
 * and nowhere else. Values are returned as they stand; whoever files the statement compares them for equality.
 * A value that is no text of 1 to 255 characters is `statement/malformed-placement`, never silently "absent".
 */
export function statementPlacement(statement: Statement): Result<Placement> {
  const annotations = statement.subject[0]?.annotations ?? {};
  const placement: { repository?: string; stage?: string; run?: string } = {};
  for (const part of ['repository', 'stage', 'run'] as const) {
    const annotation = PLACEMENT_ANNOTATIONS[part];
    if (!Object.hasOwn(annotations, annotation)) continue;
    const value = annotations[annotation];
    if (typeof value !== 'string' || value.length === 0 || value.length > VALUE_LENGTH_MAX) {
      const at = `/subject/0/annotations/${annotation}`;
      return fail('statement/malformed-placement', 'A placement annotation is not a text of 1 to 255 characters.', at);
    }
    placement[part] = value;
  }
  return ok(placement);
}

/** The annotations that bind a statement to its place; parts that are absent are left out. */
export function placementAnnotations(placement: Placement): Readonly<Record<string, string>> {
  const annotations: Record<string, string> = {};
  for (const part of ['repository', 'stage', 'run'] as const) {
    const value = placement[part];
    if (value !== undefined) annotations[PLACEMENT_ANNOTATIONS[part]] = value;
  }
  return annotations;
}
