import { readCheckpoint } from '../../api/log.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { keptReply } from '../reply.ts';

/**
 * To be asked about each time: a cache that answered by itself, if only for a second, could show the holder of a fresh
 * receipt a log that is smaller than the receipt, which is what a log that was rolled back looks like.
 */
const ASK_EACH_TIME = 'no-cache';

export const readCheckpointRoute = bindRoute(readCheckpoint, async (_request, { service }) => {
  const note = await service.readCheckpoint();
  return note.ok ? ok(keptReply(note.value, 'text/plain; charset=utf-8', ASK_EACH_TIME)) : note;
});
