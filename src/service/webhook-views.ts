import type { ServiceContext } from './context.ts';
import type { DeliveryCounts, DeliveryRow, DeliveryState, DisabledBecause, WebhookRow } from './webhook-ports.ts';
import { secretsAt } from './webhook-secret.ts';

export type WebhookView = {
  readonly webhook: string;
  readonly url: string;
  readonly title?: string;
  readonly types: readonly string[];
  readonly repositories: readonly string[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly state: 'enabled' | 'not-ours' | DisabledBecause;
  readonly disabledAt?: string;
  readonly lastDeliveredAt?: string;
  readonly looked: number;
  readonly waiting: number;
  readonly dead: number;
};

/** With the secret, as its receiver keeps it. */
export type NewWebhook = WebhookView & { readonly secret: string };

export type DeliveryView = {
  readonly delivery: string;
  readonly type: string;
  readonly seq: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly dueAt: string;
  readonly createdAt: string;
  readonly settledAt?: string;
  readonly fault?: string;
  readonly status?: number;
};

/** A webhook as those who may know of it see it. */
export function webhookView(
  { keys, store, now }: ServiceContext,
  row: WebhookRow,
  counts: DeliveryCounts,
): WebhookView {
  const isOurs = secretsAt(keys, store.origin, row, now()) !== undefined;
  return {
    webhook: row.id,
    url: row.url,
    ...(row.title === undefined ? {} : { title: row.title }),
    types: row.types,
    repositories: row.repositories,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    state: isOurs ? (row.disabled?.because ?? 'enabled') : 'not-ours',
    ...(row.disabled === undefined ? {} : { disabledAt: row.disabled.at.toISOString() }),
    ...(row.lastDeliveredAt === undefined ? {} : { lastDeliveredAt: row.lastDeliveredAt.toISOString() }),
    looked: row.cursor,
    waiting: counts.waiting,
    dead: counts.dead,
  };
}

export function deliveryView(row: DeliveryRow): DeliveryView {
  return {
    delivery: row.id,
    type: row.type,
    seq: row.seq,
    state: row.state,
    attempts: row.attempts,
    dueAt: row.dueAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    ...(row.settledAt === undefined ? {} : { settledAt: row.settledAt.toISOString() }),
    ...(row.lastFault === undefined ? {} : { fault: row.lastFault }),
    ...(row.lastStatus === undefined ? {} : { status: row.lastStatus }),
  };
}
