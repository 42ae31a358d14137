import { readConsistency } from '../../api/entries.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readConsistencyRoute = bindRoute(readConsistency, async ({ caller, query }, { service }) => {
  const proof = await service.readConsistency(caller, query.from, query.to);
  return proof.ok ? ok(jsonReply(proof.value)) : proof;
});
