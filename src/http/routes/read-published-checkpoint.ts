import { readPublishedCheckpoint } from '../../api/log.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { keptReply } from '../reply.ts';

export const readPublishedCheckpointRoute = bindRoute(
  readPublishedCheckpoint,
  async ({ caller, params }, { service }) => {
    const note = await service.readPublishedCheckpoint(caller, params.size);
    // Another signature may come beside the first one day, so that it is to be asked about.
    return note.ok ? ok(keptReply(note.value, 'text/plain; charset=utf-8', 'no-cache')) : note;
  },
);
