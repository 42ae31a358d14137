import { readImpact } from '../../api/signers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readImpactRoute = bindRoute(readImpact, async ({ caller, params, query }, edge) => {
  const impact = await edge.service.readImpact(caller, params.signer, query);
  return impact.ok ? ok(jsonReply(impact.value)) : impact;
});
