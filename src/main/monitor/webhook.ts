import { setTimeout as sleep } from 'node:timers/promises';
import type { AlarmCode } from '../../core/monitor/alarm.ts';
import type { StandingAlarm } from '../../core/monitor/standing.ts';

/** What is posted, as JSON, when an alarm is raised or has passed. */
export type AlarmPost = {
  readonly type: 'waybill/monitor-alarm/v1';
  readonly state: 'raised' | 'cleared';
  readonly code: AlarmCode;
  readonly message: string;
  readonly cause?: string;
  readonly since: string;
  readonly origin?: string;
  readonly url: string;
};

export type WebhookPatience = { readonly attempts: number; readonly timeoutMs: number; readonly backoffMs: number };

const PATIENCE: WebhookPatience = { attempts: 5, timeoutMs: 10_000, backoffMs: 500 };

/** The post about an alarm of the log that is followed at `url`. */
export function alarmPost(
  state: AlarmPost['state'],
  { code, message, cause, since }: StandingAlarm,
  log: { readonly url: string; readonly origin?: string | undefined },
): AlarmPost {
  const { url, origin } = log;
  return {
    type: 'waybill/monitor-alarm/v1',
    state,
    code,
    message,
    ...(cause === undefined ? {} : { cause }),
    since,
    ...(origin === undefined ? {} : { origin }),
    url,
  };
}

/**
 * Posts to the webhook; true once it answered 2xx. Tried five times at most, after pauses that double from half a second;
 * never along a redirect. Never rejects.
 */
export async function postAlarm(
  webhook: string,
  post: AlarmPost,
  patience: WebhookPatience = PATIENCE,
): Promise<boolean> {
  for (let attempt = 1; attempt <= patience.attempts; attempt += 1) {
    if (attempt > 1) await sleep(patience.backoffMs * 2 ** (attempt - 2));
    if (await postOnce(webhook, post, patience.timeoutMs)) return true;
  }
  return false;
}

async function postOnce(webhook: string, post: AlarmPost, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(post),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
