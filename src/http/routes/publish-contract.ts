import { publishContract } from '../../api/contracts.ts';
import { parseJson } from '../../core/encoding/json.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';
import { parseYamlDocument } from '../yaml-document.ts';

export const publishContractRoute = bindRoute(publishContract, async ({ caller, body, mediaType }, edge) => {
  const document = mediaType === 'application/json' ? parseJson(body, { depthMax: 16 }) : parseYamlDocument(body);
  if (!document.ok) return document;
  const contract = await edge.service.publishContract(caller, document.value);
  if (!contract.ok) return contract;
  return ok(recordedReply(edge, contract.value, `/v1/contracts/${contract.value.contract}`));
});
