import { readMetrics } from '../../api/operation.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { bytesReply } from '../reply.ts';

export const readMetricsRoute = bindRoute(readMetrics, async (_request, { metrics }) =>
  ok(bytesReply(await metrics.render(), metrics.mediaType)),
);
