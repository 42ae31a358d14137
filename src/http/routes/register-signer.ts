import { registerSigner } from '../../api/signers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';

export const registerSignerRoute = bindRoute(registerSigner, async ({ caller, body }, edge) => {
  const signer = await edge.service.registerSigner(caller, body);
  return signer.ok ? ok(recordedReply(edge, signer.value, `/v1/signers/${signer.value.signer}`)) : signer;
});
