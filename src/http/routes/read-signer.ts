import { readSigner } from '../../api/signers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readSignerRoute = bindRoute(readSigner, async ({ caller, params }, { service }) => {
  const signer = await service.readSigner(caller, params.signer);
  return signer.ok ? ok(jsonReply(signer.value)) : signer;
});
