import { proposeChange } from '../../api/changes.ts';
import type { Json } from '../../core/encoding/json.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';

export const proposeChangeRoute = bindRoute(proposeChange, async ({ caller, body }, edge) => {
  const { document, ...change } = body;
  const bytes = document === undefined ? {} : { document: new Uint8Array(Buffer.from(document, 'base64')) };
  const proposed = await edge.service.proposeChange(caller, { ...change, body: body.body as Json, ...bytes });
  return proposed.ok ? ok(recordedReply(edge, proposed.value, '/v1/changes')) : proposed;
});
