import { readTile } from '../../api/log.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { keptReply } from '../reply.ts';

/** A tile of that path and width never changes. Source: C2SP tlog-tiles. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

export const readTileRoute = bindRoute(readTile, async ({ params }, { service }) => {
  const tile = await service.readTile(`tile/${params.path}`);
  return tile.ok ? ok(keptReply(tile.value, 'application/octet-stream', IMMUTABLE)) : tile;
});
