import { listContracts } from '../../api/contracts.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listContractsRoute = bindRoute(listContracts, async ({ caller, query }, { service }) => {
  const page = await service.listContracts(caller, query);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
