import { disableWebhook } from '../../api/webhooks.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const disableWebhookRoute = bindRoute(disableWebhook, async ({ caller, params }, { service }) => {
  const answer = await service.disableWebhook(caller, params.webhook);
  return answer.ok ? ok(jsonReply(answer.value)) : answer;
});
