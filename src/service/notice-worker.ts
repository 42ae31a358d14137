import type { LedgerEvent } from '../core/event/ledger-event.ts';
import { noticeOf, type TimedNotice } from '../core/event/notice.ts';
import type { WebhookFaultCode } from '../core/fault-codes/webhook.ts';
import { type AwaitHead, openAwaitHead } from './await-head.ts';
import type { SignedHead } from './checkpoint-signer.ts';
import type { ServiceContext } from './context.ts';
import { isWanted, noticeBody, noticeId, signedNotice } from './notice-message.ts';
import { faultOf, settlementOf } from './notice-settlement.ts';
import { openProvedEvents } from './proved-events.ts';
import { findDueNotices } from './timed-notices.ts';
import type { ClaimedDelivery, NoticeRow, SendOutcome, WebhookRow } from './webhook-ports.ts';
import { secretsAt } from './webhook-secret.ts';

/** Deliveries of one webhook that this replica has under way: one slow receiver keeps nobody else waiting. */
const AT_ONCE_MAX = 4;
/** How long a delivery is this replica's: longer than any attempt, so that none is attempted twice at the same time. */
const LEASE_SECONDS = 60;
/** Entries that one look goes through for a webhook. */
const LOOKED_AT_MAX = 4_096;
/** Notices of a webhook that may wait: beyond them its cursor stands still, and nothing is lost. */
const WAITING_MAX = 10_000;
/** How often what time gives rise to is looked for. */
const SCAN_MS = 60_000;
/** How long settled deliveries can be looked at, and dead letters be delivered again. */
const KEPT_MS = 30 * 86_400_000;
const PRUNE_MS = 3_600_000;
/** A webhook whose notices all die for so long is disabled: nobody reads there. */
const FAILING_MS = 5 * 86_400_000;
/** A row of these is what keeps the notice from coming again while its cause lasts. */
const KEPT_TYPES: readonly TimedNotice[] = ['signer.ageing'];

/** What came of an attempt. */
export type NoticeReport = {
  readonly webhook: string;
  readonly delivery: string;
  readonly type: string;
  readonly outcome: 'delivered' | 'failed' | 'dead';
  readonly attempts: number;
  readonly status?: number;
  readonly fault?: WebhookFaultCode;
};

type Parts = Pick<
  ServiceContext,
  'store' | 'sequencer' | 'projections' | 'signers' | 'keys' | 'now' | 'random' | 'webhooks' | 'noticeSender'
>;

/**
 * Finds what webhooks are to be told of, and tells them. Any number of replicas may do it: a cursor is moved by one of them, a delivery
 * is attempted by the one that holds its lease, and one that was killed in between is attempted again when the lease ends.
 * A notice comes at least once; its id tells it from others.
 */
export class NoticeWorker {
  readonly #parts: Parts;
  readonly #awaitHead: AwaitHead;
  readonly #provedEvents: ReturnType<typeof openProvedEvents>;
  /** Deliveries under way, by webhook. */
  readonly #underWay = new Map<string, Set<Promise<void>>>();
  #report: (report: NoticeReport) => void = () => undefined;
  #looking: Promise<void> | undefined;
  #scanned = Number.NEGATIVE_INFINITY;
  #pruned = Number.NEGATIVE_INFINITY;
  #stopping = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#awaitHead = openAwaitHead(parts);
    this.#provedEvents = openProvedEvents(parts.store);
  }

  /** Has `report` told of every attempt from now on, in place of whoever was told before. It must not throw. */
  watch(report: (report: NoticeReport) => void): void {
    this.#report = report;
  }

  /** One look: new notices, then the deliveries that are due, which go on when this is over. Joins a look that is under way. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Resolves when no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all([...this.#underWay.values()].flatMap((set) => [...set]));
  }

  /** Takes nothing more on, and resolves when what is under way is settled: after the time of one attempt at the most. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#looking?.catch(() => undefined);
    await this.settled();
  }

  async #look(): Promise<void> {
    const { webhooks, now } = this.#parts;
    const enabled = (await webhooks.list()).filter(
      (webhook) => webhook.disabled === undefined && this.#isOurs(webhook),
    );
    if (enabled.length > 0) {
      await this.#gather(enabled);
      const at = now().getTime();
      if (at - this.#scanned >= SCAN_MS) {
        await this.#scan(enabled);
        this.#scanned = at;
      }
      for (const webhook of enabled) if (!this.#stopping) await this.#begin(webhook);
    }
    await this.#prune(now());
  }

  #isOurs(webhook: WebhookRow): boolean {
    const { keys, store, now } = this.#parts;
    return secretsAt(keys, store.origin, webhook, now()) !== undefined;
  }

  async #gather(enabled: readonly WebhookRow[]): Promise<void> {
    const signed = await this.#awaitHead(0, undefined);
    const counts = await this.#parts.webhooks.counts();
    if (signed === undefined) return;
    for (const webhook of enabled) {
      if ((counts.get(webhook.id)?.waiting ?? 0) < WAITING_MAX) await this.#gatherFor(webhook, signed);
    }
  }

  async #gatherFor(webhook: WebhookRow, signed: SignedHead): Promise<void> {
    const { webhooks, now } = this.#parts;
    const size = Math.min(signed.head.frontier.size, webhook.cursor + 1 + LOOKED_AT_MAX);
    const notices: NoticeRow[] = [];
    let next = webhook.cursor + 1;
    while (next < size) {
      const page = await this.#provedEvents(next, signed);
      for (const { event } of page) {
        next = event.seq + 1;
        const type = noticeOf(event);
        if (type !== undefined && isWanted(webhook, type, event))
          notices.push({ id: noticeId(webhook.id, type, event.seq), type, seq: event.seq });
      }
    }
    if (next > webhook.cursor + 1) await webhooks.advance(webhook.id, webhook.cursor, next - 1, notices, now());
  }

  async #scan(enabled: readonly WebhookRow[]): Promise<void> {
    const { webhooks, now } = this.#parts;
    const due = await findDueNotices(this.#parts, now());
    for (const webhook of enabled) {
      const wanted = due.filter((notice) => isWanted(webhook, notice.type, notice));
      const rows = wanted.map(({ type, seq, occurredAt }) => ({
        id: noticeId(webhook.id, type, seq),
        type,
        seq,
        occurredAt,
      }));
      await webhooks.add(webhook.id, rows, now());
    }
  }

  async #prune(now: Date): Promise<void> {
    if (now.getTime() - this.#pruned < PRUNE_MS) return;
    this.#pruned = now.getTime();
    await this.#parts.webhooks.prune(new Date(now.getTime() - KEPT_MS), KEPT_TYPES);
  }

  async #begin(webhook: WebhookRow): Promise<void> {
    const underWay = this.#underWay.get(webhook.id) ?? new Set<Promise<void>>();
    const free = AT_ONCE_MAX - underWay.size;
    if (free <= 0) return;
    const { webhooks, now } = this.#parts;
    const claimed = await webhooks.claim(webhook.id, free, now(), LEASE_SECONDS);
    for (const delivery of claimed) {
      // What fails here has no settlement: it is attempted again when the lease ends.
      const attempt = this.#attempt(webhook, delivery)
        .catch(() => undefined)
        .finally(() => {
          underWay.delete(attempt);
          if (underWay.size === 0) this.#underWay.delete(webhook.id);
        });
      underWay.add(attempt);
      this.#underWay.set(webhook.id, underWay);
    }
  }

  async #attempt(webhook: WebhookRow, delivery: ClaimedDelivery): Promise<void> {
    const { webhooks, now, random } = this.#parts;
    const outcome = await this.#send(webhook, delivery);
    const settlement =
      outcome === undefined
        ? ({ state: 'dead', at: now(), fault: 'webhook/not-ours' } as const)
        : settlementOf(outcome, delivery.attempts, now(), random);
    await webhooks.settle(webhook.id, delivery, settlement);
    const { state, fault, status } = settlement;
    if (fault === 'webhook/gone') await webhooks.disable(webhook.id, 'gone', now());
    else if (state === 'dead') await this.#disableFailing(webhook);
    this.#report({
      webhook: webhook.id,
      delivery: delivery.id,
      type: delivery.type,
      outcome: state === 'waiting' ? 'failed' : state,
      attempts: delivery.attempts,
      ...(fault === undefined ? {} : { fault }),
      ...(status === undefined ? {} : { status }),
    });
  }

  /** Undefined where the row is about no entry that it could be about: somebody else wrote it. */
  async #send(webhook: WebhookRow, delivery: ClaimedDelivery): Promise<SendOutcome | undefined> {
    const { keys, store, now, noticeSender } = this.#parts;
    const event = await this.#eventAt(delivery.seq);
    const body = event === undefined ? undefined : noticeBody(webhook, delivery, event);
    const secrets = secretsAt(keys, store.origin, webhook, now());
    const isOurs = delivery.id === noticeId(webhook.id, delivery.type, delivery.seq);
    if (body === undefined || secrets === undefined || !isOurs) return undefined;
    return noticeSender.send(signedNotice(webhook.url, secrets, { id: delivery.id, body, now: now() }));
  }

  async #eventAt(seq: number): Promise<LedgerEvent | undefined> {
    const signed = await this.#awaitHead(0, undefined);
    if (signed === undefined || seq >= signed.head.frontier.size) return undefined;
    return (await this.#provedEvents(seq, signed))[0]?.event;
  }

  async #disableFailing({ id, lastDeliveredAt, createdAt }: WebhookRow): Promise<void> {
    const { webhooks, now } = this.#parts;
    const at = now();
    if (at.getTime() - (lastDeliveredAt ?? createdAt).getTime() > FAILING_MS) await webhooks.disable(id, 'failing', at);
  }
}

/** Sends a message that is about no entry, to see whether a receiver takes it. */
export async function sendTest(
  { keys, store, now, noticeSender }: Parts,
  webhook: WebhookRow,
  message: { readonly id: string; readonly body: string },
): Promise<(SendOutcome & { readonly failed?: WebhookFaultCode }) | undefined> {
  const secrets = secretsAt(keys, store.origin, webhook, now());
  if (secrets === undefined) return undefined;
  const outcome = await noticeSender.send(signedNotice(webhook.url, secrets, { ...message, now: now() }));
  const failed = faultOf(outcome);
  return failed === undefined ? outcome : { ...outcome, failed };
}
