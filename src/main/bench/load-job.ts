/** What the load generator is told to do; it runs in a process of its own. */
export type LoadTarget = { readonly host: string; readonly port: number };

/** A request as it goes over the wire: everything but `Host`, `Content-Length` and the body's bytes. */
export type LoadRequest = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Value of `Authorization: Bearer`; none where absent. */
  readonly token?: string;
  readonly contentType?: string;
  readonly body?: Uint8Array;
};

/**
 * When requests are sent. `closed`: each of `connections` clients sends its next request when it has the answer to the
 * one before, after `pauseMs`. `open`: requests arrive by themselves, `perSecond` of them at random (exponential gaps from
 * `seed`), whether or not earlier ones are answered; latency counts from the instant at which a request was due. What could
 * not be sent `patienceSeconds` after the last one was due is given up.
 */
export type LoadPace =
  | { readonly kind: 'closed'; readonly connections: number; readonly pauseMs?: number }
  | {
      readonly kind: 'open';
      readonly connections: number;
      readonly perSecond: number;
      readonly seed: number;
      readonly patienceSeconds: number;
    };

export type LoadJob = {
  readonly target: LoadTarget;
  readonly requests: readonly LoadRequest[];
  readonly pace: LoadPace;
  /** The answer to every n-th request comes back whole. */
  readonly keepEvery: number;
};

export type KeptAnswer = { readonly index: number; readonly status: number; readonly body: Uint8Array };

export type LoadResult = {
  readonly seconds: number;
  /** Milliseconds of each request, in the order in which the answers came. */
  readonly latencies: readonly number[];
  /** Open pace: milliseconds between the instant at which a request was due and its first byte on the wire. */
  readonly lateness: readonly number[];
  /** Open pace: requests that were given up before they could be sent. */
  readonly givenUp: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly kept: readonly KeptAnswer[];
  /** Bytes of answer bodies, all together. */
  readonly bytesReceived: number;
  /** Processor time of this process as a share of one core. */
  readonly cpuShare: number;
};
