import { readOpenapi } from '../../api/operation.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { bytesReply } from '../reply.ts';

export const readOpenapiRoute = bindRoute(readOpenapi, (_request, { openapi }) =>
  ok(bytesReply(openapi, 'application/json', { 'cache-control': 'no-cache' })),
);
