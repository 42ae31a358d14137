import { withdrawContract } from '../../api/contracts.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const withdrawContractRoute = bindRoute(withdrawContract, async ({ caller, params }, edge) => {
  const contract = await edge.service.withdrawContract(caller, params.contract);
  return contract.ok ? ok(changedReply(edge, contract.value)) : contract;
});
