import type { ServiceContext } from './context.ts';
import { ServiceError } from './ports.ts';

export type Readiness = { readonly ready: boolean; readonly reason?: string; readonly size?: number };

/** Whether this replica can append and sign now: the database answers, and its head is ours and not behind the anchor. */
export async function readReadiness(context: ServiceContext): Promise<Readiness> {
  try {
    const signed = await context.sequencer.checkpoint();
    return { ready: true, size: signed?.head.frontier.size ?? 0 };
  } catch (error) {
    if (error instanceof ServiceError) return { ready: false, reason: error.fault.code };
    throw error;
  }
}
