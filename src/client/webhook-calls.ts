import { array, boolean, integer, openObject, optional, string } from '../core/encoding/decode.ts';
import { pageOf } from './answers.ts';
import type { Get, PageQuestion, Post } from './call.ts';

const text = string({ max: 20_000 });
const texts = array(text, { max: 1_000 });

const fields = {
  webhook: text,
  url: text,
  title: optional(text),
  types: texts,
  repositories: texts,
  createdBy: text,
  createdAt: text,
  state: text,
  lastDeliveredAt: optional(text),
  waiting: integer(),
  dead: integer(),
};
const webhookView = openObject(fields);
const newWebhook = openObject({ ...fields, secret: text });
const webhookList = openObject({ items: array(webhookView, { max: 1_000 }) });
const deliveryView = openObject({
  delivery: text,
  type: text,
  seq: integer(),
  state: text,
  attempts: integer(),
  dueAt: text,
  fault: optional(text),
  status: optional(integer()),
});
const testOutcome = openObject({
  delivered: boolean(),
  status: optional(integer()),
  fault: optional(text),
  detail: optional(text),
});

/** Webhooks and their deliveries. */
export function webhookCalls(get: Get, post: Post) {
  const path = (webhook: string, rest = '') => `/v1/webhooks/${encodeURIComponent(webhook)}${rest}`;
  return {
    /** Every call makes another one, so this is sent once. */
    createWebhook: (request: {
      readonly url: string;
      readonly types: readonly string[];
      readonly repositories?: readonly string[];
      readonly title?: string;
    }) => post(newWebhook, '/v1/webhooks', request, { once: true }),
    webhooks: () => get(webhookList, '/v1/webhooks'),
    webhook: (webhook: string) => get(webhookView, path(webhook)),
    removeWebhook: (webhook: string) => post(openObject({ webhook: text }), path(webhook, '/remove'), {}),
    disableWebhook: (webhook: string) => post(webhookView, path(webhook, '/disable'), {}),
    enableWebhook: (webhook: string, after: number | 'newest' | undefined) =>
      post(webhookView, path(webhook, '/enable'), after === undefined ? {} : { after }),
    rotateWebhook: (webhook: string, overlapSeconds: number) =>
      post(newWebhook, path(webhook, '/rotate'), { overlapSeconds }, { once: true }),
    testWebhook: (webhook: string) => post(testOutcome, path(webhook, '/test'), {}),
    deliveries: (webhook: string, state: string | undefined, page: PageQuestion) =>
      get(pageOf(deliveryView), path(webhook, '/deliveries'), { state, ...page }),
    redeliver: (webhook: string, delivery: string | undefined) =>
      post(openObject({ revived: integer() }), path(webhook, '/redeliver'), delivery === undefined ? {} : { delivery }),
  };
}
