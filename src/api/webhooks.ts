import { z } from 'zod';
import { REPOSITORY_GLOB } from '../core/entry/names.ts';
import { NOTICE_TYPES, type NoticeType } from '../core/event/notice.ts';
import { REPOSITORY_CHARACTERS_MAX } from '../core/limits.ts';
import { count, page, pageQuery, principalName, seq, time, title } from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { defineRoute } from './route.ts';

/** Who sets webhooks up: they see every event of the repositories that a webhook is told of, and where the service can reach. */
const KEEPERS = ['operator', 'admin'] as const;

const webhookId = z
  .string()
  .regex(/^wh-[a-z2-7]{26}$/)
  .meta({ description: 'Id of a webhook, as the service gave it.', example: `wh-${'k7'.repeat(13)}` });

const deliveryId = z
  .string()
  .regex(/^msg_[0-9a-f]{40}$/)
  .meta({
    description: 'Id of a notice: the header `webhook-id`, the same for each attempt.',
    example: `msg_${'c0'.repeat(20)}`,
  });

const noticeType = z
  .enum(NOTICE_TYPES as [NoticeType, ...NoticeType[]])
  .meta({ description: 'Type of a notice.', example: 'verdict.failed' });

const url = z
  .string()
  .max(2_048)
  .regex(/^https?:\/\/[!-~]+$/)
  .meta({ description: 'Address that notices are posted to: https.', example: 'https://hooks.example.com/waybill' });

const types = z
  .array(z.union([noticeType, z.literal('*')]))
  .min(1)
  .max(NOTICE_TYPES.length)
  .meta({
    description: 'Types of notices, or `*` for all, those of later versions included.',
    example: ['verdict.failed'],
  });

const repositories = z
  .array(z.string().max(REPOSITORY_CHARACTERS_MAX).regex(REPOSITORY_GLOB))
  .min(1)
  .max(64)
  .meta({
    description:
      'Repositories that it is told of; those of the caller’s grant where absent. What is of no repository it is told of in any case.',
    example: ['shop/*'],
  });

const secret = z.string().meta({
  description: 'Secret that notices are signed with. It is shown this once and kept nowhere.',
  example: 'whsec_…',
});

const fields = {
  webhook: webhookId,
  url: z.string(),
  title: z.string().exactOptional(),
  types: z.array(z.string()),
  repositories: z.array(z.string()),
  createdBy: principalName,
  createdAt: time,
  state: z.enum(['enabled', 'asked', 'gone', 'failing', 'not-ours']).meta({
    description:
      '`enabled`, or why nothing is sent: somebody `asked` for it, the receiver is `gone` (410), it has been `failing` for five days, or what the database holds of it is `not-ours`.',
  }),
  disabledAt: time.exactOptional(),
  lastDeliveredAt: time.exactOptional(),
  looked: z.int().min(-1).meta({ description: 'Seq of the last entry that was looked at for it.' }),
  waiting: count.meta({ description: 'Notices that are still to be delivered.' }),
  dead: count.meta({ description: 'Dead letters: notices that were given up.' }),
};
const webhook = z.strictObject(fields).meta({ id: 'Webhook' });
const newWebhook = z.strictObject({ ...fields, secret }).meta({ id: 'NewWebhook' });

const delivery = z
  .strictObject({
    delivery: deliveryId,
    type: z.string(),
    seq: seq.meta({ description: 'The entry that it is about.' }),
    state: z.enum(['waiting', 'delivered', 'dead']),
    attempts: count,
    dueAt: time,
    createdAt: time,
    settledAt: time.exactOptional(),
    fault: z.string().exactOptional().meta({ description: 'Why the last attempt failed.' }),
    status: z.int().exactOptional().meta({ description: 'Status of the last answer.' }),
  })
  .meta({ id: 'Delivery' });

const tag = 'Webhooks';
const params = z.strictObject({ webhook: webhookId });
const query = z.strictObject({});
const nothing = { form: 'json', optional: true, schema: z.strictObject({}), bytesMax: JSON_BODY_BYTES_MAX } as const;

export const createWebhook = defineRoute({
  operation: 'createWebhook',
  method: 'post',
  path: '/v1/webhooks',
  tag,
  summary: 'Have notices posted to an address; the secret that signs them is answered once and never again',
  description:
    'Notices are signed as Standard Webhooks says, delivered at least once, and tried ten times over a day and a half. It is told of what ' +
    'happens from now on. See docs/spec/webhooks.md.',
  access: KEEPERS,
  tokenOnly: true,
  params: z.strictObject({}),
  query,
  body: {
    form: 'json',
    schema: z
      .strictObject({ url, types, repositories: repositories.exactOptional(), title: title.exactOptional() })
      .meta({ id: 'WebhookRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: { 201: { description: 'Created.', schema: newWebhook, location: true } },
  faults: ['webhook/malformed-url', 'webhook/address-refused', 'webhook/too-many', 'auth/repository-out-of-scope'],
});

export const listWebhooks = defineRoute({
  operation: 'listWebhooks',
  method: 'get',
  path: '/v1/webhooks',
  tag,
  summary: 'List webhooks, without their secrets',
  access: ['auditor', ...KEEPERS],
  params: z.strictObject({}),
  query,
  answers: { 200: { description: 'All of them.', schema: z.strictObject({ items: z.array(webhook) }) } },
});

export const readWebhook = defineRoute({
  operation: 'readWebhook',
  method: 'get',
  path: '/v1/webhooks/{webhook}',
  tag,
  summary: 'One webhook',
  access: ['auditor', ...KEEPERS],
  params,
  query,
  answers: { 200: { description: 'The webhook.', schema: webhook } },
  faults: ['webhook/unknown'],
});

export const removeWebhook = defineRoute({
  operation: 'removeWebhook',
  method: 'post',
  path: '/v1/webhooks/{webhook}/remove',
  tag,
  summary: 'Remove a webhook, with what it still had to deliver',
  access: KEEPERS,
  params,
  query,
  body: nothing,
  answers: { 200: { description: 'It is gone.', schema: z.strictObject({ webhook: webhookId }) } },
  faults: ['webhook/unknown'],
});

export const disableWebhook = defineRoute({
  operation: 'disableWebhook',
  method: 'post',
  path: '/v1/webhooks/{webhook}/disable',
  tag,
  summary: 'Send nothing more until it is enabled',
  access: KEEPERS,
  params,
  query,
  body: nothing,
  answers: { 200: { description: 'Disabled.', schema: webhook } },
  faults: ['webhook/unknown'],
});

export const enableWebhook = defineRoute({
  operation: 'enableWebhook',
  method: 'post',
  path: '/v1/webhooks/{webhook}/enable',
  tag,
  summary: 'Send again; what happened meanwhile, too, or only what comes after an entry',
  access: KEEPERS,
  params,
  query,
  body: {
    ...nothing,
    schema: z
      .strictObject({ after: z.union([seq, z.literal('newest')]).exactOptional() })
      .meta({ id: 'EnableWebhook', description: '`after`: leaves out what happened up to that entry, or up to now.' }),
  },
  answers: { 200: { description: 'Enabled.', schema: webhook } },
  faults: ['webhook/unknown', 'service/out-of-range'],
});

export const rotateWebhook = defineRoute({
  operation: 'rotateWebhook',
  method: 'post',
  path: '/v1/webhooks/{webhook}/rotate',
  tag,
  summary: 'A new secret; the one before signs beside it for a while',
  access: KEEPERS,
  tokenOnly: true,
  params,
  query,
  body: {
    ...nothing,
    schema: z
      .strictObject({
        overlapSeconds: z
          .int()
          .min(0)
          .max(30 * 86_400)
          .default(86_400)
          .meta({ description: 'How long both secrets sign. A day where absent; 0: the old one never again.' }),
      })
      .meta({ id: 'RotateWebhook' }),
  },
  answers: { 200: { description: 'The webhook, with its new secret.', schema: newWebhook } },
  faults: ['webhook/unknown', 'webhook/not-ours', 'service/contended'],
});

export const testWebhook = defineRoute({
  operation: 'testWebhook',
  method: 'post',
  path: '/v1/webhooks/{webhook}/test',
  tag,
  summary: 'Send a notice of the type webhook.test now, once, and tell what came of it',
  access: KEEPERS,
  params,
  query,
  body: nothing,
  answers: {
    200: {
      description: 'What came of it.',
      schema: z
        .strictObject({
          delivered: z.boolean(),
          status: z.int().exactOptional(),
          fault: z.string().exactOptional(),
          detail: z.string().exactOptional(),
        })
        .meta({ id: 'WebhookTest' }),
    },
  },
  faults: ['webhook/unknown', 'webhook/not-ours'],
});

export const listDeliveries = defineRoute({
  operation: 'listDeliveries',
  method: 'get',
  path: '/v1/webhooks/{webhook}/deliveries',
  tag,
  summary: 'Notices of a webhook and how they fared, the newest entry first',
  access: ['auditor', ...KEEPERS],
  params,
  query: z.strictObject({ state: z.enum(['waiting', 'delivered', 'dead']).exactOptional(), ...pageQuery }),
  answers: { 200: { description: 'A page of deliveries; those of the last 30 days.', schema: page(delivery) } },
  faults: ['webhook/unknown'],
});

export const redeliverNotices = defineRoute({
  operation: 'redeliverNotices',
  method: 'post',
  path: '/v1/webhooks/{webhook}/redeliver',
  tag,
  summary: 'Attempt dead letters anew: one, or all of them',
  access: KEEPERS,
  params,
  query,
  body: {
    ...nothing,
    schema: z.strictObject({ delivery: deliveryId.exactOptional() }).meta({ id: 'Redeliver' }),
  },
  answers: { 200: { description: 'How many are due again.', schema: z.strictObject({ revived: count }) } },
  faults: ['webhook/unknown', 'webhook/delivery-unknown'],
});
