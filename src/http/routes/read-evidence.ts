import { readEvidence } from '../../api/images.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { readPastState } from '../past-state.ts';
import { bytesReply, savedAs } from '../reply.ts';

export const readEvidenceRoute = bindRoute(readEvidence, async ({ caller, params, query }, { service }) => {
  const { asOf: _asOf, view: _view, ...image } = query;
  const past = readPastState(query);
  if (!past.ok) return past;
  const evidence = await service.readEvidence(caller, { ...params, ...image, ...past.value });
  if (!evidence.ok) return evidence;
  const name = `evidence-${params.digest.slice('sha256:'.length, 'sha256:'.length + 12)}.json`;
  return ok(bytesReply(evidence.value, 'application/json', savedAs(name)));
});
