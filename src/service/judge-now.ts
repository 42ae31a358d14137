import type { CustodyResult } from '../core/custody/verify-custody.ts';
import { ok, type Result } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';
import { judgeEvidence } from './judge-evidence.ts';
import { type ListState, withEvidence } from './load-evidence.ts';

/** A verdict as of now, and the lists that it rests on. */
export type JudgedNow = { readonly result: CustodyResult; readonly restsOn: readonly ListState[] };

/** Custody of an image as it stands now, by the service's own log key. Faults: those of {@link withEvidence}. */
export function judgeNow(
  context: ServiceContext,
  { subject, repository }: { readonly subject: string; readonly repository: string },
): Promise<Result<JudgedNow>> {
  return withEvidence(context, { subject, repository }, async ({ bytes, restsOn }) => {
    const judged = await judgeEvidence(context, bytes);
    return judged.ok ? ok({ result: judged.value, restsOn }) : judged;
  });
}
