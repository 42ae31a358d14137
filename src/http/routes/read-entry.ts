import { readEntry } from '../../api/entries.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readEntryRoute = bindRoute(readEntry, async ({ caller, params }, { service }) => {
  const entry = await service.readEntry(caller, params.seq);
  return entry.ok ? ok(jsonReply(entry.value)) : entry;
});
