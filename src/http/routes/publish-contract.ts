import { CONTROLLED_MEDIA_TYPE, controlledContract, publishContract } from '../../api/contracts.ts';
import { type Json, parseJson } from '../../core/encoding/json.ts';
import { ok, type Result } from '../../core/fault.ts';
import { parseYamlDocument } from '../../yaml/yaml-document.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';
import { readValue } from '../request-values.ts';

export const publishContractRoute = bindRoute(publishContract, async ({ caller, body, mediaType }, edge) => {
  const sent = readSent(body, mediaType);
  if (!sent.ok) return sent;
  const { document, control } = sent.value;
  const contract = await edge.service.publishContract(caller, document, control);
  if (!contract.ok) return contract;
  return ok(recordedReply(edge, contract.value, `/v1/contracts/${contract.value.contract}`));
});

/** The contract, alone or with the agreement of control keys. */
function readSent(
  body: Uint8Array,
  mediaType: string | undefined,
): Result<{ readonly document: Json; readonly control?: string }> {
  const isJson = mediaType === 'application/json' || mediaType === CONTROLLED_MEDIA_TYPE;
  const value = isJson ? parseJson(body, { depthMax: 16 }) : parseYamlDocument(body);
  if (!value.ok) return value;
  if (mediaType !== CONTROLLED_MEDIA_TYPE) return ok({ document: value.value });
  const controlled = readValue(controlledContract, value.value);
  return controlled.ok ? ok(controlled.value as { readonly document: Json; readonly control: string }) : controlled;
}
