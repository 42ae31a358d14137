import { redeliverNotices } from '../../api/webhooks.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const redeliverNoticesRoute = bindRoute(redeliverNotices, async ({ caller, params, body }, { service }) => {
  const answer = await service.redeliverNotices(caller, params.webhook, body.delivery);
  return answer.ok ? ok(jsonReply(answer.value)) : answer;
});
