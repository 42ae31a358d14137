import { parseTime } from '../entry/time.ts';
import type { Alarm, Judged } from './alarm.ts';

/** How one round stood to what the checkpoint that it was shown promises. */
export type Delivery =
  /** Some of it was handed out and replayed, or nothing is owed. */
  | 'delivered'
  /** A checkpoint came, and the round ended in an alarm before one entry of it was replayed. */
  | 'nothing delivered'
  /** No checkpoint came, so that nothing is known of what stands behind it. */
  | 'silent'
  /** It was stopped before it could tell. */
  | 'unknown';

/** That of a round that caught up, wholly or not, or ended in an alarm. */
export function deliveryOf(
  caught: Judged<boolean>,
  { advanced, isShown }: { readonly advanced: boolean; readonly isShown: boolean },
): Delivery {
  if (advanced || (caught.ok && caught.value)) return 'delivered';
  if (caught.ok) return 'unknown';
  return isShown ? 'nothing delivered' : 'silent';
}

/**
 * Since when (RFC 3339) a log has shown checkpoints without handing out one entry of what they promise, after a round that
 * began at `now`; undefined where it has not. Silence of the whole service counts for nothing: that is no choice of what
 * to hand out.
 */
export function owedSince(before: string | undefined, delivery: Delivery, now: string): string | undefined {
  if (delivery === 'unknown') return before;
  return delivery === 'nothing delivered' ? (before ?? now) : undefined;
}

/**
 * The alarm that a failed round is worth: a service that does not answer for one part only is `monitor/withheld` once that
 * has lasted `secondsMax`. Every other alarm says already what is wrong.
 *
 * A log cannot go on like this by handing out an entry now and then: each must be one under the root that it signed, so
 * that it had to exist then. What is left to a liar is time, so many times the bound as it has bundles that are true.
 */
export function judgeSilence(
  alarm: Alarm,
  since: string | undefined,
  now: string,
  { secondsMax, replayed }: { readonly secondsMax: number; readonly replayed: number },
): Alarm {
  const waited = since === undefined ? 0 : ((parseTime(now) ?? 0) - (parseTime(since) ?? 0)) / 1000;
  if (alarm.code !== 'monitor/unreachable' || since === undefined || waited < secondsMax) return alarm;
  const message =
    `Since ${since} the service shows checkpoints, and not one entry after the first ${replayed} that are replayed. ` +
    alarm.message;
  return { code: 'monitor/withheld', message };
}
