import { readRun } from '../../api/runs.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readRunRoute = bindRoute(readRun, async ({ caller, params }, edge) => {
  const run = await edge.service.readRun(caller, params.run);
  return run.ok ? ok(jsonReply(run.value)) : run;
});
