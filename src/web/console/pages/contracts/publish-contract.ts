import type { Json } from '../../../../core/encoding/json.ts';
import { call } from '../../api/call.ts';

/** A contract with the agreement of control keys: the document has no place for it. */
const CONTROLLED_MEDIA_TYPE = 'application/vnd.waybill.controlled+json';

/** Publishes a contract, with the agreement of control keys in logs that have some. Throws `Refusal`. */
export async function publishContract(document: Json, control: string | undefined): Promise<void> {
  if (control === undefined) await call('POST', '/v1/contracts', { body: document });
  else {
    const headers = { 'content-type': CONTROLLED_MEDIA_TYPE };
    await call('POST', '/v1/contracts', { body: { document, control }, headers });
  }
}
