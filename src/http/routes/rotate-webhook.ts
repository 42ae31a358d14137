import { rotateWebhook } from '../../api/webhooks.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const rotateWebhookRoute = bindRoute(rotateWebhook, async ({ caller, params, body }, { service }) => {
  const answer = await service.rotateWebhook(caller, params.webhook, body.overlapSeconds);
  return answer.ok ? ok(jsonReply(answer.value)) : answer;
});
