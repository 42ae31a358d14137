import { readInbox } from '../../api/inbox.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readInboxRoute = bindRoute(readInbox, async ({ caller, query }, { service }) => {
  const inbox = await service.readInbox(caller, query);
  return inbox.ok ? ok(jsonReply(inbox.value)) : inbox;
});
