import { listWebhooks } from '../../api/webhooks.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listWebhooksRoute = bindRoute(listWebhooks, async ({ caller }, { service }) => {
  const answer = await service.listWebhooks(caller);
  return answer.ok ? ok(jsonReply(answer.value)) : answer;
});
