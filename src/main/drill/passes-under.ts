import { parseEvidence } from '../../core/custody/evidence.ts';
import { trustLogKey } from '../../core/custody/trust-file.ts';
import { verifyCustody } from '../../core/custody/verify-custody.ts';
import { invariant } from '../../core/fault.ts';

/** Whether evidence passes for a reader of this log key who asks what it answers. */
export function passesUnder(logVkey: string, bytes: Uint8Array): boolean {
  const [evidence, trust] = [parseEvidence(bytes), trustLogKey(logVkey)];
  invariant(trust.ok, 'a log key that is given reads');
  if (!evidence.ok) return false;
  const { question } = evidence.value;
  const evaluatedAt = new Date().toISOString();
  return verifyCustody({ evidence: evidence.value, question, trust: trust.value, evaluatedAt }).verdict === 'pass';
}
