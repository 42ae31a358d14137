import { readCheckpoint } from '../../api/log.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { bytesReply } from '../reply.ts';

export const readCheckpointRoute = bindRoute(readCheckpoint, async (_request, { service }) => {
  const note = await service.readCheckpoint();
  return note.ok ? ok(bytesReply(note.value, 'text/plain; charset=utf-8')) : note;
});
