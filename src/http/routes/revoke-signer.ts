import { revokeSigner } from '../../api/signers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const revokeSignerRoute = bindRoute(revokeSigner, async ({ caller, params, body }, edge) => {
  const signer = await edge.service.revokeSigner(caller, params.signer, body.effective, body.control);
  return signer.ok ? ok(changedReply(edge, signer.value)) : signer;
});
