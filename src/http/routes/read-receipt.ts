import { readReceipt } from '../../api/entries.ts';
import { formatCanonicalJson } from '../../core/encoding/canonical-json.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { bytesReply } from '../reply.ts';

export const readReceiptRoute = bindRoute(readReceipt, async ({ caller, params }, { service }) => {
  const receipt = await service.readReceipt(caller, params.seq);
  return receipt.ok ? ok(bytesReply(formatCanonicalJson(receipt.value), 'application/json')) : receipt;
});
