import { testWebhook } from '../../api/webhooks.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const testWebhookRoute = bindRoute(testWebhook, async ({ caller, params }, { service }) => {
  const answer = await service.testWebhook(caller, params.webhook);
  return answer.ok ? ok(jsonReply(answer.value)) : answer;
});
