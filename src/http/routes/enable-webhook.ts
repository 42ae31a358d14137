import { enableWebhook } from '../../api/webhooks.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const enableWebhookRoute = bindRoute(enableWebhook, async ({ caller, params, body }, { service }) => {
  const answer = await service.enableWebhook(caller, params.webhook, body.after);
  return answer.ok ? ok(jsonReply(answer.value)) : answer;
});
