import { readFacts } from '../../api/facts.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { readPastState } from '../past-state.ts';
import { bytesReply } from '../reply.ts';

export const readFactsRoute = bindRoute(readFacts, async ({ caller, params, query }, { service }) => {
  const { asOf: _asOf, view: _view, ...image } = query;
  const past = readPastState(query);
  if (!past.ok) return past;
  const facts = await service.readFacts(caller, { ...params, ...image, ...past.value });
  return facts.ok ? ok(bytesReply(facts.value, 'application/json')) : facts;
});
