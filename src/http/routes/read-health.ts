import { readHealth } from '../../api/operation.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readHealthRoute = bindRoute(readHealth, () => ok(jsonReply({ alive: true })));
