import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatNotice } from '../../core/event/notice.ts';
import { signWebhook } from '../../core/event/webhook-signature.ts';
import type { AlarmCode } from '../../core/monitor/alarm.ts';
import type { StandingAlarm } from '../../core/monitor/standing.ts';

/** What is told when an alarm is raised or has passed: `data` of a message of the type `monitor.alarm`. */
export type AlarmData = {
  readonly state: 'raised' | 'cleared';
  readonly code: AlarmCode;
  readonly message: string;
  readonly cause?: string;
  readonly since: string;
  readonly origin?: string;
  readonly url: string;
};

/** A message as it is posted, again and again the same. */
export type AlarmPost = { readonly id: string; readonly body: string };

/** Where alarms are posted, and the secret that signs them where its receiver has one. */
export type AlarmWebhook = { readonly url: string; readonly secret?: Uint8Array };

export type WebhookPatience = { readonly attempts: number; readonly timeoutMs: number; readonly backoffMs: number };

const PATIENCE: WebhookPatience = { attempts: 5, timeoutMs: 10_000, backoffMs: 500 };

/**
 * The post about an alarm of the log that is followed at `url`, at a time (RFC 3339). What is told again by a later process has
 * the same id. Format: docs/spec/webhooks.md section 1.
 */
export function alarmPost(
  state: AlarmData['state'],
  { code, message, cause, since }: StandingAlarm,
  log: { readonly url: string; readonly origin?: string | undefined },
  now: string,
): AlarmPost {
  const { url, origin } = log;
  const data: AlarmData = {
    state,
    code,
    message,
    ...(cause === undefined ? {} : { cause }),
    since,
    ...(origin === undefined ? {} : { origin }),
    url,
  };
  const named = ['waybill/monitor-alarm/v2', url, origin ?? '', code, since, state].join('\0');
  return {
    id: `msg_${createHash('sha256').update(named).digest('hex').slice(0, 40)}`,
    body: formatNotice('monitor.alarm', state === 'raised' ? since : now, data),
  };
}

/**
 * Posts to the webhook; true once it answered 2xx. Tried five times at most, after pauses that double from half a second;
 * never along a redirect. Never rejects.
 */
export async function postAlarm(
  webhook: AlarmWebhook,
  post: AlarmPost,
  patience: WebhookPatience = PATIENCE,
): Promise<boolean> {
  for (let attempt = 1; attempt <= patience.attempts; attempt += 1) {
    if (attempt > 1) await sleep(patience.backoffMs * 2 ** (attempt - 2));
    if (await postOnce(webhook, post, patience.timeoutMs)) return true;
  }
  return false;
}

async function postOnce({ url, secret }: AlarmWebhook, { id, body }: AlarmPost, timeoutMs: number): Promise<boolean> {
  // A receiver holds this one to its own clock, so that it is that of sending.
  const timestamp = Math.floor(Date.now() / 1_000);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(secret === undefined ? {} : { 'webhook-signature': signWebhook([secret], { id, timestamp, body }) }),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
