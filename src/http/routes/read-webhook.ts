import { readWebhook } from '../../api/webhooks.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readWebhookRoute = bindRoute(readWebhook, async ({ caller, params }, { service }) => {
  const answer = await service.readWebhook(caller, params.webhook);
  return answer.ok ? ok(jsonReply(answer.value)) : answer;
});
