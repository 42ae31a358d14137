import { ServiceError } from './ports.ts';

/** Evidence of one replica that is being put together, judged or handed over: twice the largest. */
const BYTES_UNDER_WAY_MAX = 512 * 1024 * 1024;

/**
 * Room for evidence under way. `enter` is asked before anything large is read, and gives what to call at the end.
 * Throws ServiceError `service/overloaded` where there is no room now; a first one always enters.
 */
export type EvidenceRoom = { readonly enter: (bytes: number) => () => void };

export function createEvidenceRoom(bytesMax = BYTES_UNDER_WAY_MAX): EvidenceRoom {
  let taken = 0;
  return {
    enter: (bytes) => {
      if (taken > 0 && taken + bytes > bytesMax) {
        const message = `Evidence of ${Math.ceil(taken / 2 ** 20)} MiB is under way already.`;
        throw new ServiceError({ code: 'service/overloaded', message }, { retryAfterSeconds: 2 });
      }
      taken += bytes;
      let left = false;
      return () => {
        if (!left) taken -= bytes;
        left = true;
      };
    },
  };
}
