import type { WebhookFaultCode } from '../core/fault-codes/webhook.ts';
import type { Random } from './ports.ts';
import type { SendOutcome, Settlement } from './webhook-ports.ts';

/** Attempts until a notice is a dead letter: the last one some 32 hours after the first. */
export const ATTEMPTS_MAX = 10;
const PAUSE_SECONDS = { first: 5, factor: 4, longest: 12 * 3_600 } as const;
/** A pause is up to a fifth shorter or longer, so that what failed together does not come again together. */
const JITTER = 0.2;

/** What becomes of a delivery after its n-th attempt. A receiver that is gone is not asked again. */
export function settlementOf(outcome: SendOutcome, attempts: number, now: Date, random: Random): Settlement {
  const status = 'status' in outcome ? { status: outcome.status } : {};
  const fault = faultOf(outcome);
  if (fault === undefined) return { state: 'delivered', at: now, ...status };
  if (fault === 'webhook/gone' || attempts >= ATTEMPTS_MAX) return { state: 'dead', at: now, fault, ...status };
  const asked = 'status' in outcome ? (outcome.retryAfterSeconds ?? 0) : 0;
  const pause = Math.max(asked, pauseSeconds(attempts, random));
  return { state: 'waiting', dueAt: new Date(now.getTime() + pause * 1_000), at: now, fault, ...status };
}

/** Source: Standard Webhooks, "Deliverability and reliability": 2xx is success, 410 ends the subscription, redirects fail. */
export function faultOf(outcome: SendOutcome): WebhookFaultCode | undefined {
  if ('fault' in outcome) return outcome.fault.code;
  const { status } = outcome;
  if (status >= 200 && status < 300) return undefined;
  if (status === 410) return 'webhook/gone';
  return status >= 300 && status < 400 ? 'webhook/redirected' : 'webhook/answered-no';
}

function pauseSeconds(attempts: number, random: Random): number {
  const { first, factor, longest } = PAUSE_SECONDS;
  const [high = 0, low = 0] = random(2);
  const share = (high * 256 + low) / 65_535;
  return Math.min(longest, first * factor ** (attempts - 1)) * (1 - JITTER + 2 * JITTER * share);
}
