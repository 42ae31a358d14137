import { ServiceError } from '../service/ports.ts';

/** How many answers without an end there may be at once, of one principal and together; each replica counts its own. */
export type StreamLimits = { readonly perPrincipal: number; readonly together: number };

export const STREAM_LIMITS: StreamLimits = { perPrincipal: 16, together: 256 };

/** Seconds after which another attempt makes sense: streams end when their readers do. */
const RETRY_AFTER_SECONDS = 5;

export type StreamPlaces = {
  /**
   * Takes a place until `ending` is aborted.
   * Throws ServiceError: `http/too-many-at-once` where the principal has its share, `service/overloaded` where there is none left.
   */
  readonly take: (principal: string, ending: AbortSignal) => void;
  /** How many are taken. */
  readonly taken: () => number;
};

export function createStreamPlaces(limits: StreamLimits = STREAM_LIMITS): StreamPlaces {
  const byPrincipal = new Map<string, number>();
  let taken = 0;
  const give = (principal: string) => {
    taken -= 1;
    const left = (byPrincipal.get(principal) ?? 0) - 1;
    if (left > 0) byPrincipal.set(principal, left);
    else byPrincipal.delete(principal);
  };
  return {
    take: (principal, ending) => {
      const before = byPrincipal.get(principal) ?? 0;
      if (before >= limits.perPrincipal)
        throw refusal('http/too-many-at-once', `This principal follows ${before} streams already.`);
      if (taken >= limits.together) throw refusal('service/overloaded', 'No further stream can be followed here.');
      if (ending.aborted) return;
      taken += 1;
      byPrincipal.set(principal, before + 1);
      ending.addEventListener('abort', () => give(principal), { once: true });
    },
    taken: () => taken,
  };
}

function refusal(code: 'http/too-many-at-once' | 'service/overloaded', message: string): ServiceError {
  return new ServiceError({ code, message }, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
