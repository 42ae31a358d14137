import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { EvidenceParts } from '../core/custody/evidence.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import type { Fault, Result } from '../core/fault.ts';
import { type EvidenceWorkers, ServiceError } from '../service/ports.ts';
import type { ReadAttestation, SubmittedAttestation } from '../service/read-attestation.ts';
import type { WorkerJob } from './worker-job.ts';

export type WorkerLimits = {
  readonly workers: number;
  /** Jobs that wait for a worker; one more is `service/overloaded`. */
  readonly waitingMax: number;
  /** How long a job may wait, and how long it may then take. */
  readonly waitMsMax: number;
  readonly jobMsMax: number;
  /** Memory for values of one worker, in MiB: the largest evidence takes a good part of it. */
  readonly heapMibMax: number;
};

export const WORKER_LIMITS: WorkerLimits = {
  // One core stays for the thread that answers.
  workers: Math.max(1, Math.min(2, availableParallelism() - 1)),
  waitingMax: 32,
  waitMsMax: 20_000,
  jobMsMax: 60_000,
  heapMibMax: 3_072,
};

/** The same file as this one, once compiled: a worker is named by address, which no compiler rewrites. */
const PROGRAM = new URL(
  import.meta.url.endsWith('.ts') ? './evidence-worker.ts' : './evidence-worker.js',
  import.meta.url,
);

type Job = {
  readonly job: WorkerJob;
  readonly transfer: readonly ArrayBuffer[];
  readonly settle: (answer: unknown) => void;
  readonly refuse: (error: ServiceError) => void;
  timer?: NodeJS.Timeout;
};

/**
 * A few worker threads that format and judge evidence, gather facts from it, and read large attestations, so that the
 * thread that answers requests never waits for any of that.
 * They start with the first job that needs them. A worker that crashes, or takes too long, is ended; its job is refused
 * and the next one gets a new worker. Whatever happens, every job is answered.
 *
 * Rejects with ServiceError: `service/overloaded`, `verification/out-of-time`, `verification/worker-lost`.
 */
export class EvidenceWorkerPool implements EvidenceWorkers {
  readonly #limits: WorkerLimits;
  readonly #program: URL;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #waiting: Job[] = [];
  #closed = false;

  constructor(limits: WorkerLimits = WORKER_LIMITS, program: URL = PROGRAM) {
    this.#limits = limits;
    this.#program = program;
  }

  async format(parts: EvidenceParts): Promise<Uint8Array> {
    // Rows of a database share large buffers; to send one would send the whole buffer.
    const payloads = parts.payloads.map(({ seq, salt, bytes }) => ({
      seq,
      salt: Uint8Array.from(salt),
      bytes: Uint8Array.from(bytes),
    }));
    const job: WorkerJob = { kind: 'format', parts: { ...parts, payloads } };
    const answer = await this.#run(
      job,
      payloads.map(({ bytes }) => bytes.buffer),
    );
    return answer as Uint8Array;
  }

  async judge(
    ...[evidence, trust, now, environment]: Parameters<EvidenceWorkers['judge']>
  ): Promise<Result<CustodyResult>> {
    const own = Uint8Array.from(evidence);
    const answer = await this.#run({ kind: 'judge', evidence: own, trust, now, environment }, [own.buffer]);
    return answer as Result<CustodyResult>;
  }

  async facts(...[evidence, trust, now]: Parameters<EvidenceWorkers['facts']>): Promise<Result<Uint8Array>> {
    const own = Uint8Array.from(evidence);
    const answer = await this.#run({ kind: 'facts', evidence: own, trust, now }, [own.buffer]);
    return answer as Result<Uint8Array>;
  }

  async table(...[evidence, trust, now]: Parameters<EvidenceWorkers['table']>): Promise<Result<Uint8Array>> {
    const own = Uint8Array.from(evidence);
    const answer = await this.#run({ kind: 'table', evidence: own, trust, now }, [own.buffer]);
    return answer as Result<Uint8Array>;
  }

  /** Reads a submission of any size. The bytes of what it gives are its own; the caller keeps those that it gave. */
  async read(submitted: SubmittedAttestation): Promise<Result<ReadAttestation>> {
    const body = Uint8Array.from(submitted.body);
    const answer = await this.#run({ kind: 'read', submitted: { ...submitted, body } }, [body.buffer]);
    return answer as Result<ReadAttestation>;
  }

  /** Ends the workers; jobs that they have not done are refused (`service/stopping`). */
  async close(): Promise<void> {
    this.#closed = true;
    const stopping = () => refusal({ code: 'service/stopping', message: 'The service is stopping.' }, 2);
    for (const job of this.#waiting.splice(0)) finish(job, () => job.refuse(stopping()));
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    for (const worker of this.#busy.keys()) this.#lose(worker, stopping());
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #run(job: WorkerJob, transfer: readonly ArrayBuffer[]): Promise<unknown> {
    return new Promise((settle, refuse) => {
      if (this.#closed) {
        refuse(refusal({ code: 'service/stopping', message: 'The service is stopping.' }, 2));
        return;
      }
      if (this.#waiting.length >= this.#limits.waitingMax) {
        refuse(overloaded(`${this.#waiting.length} large documents wait already.`));
        return;
      }
      const waiting: Job = { job, transfer, settle, refuse };
      waiting.timer = setTimeout(() => this.#giveUp(waiting), this.#limits.waitMsMax);
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  #giveUp(job: Job): void {
    const place = this.#waiting.indexOf(job);
    if (place >= 0) this.#waiting.splice(place, 1);
    finish(job, () => job.refuse(overloaded('No worker was free in time.')));
  }

  #next(): void {
    const free = this.#idle.length > 0 || this.#busy.size < this.#limits.workers;
    const job = free ? this.#waiting.shift() : undefined;
    if (job === undefined) return;
    clearTimeout(job.timer);
    const worker = this.#idle.pop() ?? this.#start();
    this.#busy.set(worker, job);
    worker.ref();
    job.timer = setTimeout(() => {
      const message = `It took over ${this.#limits.jobMsMax} ms.`;
      this.#lose(worker, refusal({ code: 'verification/out-of-time', message }, 30));
    }, this.#limits.jobMsMax);
    worker.postMessage(job.job, [...job.transfer]);
  }

  #start(): Worker {
    const worker = new Worker(this.#program, {
      name: 'waybill evidence',
      // It judges what others wrote: nothing of this process is its business.
      env: {},
      argv: [],
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMibMax },
    });
    worker.on('message', (answer) => {
      const job = this.#busy.get(worker);
      if (job === undefined) return;
      this.#busy.delete(worker);
      this.#idle.push(worker);
      // An idle worker keeps no process alive.
      worker.unref();
      finish(job, () => job.settle(answer));
      this.#next();
    });
    const lost = (cause: unknown) => {
      const message = 'The worker that read it ended.';
      this.#lose(worker, refusal({ code: 'verification/worker-lost', message }, 1, cause));
    };
    worker.on('error', lost);
    worker.on('messageerror', lost);
    worker.on('exit', lost);
    return worker;
  }

  #lose(worker: Worker, error: ServiceError): void {
    const place = this.#idle.indexOf(worker);
    if (place >= 0) this.#idle.splice(place, 1);
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    void worker.terminate();
    if (job !== undefined) finish(job, () => job.refuse(error));
    if (!this.#closed) this.#next();
  }
}

function finish(job: Job, answer: () => void): void {
  clearTimeout(job.timer);
  answer();
}

function overloaded(message: string): ServiceError {
  return refusal({ code: 'service/overloaded', message }, 5);
}

function refusal(fault: Fault, retryAfterSeconds: number, cause?: unknown): ServiceError {
  return new ServiceError(fault, { retryAfterSeconds, ...(cause === undefined ? {} : { cause }) });
}
