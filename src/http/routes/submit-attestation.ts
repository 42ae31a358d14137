import { submitAttestation } from '../../api/attestations.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';

export const submitAttestationRoute = bindRoute(submitAttestation, async ({ caller, query, body }, edge) => {
  const submitted = await edge.service.submitAttestation(caller, { body, ...query });
  return submitted.ok ? ok(recordedReply(edge, submitted.value, `/v1/entries/${submitted.value.seq}`)) : submitted;
});
