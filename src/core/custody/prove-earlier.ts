import { fail, ok, type Result } from '../fault.ts';
import { verifyConsistency } from '../merkle/consistency.ts';
import type { CheckList } from './check.ts';
import type { Evidence } from './evidence.ts';
import { type SignedState, trustedCheckpoint } from './prove-checkpoint.ts';
import type { TrustFile } from './trust-file.ts';

/**
 * The earlier checkpoint of a question about the past, where it is one: signed like the newest, of the size in question,
 * and continued by the newest. Undefined without such a question, and where any of it does not hold.
 */
export function checkEarlier(
  evidence: Evidence,
  newest: SignedState['checkpoint'] | undefined,
  trust: TrustFile | undefined,
  checks: CheckList,
): SignedState | undefined {
  const { asOf } = evidence.question;
  if (asOf === undefined) return undefined;
  const about = { detail: String(asOf.size) };
  if (newest === undefined) {
    checks.notRun('asof/checkpoint', 'custody/blocked', about);
    checks.notRun('asof/consistency', 'custody/blocked', about);
    return undefined;
  }
  const earlier = openEarlier(evidence, asOf.size, newest, trust);
  if (!earlier.ok) {
    checks.fail('asof/checkpoint', earlier.fault.code, about);
    checks.notRun('asof/consistency', 'custody/blocked', about);
    return undefined;
  }
  checks.pass('asof/checkpoint', about);
  const { size, root } = earlier.value.checkpoint;
  const claim = { first: size, second: newest.size, firstRoot: root, secondRoot: newest.root };
  const continued = verifyConsistency({ ...claim, path: evidence.consistency ?? [] });
  if (continued.ok) checks.pass('asof/consistency', about);
  else checks.fail('asof/consistency', continued.fault.code, about);
  return continued.ok ? earlier.value : undefined;
}

function openEarlier(
  { earlier = '', logKey, entries }: Evidence,
  size: number,
  newest: SignedState['checkpoint'],
  trust: TrustFile | undefined,
): Result<SignedState> {
  const opened = trustedCheckpoint({ checkpoint: earlier, logKey, entries }, trust);
  if (opened.fault !== undefined) return { ok: false, fault: opened.fault };
  const { checkpoint } = opened;
  if (checkpoint.origin !== newest.origin) return fail('asof/other-log', 'The earlier checkpoint is of another log.');
  if (checkpoint.size !== size) return fail('asof/size-differs', 'The earlier checkpoint is of another size.');
  if (size > newest.size) return fail('asof/after-checkpoint', 'The state in question is newer than what is shown.');
  return ok(opened);
}
