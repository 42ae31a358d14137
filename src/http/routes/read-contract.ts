import { readContract } from '../../api/contracts.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readContractRoute = bindRoute(readContract, async ({ caller, params, query }, { service }) => {
  const contract = await service.readContract(caller, params.contract, query.version);
  return contract.ok ? ok(jsonReply(contract.value)) : contract;
});
