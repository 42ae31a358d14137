import type { NoticeType, TimedNotice } from '../core/event/notice.ts';
import type { Fault, Result } from '../core/fault.ts';
import type { WebhookFaultCode } from '../core/fault-codes/webhook.ts';

/** One secret of a webhook. It is not kept: the service derives it, and `mac` says that the row is its own, and of which key. */
export type SecretRow = {
  readonly generation: number;
  readonly mac: Uint8Array;
  /** Until when it signs beside its successor; absent for the newest. */
  readonly until?: Date;
};

export const DISABLED_BECAUSE = ['asked', 'gone', 'failing'] as const;
export type DisabledBecause = (typeof DISABLED_BECAUSE)[number];

export type WebhookRow = {
  readonly id: string;
  readonly url: string;
  readonly title?: string;
  /** Types of notices, or `*`. */
  readonly types: readonly string[];
  readonly repositories: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Entries up to this seq were looked at; −1 where none was. */
  readonly cursor: number;
  readonly disabled?: { readonly at: Date; readonly because: DisabledBecause };
  readonly lastDeliveredAt?: Date;
  /** Newest first. */
  readonly secrets: readonly SecretRow[];
};

/** A notice that is to be delivered. `id` follows from webhook, type and seq: the same notice is one delivery. */
export type NoticeRow = {
  readonly id: string;
  readonly type: NoticeType;
  /** Of the entry that it is about. */
  readonly seq: number;
  /** When it came about, of notices that time gives rise to. */
  readonly occurredAt?: Date;
};

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export type DeliveryRow = NoticeRow & {
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly dueAt: Date;
  readonly createdAt: Date;
  readonly settledAt?: Date;
  readonly lastFault?: string;
  readonly lastStatus?: number;
};

/** A delivery that this replica alone may attempt, until its lease ends. */
export type ClaimedDelivery = DeliveryRow & { readonly lease: string };

export type Settlement = {
  readonly fault?: WebhookFaultCode;
  readonly status?: number;
  readonly at: Date;
} & ({ readonly state: 'delivered' | 'dead' } | { readonly state: 'waiting'; readonly dueAt: Date });

export type DeliveryCounts = { readonly waiting: number; readonly dead: number; readonly oldestAt?: Date };

/** Webhooks and their deliveries. Every method is one transaction. */
export type WebhookStore = {
  /** False where there are as many already, of all or of its maker. */
  readonly insert: (
    webhook: Omit<WebhookRow, 'disabled' | 'lastDeliveredAt'>,
    most: { readonly together: number; readonly ofMaker: number },
  ) => Promise<boolean>;
  /** All of them, by when they were made. */
  readonly list: () => Promise<readonly WebhookRow[]>;
  readonly find: (id: string) => Promise<WebhookRow | undefined>;
  /** With its deliveries; false where there is none. */
  readonly remove: (id: string) => Promise<boolean>;
  readonly disable: (id: string, because: DisabledBecause, at: Date) => Promise<void>;
  /** What was disabled goes on after `cursor`, where that is given; its waiting deliveries are due at once. */
  readonly enable: (id: string, cursor: number | undefined, at: Date) => Promise<void>;
  /** Puts the secrets in the place of those that there are, if the newest of them is of the generation `from`. */
  readonly rotate: (id: string, from: number, secrets: readonly SecretRow[]) => Promise<boolean>;
  /**
   * Moves the cursor and adds the notices that were found on the way, or neither: false where the cursor is not at `from` any
   * more, since another replica was first, or the webhook is disabled or gone.
   */
  readonly advance: (id: string, from: number, to: number, notices: readonly NoticeRow[], at: Date) => Promise<boolean>;
  /** Adds notices; one that is there is left as it is. How many were new. */
  readonly add: (id: string, notices: readonly NoticeRow[], at: Date) => Promise<number>;
  /** Takes deliveries that are due and that no other replica has taken, and counts the attempt. */
  readonly claim: (id: string, most: number, at: Date, leaseSeconds: number) => Promise<readonly ClaimedDelivery[]>;
  /** What became of an attempt; nothing where the lease ended and another replica has taken it. */
  readonly settle: (id: string, delivery: ClaimedDelivery, settlement: Settlement) => Promise<void>;
  /** Newest entry first; those before `before`. */
  readonly deliveries: (
    id: string,
    filter: { readonly state?: DeliveryState; readonly before?: DeliveryPlace; readonly limit: number },
  ) => Promise<readonly DeliveryRow[]>;
  /** Has dead letters attempted again: one, or all. How many. */
  readonly revive: (id: string, delivery: string | undefined, at: Date) => Promise<number>;
  readonly counts: () => Promise<ReadonlyMap<string, DeliveryCounts>>;
  /** Forgets what was settled before a time. */
  readonly prune: (before: Date, keep: readonly TimedNotice[]) => Promise<number>;
};

/** A place in the list of deliveries. */
export type DeliveryPlace = { readonly seq: number; readonly id: string };

export type SentNotice = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What came of a request: the status where there was an answer, else the fault. */
export type SendOutcome =
  | { readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly fault: Fault & { readonly code: WebhookFaultCode } };

/** Sends to receivers, and to nobody inside. */
export type NoticeSender = {
  /** Whether something could be sent to the address, as far as it says by itself. `webhook/malformed-url`, `webhook/address-refused`. */
  readonly check: (url: string) => Result<void>;
  /** Never rejects. */
  readonly send: (notice: SentNotice) => Promise<SendOutcome>;
};
