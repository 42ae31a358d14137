import { rotateSigner } from '../../api/signers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';

export const rotateSignerRoute = bindRoute(rotateSigner, async ({ caller, params, body }, edge) => {
  const { control, ...rotation } = body;
  const signer = await edge.service.rotateSigner(caller, params.signer, rotation, control);
  return signer.ok ? ok(recordedReply(edge, signer.value, `/v1/signers/${signer.value.signer}`)) : signer;
});
