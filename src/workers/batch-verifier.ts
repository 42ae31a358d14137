import { Worker } from 'node:worker_threads';
import type { SignatureVerifier } from '../service/ports.ts';
import { formatSignatureBatch, type SignatureJob } from './signature-batch.ts';

export type BatchVerifierLimits = {
  /** Signatures that are with the worker; what comes on top goes to the other verifier. */
  readonly jobsMax: number;
  /** Signatures of one batch: the answer to the first comes with that to the last. */
  readonly batchMax: number;
  /** Longest message that is handed over. */
  readonly messageBytesMax: number;
  /** How long a batch may take until the worker counts as lost. */
  readonly batchMsMax: number;
  /** How long no new worker is started after one was lost. */
  readonly restMs: number;
};

export const BATCH_VERIFIER_LIMITS: BatchVerifierLimits = {
  jobsMax: 256,
  batchMax: 32,
  messageBytesMax: 64 * 1024,
  batchMsMax: 5_000,
  restMs: 10_000,
};

/** The same file as this one, once compiled: a worker is named by address, which no compiler rewrites. */
const PROGRAM = new URL(
  import.meta.url.endsWith('.ts') ? './signature-worker.ts' : './signature-worker.js',
  import.meta.url,
);

type Waiting = {
  readonly job: SignatureJob;
  readonly verifyElsewhere: () => void;
  readonly settle: (verified: boolean) => void;
};

type Batch = { readonly waiting: readonly Waiting[]; readonly timer: NodeJS.Timeout };

/**
 * Verifies Ed25519 signatures on a thread of its own, those of one turn of the event loop together: to hand over one at a
 * time, as the library's own pool takes them, costs the handing thread as much as half a verification. The rule is that
 * of `#ed25519`. Everything else, what is too long or too much at once, and whatever a lost worker had, goes to
 * `elsewhere`: each signature is verified once, or once more.
 */
export class BatchVerifier {
  readonly #elsewhere: SignatureVerifier;
  readonly #limits: BatchVerifierLimits;
  readonly #program: URL;
  #worker: Worker | undefined;
  #restUntil = 0;
  #gathered: Waiting[] = [];
  /** Batches that are with the worker, the oldest first: it answers them in their order. */
  #batches: Batch[] = [];
  #jobs = 0;
  #closed = false;

  constructor(
    elsewhere: SignatureVerifier,
    limits: BatchVerifierLimits = BATCH_VERIFIER_LIMITS,
    program: URL = PROGRAM,
  ) {
    this.#elsewhere = elsewhere;
    this.#limits = limits;
    this.#program = program;
  }

  /** Whether the key made the signature over the message, by the strict rule. */
  readonly verify: SignatureVerifier = (key, message, signature) => {
    const fits = key.algorithm === 'ed25519' && key.raw.length === 32 && signature.length === 64;
    const isSmall = message.length <= this.#limits.messageBytesMax && this.#jobs < this.#limits.jobsMax;
    if (!fits || !isSmall || this.#closed) return this.#elsewhere(key, message, signature);
    return new Promise((settle, refuse) => {
      this.#jobs += 1;
      const verifyElsewhere = () => void this.#elsewhere(key, message, signature).then(settle, refuse);
      this.#gathered.push({ job: { key: key.raw, signature, message }, verifyElsewhere, settle });
      // After everything that this turn of the event loop reads.
      if (this.#gathered.length === 1) setImmediate(() => this.#handOver());
      else if (this.#gathered.length === this.#limits.batchMax) this.#handOver();
    });
  };

  /** Ends the worker; what it had is verified elsewhere. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#handOver();
    await this.#lose();
  }

  #handOver(): void {
    const waiting = this.#gathered;
    if (waiting.length === 0) return;
    this.#gathered = [];
    // One alone is not worth waking a worker for that sleeps.
    const isAlone = waiting.length === 1 && this.#batches.length === 0;
    const worker = this.#closed || isAlone ? undefined : this.#running();
    if (worker === undefined) {
      this.#giveBack(waiting);
      return;
    }
    const batch = formatSignatureBatch(waiting.map(({ job }) => job));
    const timer = setTimeout(() => void this.#lose(), this.#limits.batchMsMax);
    this.#batches.push({ waiting, timer });
    worker.ref();
    worker.postMessage(batch, [batch.buffer]);
  }

  #running(): Worker | undefined {
    if (this.#worker === undefined && performance.now() >= this.#restUntil) this.#worker = this.#start();
    return this.#worker;
  }

  #start(): Worker {
    // It reads what others wrote: nothing of this process is its business.
    const worker = new Worker(this.#program, { name: 'waybill signatures', env: {}, argv: [], execArgv: [] });
    worker.on('message', (verified: Uint8Array) => {
      if (worker === this.#worker) this.#answer(worker, verified);
    });
    const lost = () => {
      if (worker === this.#worker) void this.#lose();
    };
    worker.on('error', lost);
    worker.on('messageerror', lost);
    worker.on('exit', lost);
    return worker;
  }

  #answer(worker: Worker, verified: Uint8Array): void {
    const batch = this.#batches.shift();
    if (batch === undefined) return;
    clearTimeout(batch.timer);
    // An idle worker keeps no process alive.
    if (this.#batches.length === 0) worker.unref();
    this.#jobs -= batch.waiting.length;
    for (const [index, { settle }] of batch.waiting.entries()) settle(verified[index] === 1);
  }

  async #lose(): Promise<void> {
    const worker = this.#worker;
    const batches = this.#batches;
    this.#worker = undefined;
    this.#batches = [];
    this.#restUntil = performance.now() + this.#limits.restMs;
    for (const { timer, waiting } of batches) {
      clearTimeout(timer);
      this.#giveBack(waiting);
    }
    await worker?.terminate();
  }

  #giveBack(waiting: readonly Waiting[]): void {
    this.#jobs -= waiting.length;
    for (const { verifyElsewhere } of waiting) verifyElsewhere();
  }
}
