import { proveCompleteness } from '../../api/proofs.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { bytesReply, savedAs } from '../reply.ts';

export const proveCompletenessRoute = bindRoute(proveCompleteness, async ({ caller, query }, { service }) => {
  const proof = await service.proveCompleteness(caller, query.key);
  if (!proof.ok) return proof;
  const name = `completeness-${query.key.replaceAll(/[^a-z0-9]+/g, '-').slice(0, 40)}.json`;
  return ok(bytesReply(proof.value, 'application/json', savedAs(name)));
});
