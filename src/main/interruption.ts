/** What asks a command to stop: Ctrl-C, a service manager or `timeout`, and a terminal that closes. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof STOP_SIGNALS)[number];

/** Presses of Ctrl-C that mean "now at once", the first included; a launcher and a terminal may double each of two. */
const PRESSES_MIN = 3;
/** So long after the first signal, milliseconds: until then one press may be counted more than once. */
const PATIENCE_MS = 5_000;

export type Interruption = {
  /** Resolves with the first signal that counts. */
  readonly came: Promise<void>;
  readonly isThere: () => boolean;
  /** From now on a signal counts; before, each has its usual effect. */
  readonly begin: () => void;
};

/**
 * Watches for signals that ask to stop, until the process has ended. However many come during the stop, none ends the process: a signal
 * to a process group is also handed on by the launcher, and a service manager or `timeout` may send it to every process.
 * Only a third Ctrl-C, five seconds or more after the first signal, ends the process at once.
 */
export function awaitInterruption({ begun = true }: { readonly begun?: boolean } = {}): Interruption {
  let counts = begun;
  let firstAt: number | undefined;
  let presses = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const note = (signal: StopSignal) => {
    if (!counts) return endBy(signal);
    firstAt ??= performance.now();
    if (signal === 'SIGINT') presses += 1;
    if (signal === 'SIGINT' && presses >= PRESSES_MIN && performance.now() - firstAt >= PATIENCE_MS) endBy(signal);
    resolve();
  };
  const endBy = (signal: StopSignal) => {
    for (const known of STOP_SIGNALS) process.off(known, note);
    process.kill(process.pid, signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, note);
  return {
    came: promise,
    isThere: () => firstAt !== undefined,
    begin: () => {
      counts = true;
    },
  };
}

/**
 * Ends the process under a code. One that watched for signals ends at once: while Node takes itself apart it listens no
 * longer, and a signal that is sent once more would then be what ended it, after a stop in good order.
 */
export function endProcess(code: number): void {
  if (STOP_SIGNALS.some((signal) => process.listenerCount(signal) > 0)) process.exit(code);
  process.exitCode = code;
}
