import { parseTime } from '../../entry/time.ts';
import type { Finding, Requirement } from '../evaluated.ts';
import { decisiveRun, type EvaluatedRun } from '../evaluated-run.ts';

/**
 * Where the contract asks for one, the image comes from a run that closed as succeeded. One that does not ask refuses an
 * image all the same of whose runs each was lost, cancelled or failed.
 */
export const requireRun: Requirement = ({ contract, runs, evaluatedAtMs }) => {
  const run = decisiveRun(runs);
  const required = contract.runs?.required === true;
  if (run === undefined) return required ? [{ reason: 'contract/run-missing' }] : [];
  return [{ seq: run.seq, detail: run.run, ...findingOf(run, required, evaluatedAtMs) }];
};

function findingOf({ outcome, expires }: EvaluatedRun, required: boolean, nowMs: number | undefined): Finding {
  if (outcome === 'succeeded') return {};
  if (outcome !== 'open') return { reason: `run/${outcome}` };
  if (nowMs === undefined) return { reason: 'custody/bad-evaluation-time' };
  const untilMs = parseTime(expires) ?? Number.NEGATIVE_INFINITY;
  if (nowMs >= untilMs) return { reason: 'run/overdue' };
  return required ? { reason: 'run/open' } : { untilMs };
}
