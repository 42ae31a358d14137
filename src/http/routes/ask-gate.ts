import { askGate } from '../../api/verifications.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { reasonsOf } from '../explain-result.ts';
import { jsonReply } from '../reply.ts';

export const askGateRoute = bindRoute(askGate, async ({ caller, params, query }, { service }) => {
  const asked = await service.askGate(caller, { ...params, ...query });
  if (!asked.ok) return asked;
  const { verdict, checkpoint, validUntil, waivers } = asked.value;
  const open = verdict === 'pass' || verdict === 'waived';
  const answer = {
    verdict,
    reasons: open ? [] : reasonsOf(asked.value),
    waivers,
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(validUntil === undefined ? {} : { validUntil }),
  };
  return ok(jsonReply(answer, open ? 200 : 412));
});
