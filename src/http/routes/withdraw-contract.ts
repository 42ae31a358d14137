import { withdrawContract } from '../../api/contracts.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const withdrawContractRoute = bindRoute(withdrawContract, async ({ caller, params, body }, edge) => {
  const contract = await edge.service.withdrawContract(caller, params.contract, body.control);
  return contract.ok ? ok(changedReply(edge, contract.value)) : contract;
});
