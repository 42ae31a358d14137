import { createWebhook } from '../../api/webhooks.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const createWebhookRoute = bindRoute(createWebhook, async ({ caller, body }, { service }) => {
  const answer = await service.createWebhook(caller, body);
  return answer.ok ? ok(jsonReply(answer.value, 201, { location: `/v1/webhooks/${answer.value.webhook}` })) : answer;
});
