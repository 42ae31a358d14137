import { askGate } from '../../api/verifications.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { reasonsOf } from '../explain-result.ts';
import { jsonReply } from '../reply.ts';

export const askGateRoute = bindRoute(askGate, async ({ caller, params, query }, { service }) => {
  const custody = await service.verifyCustody(caller, { ...params, ...query });
  if (!custody.ok) return custody;
  const { verdict, checkpoint, validUntil } = custody.value;
  const open = verdict === 'pass' || verdict === 'waived';
  const answer = {
    verdict,
    reasons: open ? [] : reasonsOf(custody.value),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(validUntil === undefined ? {} : { validUntil }),
  };
  return ok(jsonReply(answer, open ? 200 : 412));
});
