import { readEntryBundle } from '../../api/log.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { bytesReply } from '../reply.ts';

/** Never changes, and is only for those who may read it. */
const IMMUTABLE = { 'cache-control': 'private, max-age=31536000, immutable' };

export const readEntryBundleRoute = bindRoute(readEntryBundle, async ({ caller, params }, { service }) => {
  const bundle = await service.readEntryBundle(caller, `tile/entries/${params.path}`);
  return bundle.ok ? ok(bytesReply(bundle.value, 'application/octet-stream', IMMUTABLE)) : bundle;
});
