/** A limit of the time between two parts of an answer; it stands still while its reader is busy. */
export type TimeLimit = {
  readonly signal: AbortSignal;
  readonly begin: () => void;
  readonly pause: () => void;
  readonly end: () => void;
};

/** A limit that has begun. What it ends says so as `AbortSignal.timeout` does. */
export function openLimit(timeoutMs: number): TimeLimit {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pause = () => clearTimeout(timer);
  const begin = () => {
    pause();
    timer = setTimeout(() => controller.abort(new DOMException('No part came in time.', 'TimeoutError')), timeoutMs);
  };
  begin();
  return {
    signal: controller.signal,
    begin,
    pause,
    end: () => {
      pause();
      // Whoever stops reading wants no more; after the last part this does nothing.
      controller.abort();
    },
  };
}
