import type { ServiceContext } from './context.ts';
import { ServiceError } from './ports.ts';

export type Readiness = { readonly ready: boolean; readonly reason?: string; readonly size?: number };

/** How old an answer may be that others are given, too: anybody may ask, as often as they like. */
const AGE_MS_MAX = 250;

/**
 * Whether this replica can append and sign now: the database answers, and its head is ours and not behind the anchor.
 * Who asks while an answer is on its way shares it, and it is given to others for a quarter of a second.
 */
export function openReadiness(
  context: Pick<ServiceContext, 'sequencer'>,
  nowMs: () => number = () => performance.now(),
): () => Promise<Readiness> {
  let asked: Promise<Readiness> | undefined;
  let answeredMs = Number.POSITIVE_INFINITY;
  const ask = async (): Promise<Readiness> => {
    answeredMs = Number.POSITIVE_INFINITY;
    try {
      return await readReadiness(context);
    } finally {
      answeredMs = nowMs();
    }
  };
  return () => {
    if (asked === undefined || nowMs() - answeredMs > AGE_MS_MAX) asked = ask();
    return asked;
  };
}

async function readReadiness(context: Pick<ServiceContext, 'sequencer'>): Promise<Readiness> {
  try {
    const signed = await context.sequencer.checkpoint();
    return { ready: true, size: signed?.head.frontier.size ?? 0 };
  } catch (error) {
    if (error instanceof ServiceError) return { ready: false, reason: error.fault.code };
    throw error;
  }
}
