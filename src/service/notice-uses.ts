import type { Result } from '../core/fault.ts';
import type { Page, PageRequest } from './answers.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import {
  createWebhook,
  disableWebhook,
  enableWebhook,
  listDeliveries,
  listWebhooks,
  readWebhook,
  redeliverNotices,
  removeWebhook,
  rotateWebhook,
  type TestOutcome,
  testWebhook,
  type WebhookRequest,
} from './manage-webhooks.ts';
import { countNotices, type NoticeCounts } from './notice-counts.ts';
import type { NoticeReport } from './notice-worker.ts';
import { openReadEvents, type ReadEvents } from './read-events.ts';
import type { DeliveryState } from './webhook-ports.ts';
import type { DeliveryView, NewWebhook, WebhookView } from './webhook-views.ts';

type Answer<T> = Promise<Result<T>>;

/** What is told of the log, and to whom. */
export type NoticeUses = {
  /** Events in the ledger's order, one for each entry that the caller may be told of. */
  readonly readEvents: ReadEvents;
  readonly createWebhook: (caller: Caller, request: WebhookRequest) => Answer<NewWebhook>;
  readonly listWebhooks: (caller: Caller) => Answer<{ readonly items: readonly WebhookView[] }>;
  readonly readWebhook: (caller: Caller, webhook: string) => Answer<WebhookView>;
  readonly removeWebhook: (caller: Caller, webhook: string) => Answer<{ readonly webhook: string }>;
  readonly disableWebhook: (caller: Caller, webhook: string) => Answer<WebhookView>;
  readonly enableWebhook: (caller: Caller, webhook: string, after?: number | 'newest') => Answer<WebhookView>;
  readonly rotateWebhook: (caller: Caller, webhook: string, overlapSeconds: number) => Answer<NewWebhook>;
  readonly testWebhook: (caller: Caller, webhook: string) => Answer<TestOutcome>;
  readonly listDeliveries: (
    caller: Caller,
    webhook: string,
    filter: { readonly state?: DeliveryState },
    page: PageRequest,
  ) => Answer<Page<DeliveryView>>;
  readonly redeliverNotices: (
    caller: Caller,
    webhook: string,
    delivery?: string,
  ) => Answer<{ readonly revived: number }>;
  /** What waits for delivery and what was given up, over all webhooks; for metrics. */
  readonly noticeCounts: () => Promise<NoticeCounts>;
  /** Has `report` told of every attempt to deliver a notice from now on. */
  readonly watchNotices: (report: (report: NoticeReport) => void) => void;
};

/** Events, and webhooks with what they are told. */
export function noticeUses(context: ServiceContext): NoticeUses {
  return {
    readEvents: openReadEvents(context),
    createWebhook: (caller, request) => createWebhook(context, caller, request),
    listWebhooks: (caller) => listWebhooks(context, caller),
    readWebhook: (caller, id) => readWebhook(context, caller, id),
    removeWebhook: (caller, id) => removeWebhook(context, caller, id),
    disableWebhook: (caller, id) => disableWebhook(context, caller, id),
    enableWebhook: (caller, id, after) => enableWebhook(context, caller, id, after),
    rotateWebhook: (caller, id, overlapSeconds) => rotateWebhook(context, caller, id, overlapSeconds),
    testWebhook: (caller, id) => testWebhook(context, caller, id),
    listDeliveries: (caller, id, filter, request) => listDeliveries(context, caller, id, filter, request),
    redeliverNotices: (caller, id, delivery) => redeliverNotices(context, caller, id, delivery),
    noticeCounts: () => countNotices(context),
    watchNotices: (report) => context.notices.watch(report),
  };
}
