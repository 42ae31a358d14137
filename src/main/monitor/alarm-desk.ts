import { setTimeout as sleep } from 'node:timers/promises';
import type { StandingAlarm } from '../../core/monitor/standing.ts';
import type { Monitor } from './monitor.ts';
import type { Round } from './round.ts';
import { type AlarmData, type AlarmWebhook, alarmPost, postAlarm, type WebhookPatience } from './webhook.ts';

/** What a desk asks of its monitor. */
type Watched = Pick<Monitor, 'origin' | 'standing' | 'told'>;

/** How long the end of a monitor that follows waits for posts that are under way. */
const CLOSE_MS_MAX = 3_000;

/**
 * Tells the webhook of alarms, each once: when it is raised, and when it has passed. What could not be posted is tried
 * again after the next round, also by the process after this one. Rounds never wait for it.
 */
export class AlarmDesk {
  readonly #monitor: Watched;
  readonly #url: string;
  readonly #webhook: AlarmWebhook | undefined;
  readonly #patience: WebhookPatience | undefined;
  #underWay: Promise<void> = Promise.resolve();
  #busy = false;
  #cleared: StandingAlarm[] = [];

  constructor(monitor: Watched, url: string, webhook: AlarmWebhook | undefined, patience?: WebhookPatience) {
    this.#monitor = monitor;
    this.#url = url;
    this.#webhook = webhook;
    this.#patience = patience;
  }

  hear(round: Round): void {
    if (this.#webhook === undefined) return;
    // Of one that was never told, nobody need hear that it has passed.
    this.#cleared.push(...round.cleared.filter(({ told }) => told));
    if (this.#busy) return;
    this.#busy = true;
    this.#underWay = this.#tellAll(this.#webhook).finally(() => {
      this.#busy = false;
    });
  }

  /** Waits for what is under way: to its end where `patiently`, else some seconds. */
  async close(patiently: boolean): Promise<void> {
    const limit = new AbortController();
    const end = sleep(CLOSE_MS_MAX, undefined, { signal: limit.signal }).catch(() => undefined);
    await (patiently ? this.#underWay : Promise.race([this.#underWay, end]));
    limit.abort();
  }

  async #tellAll(webhook: AlarmWebhook): Promise<void> {
    for (const alarm of this.#monitor.standing.filter(({ told }) => !told))
      if (await this.#post(webhook, 'raised', alarm)) this.#monitor.told([alarm.code]);
    for (const alarm of this.#cleared.splice(0)) await this.#post(webhook, 'cleared', alarm);
  }

  #post(webhook: AlarmWebhook, state: AlarmData['state'], alarm: StandingAlarm): Promise<boolean> {
    return postAlarm(
      webhook,
      alarmPost(state, alarm, { url: this.#url, origin: this.#monitor.origin }, new Date().toISOString()),
      this.#patience,
    );
  }
}
