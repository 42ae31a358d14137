import { readTrustFile } from '../../api/log.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readTrustFileRoute = bindRoute(readTrustFile, async (_request, { service }) =>
  ok(jsonReply((await service.trustFile()) ?? {})),
);
