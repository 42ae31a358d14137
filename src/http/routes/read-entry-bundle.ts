import { readEntryBundle } from '../../api/log.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { keptReply } from '../reply.ts';

/** Never changes. Where a token is asked for it is only for those who have one; where not, for every cache on the way. */
const FOR_A_YEAR = 'max-age=31536000, immutable';

export const readEntryBundleRoute = bindRoute(readEntryBundle, async ({ caller, params }, { service, opened }) => {
  const bundle = await service.readEntryBundle(caller, `tile/entries/${params.path}`);
  const whose = opened.includes(readEntryBundle.operation) ? 'public' : 'private';
  return bundle.ok
    ? ok(keptReply(bundle.value, 'application/octet-stream', `${whose}, ${FOR_A_YEAR}`, 'compressed'))
    : bundle;
});
