import { equalBytes } from '../core/encoding/bytes.ts';
import { InvariantError, invariant } from '../core/fault.ts';
import { type BatchReport, codeOf, reportOf, secondsSince } from './batch-report.ts';
import { checkAnchor } from './check-anchor.ts';
import { type SignedHead, signHead } from './checkpoint-signer.ts';
import { Gathering } from './gathering.ts';
import type { LogSigners } from './log-signers.ts';
import {
  type AnchorStore,
  type Appended,
  type AppendedBatch,
  type LedgerStore,
  type ProvedEntry,
  ServiceError,
  type StoredHead,
  type Submission,
} from './ports.ts';
import { SEQUENCER_LIMITS, type SequencerLimits } from './sequencer-limits.ts';

/** A submission in the ledger, with the signed head of the batch that it came out of, and its own proof where it is new. */
export type Sequenced = SignedHead & { readonly appended: Appended; readonly proved?: ProvedEntry };

type Waiting = {
  readonly since: number;
  readonly submission: Submission;
  readonly settle: (sequenced: Sequenced) => void;
  readonly refuse: (error: unknown) => void;
};

/**
 * Turns single submissions into batches. An idle sequencer starts at once; while a transaction runs, what arrives
 * waits and goes together into the next one. Callers hear nothing before their batch is committed, anchored and signed;
 * while that is done, the next transaction runs.
 */
export class Sequencer {
  readonly #store: LedgerStore;
  readonly #anchor: AnchorStore;
  readonly #signersOf: LogSigners['of'];
  readonly #limits: SequencerLimits;
  readonly #queue: Waiting[] = [];
  readonly #gathering = new Gathering();
  #running: Promise<void> | undefined;
  #publishing: Promise<void> = Promise.resolve();
  #stopping = false;
  /** The newest head that was anchored and signed. */
  #newest: SignedHead | undefined;
  /** The newest head that a transaction of this sequencer committed: the next one is linked to it, or to a later one. */
  #committed: StoredHead | undefined;
  /** The newest of those that was signed. */
  #published: SignedHead | undefined;
  #report: (batch: BatchReport) => void = () => undefined;

  constructor(
    store: LedgerStore,
    anchor: AnchorStore,
    signersOf: LogSigners['of'],
    limits: SequencerLimits = SEQUENCER_LIMITS,
    opened?: StoredHead,
  ) {
    this.#store = store;
    this.#anchor = anchor;
    this.#signersOf = signersOf;
    this.#limits = limits;
    if (opened !== undefined && opened.frontier.size > 0) this.#newest = signHead(opened, signersOf(opened));
  }

  /** How many submissions wait for a transaction. */
  get depth(): number {
    return this.#queue.length;
  }

  /** For how many seconds the first of those that wait has waited; 0 where none does. */
  get oldestWaiting(): number {
    const first = this.#queue[0];
    return first === undefined ? 0 : secondsSince(first.since);
  }

  /** Has `report` told of every batch from now on, in place of whoever was told before. It must not throw. */
  watch(report: (batch: BatchReport) => void): void {
    this.#report = report;
  }

  /**
   * The entry that the submission became, once it is durable and covered by a signed checkpoint.
   * Rejects with ServiceError: `service/overloaded`, `service/stopping`, or what the store says.
   */
  sequence(submission: Submission): Promise<Sequenced> {
    if (this.#stopping) {
      return Promise.reject(
        new ServiceError({ code: 'service/stopping', message: 'The service is stopping.' }, { retryAfterSeconds: 2 }),
      );
    }
    if (this.#queue.length >= this.#limits.queueSubmissionsMax) {
      const message = `${this.#queue.length} submissions wait already.`;
      return Promise.reject(new ServiceError({ code: 'service/overloaded', message }, { retryAfterSeconds: 1 }));
    }
    return new Promise((settle, refuse) => {
      this.#queue.push({ since: performance.now(), submission, settle, refuse });
      if (this.#running === undefined) this.#running = this.#run();
      else this.#gathering.arrived(this.#queue.length);
    });
  }

  /** The newest checkpoint of the ledger as committed, also by other replicas; undefined while it is empty. */
  async checkpoint(): Promise<SignedHead | undefined> {
    return (await this.signRead(async () => ({ head: await this.#store.head() })))?.signed;
  }

  /**
   * What `read` gives, with the checkpoint over its head, which must be the newest committed one: it is held to what this
   * replica has seen, like every head. Undefined while the ledger is empty.
   */
  async signRead<T extends { readonly head: StoredHead }>(
    read: () => Promise<T>,
  ): Promise<(T & { readonly signed: SignedHead }) | undefined> {
    const seen = this.#newest;
    const value = await read();
    if (value.head.frontier.size === 0 && seen === undefined) return undefined;
    return { ...value, signed: await this.#sign(value.head, seen) };
  }

  /**
   * Where the log has been idle for `idleMsMin`, by the database's clock, appends a commitment to the same map, so that its
   * checkpoint does not look like an old one that hides news. Failures are only reported: the next time comes soon.
   */
  async commitIdle(idleMsMin: number): Promise<void> {
    if (this.#running !== undefined || this.#stopping) return;
    const seen = this.#newest;
    const begun = performance.now();
    const work = async () => {
      const appended = await this.#store.commitIdle(idleMsMin, newerOf(this.#committed, seen?.head));
      if (appended === undefined) return;
      this.#committed = appended.head;
      await this.#publishing;
      this.#publishing = this.#publish([], appended, seen, begun);
    };
    this.#running = work()
      .catch((error) => this.#fail([], error, begun))
      .then(() => this.#run());
    await this.#running;
    await this.#publishing;
  }

  /** Refuses new submissions and resolves when those that wait are done. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    await this.#publishing;
  }

  async #run(): Promise<void> {
    // One turn of the event loop, so that requests which arrived together share a transaction.
    await new Promise((resume) => setImmediate(resume));
    while (this.#queue.length > 0) {
      if (!this.#stopping) await this.#gathering.wait(this.#queue.length);
      const batch = this.#takeBatch();
      const seen = this.#newest;
      const begun = performance.now();
      const appended = await this.#appendBatch(batch, seen?.head, begun);
      this.#gathering.ended(batch.length);
      // In their order, and no more than one behind: a disk that is slower than the database holds up the appending.
      await this.#publishing;
      if (appended !== undefined) this.#publishing = this.#publish(batch, appended, seen, begun);
    }
    this.#running = undefined;
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { submission } of this.#queue) {
      bytes += submission.payload?.bytes.length ?? 0;
      if (count === this.#limits.batchSubmissionsMax || (count > 0 && bytes > this.#limits.batchBytesMax)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #appendBatch(
    batch: readonly Waiting[],
    seen: StoredHead | undefined,
    begun: number,
  ): Promise<AppendedBatch | undefined> {
    try {
      const submissions = batch.map(({ submission }) => submission);
      const appended = await this.#append(submissions, newerOf(this.#committed, seen));
      this.#committed = appended.head;
      return appended;
    } catch (error) {
      this.#fail(batch, error, begun);
      return undefined;
    }
  }

  #fail(batch: readonly Waiting[], error: unknown, begun: number): void {
    refuseAll(batch, error);
    this.#report({ ...reportOf(batch, begun, performance.now()), ...codeOf(error) });
  }

  /**
   * Anchors and signs the head of a committed batch, and answers its callers. `seen` is the newest signed head from
   * before the batch. Never rejects.
   */
  async #publish(
    batch: readonly Waiting[],
    appended: AppendedBatch,
    seen: SignedHead | undefined,
    begun: number,
  ): Promise<void> {
    const committed = performance.now();
    const report = reportOf(batch, begun, committed);
    try {
      const { grownFrom } = appended;
      const follows = this.#published !== undefined && isSame(this.#published.head, grownFrom);
      const signed = await this.#sign(appended.head, follows ? this.#published : seen, grownFrom);
      this.#published = signed;
      const firstSeq = appended.grownFrom.frontier.size;
      for (const [index, waiting] of batch.entries()) {
        const result = appended.results[index];
        invariant(result !== undefined, 'a batch has a result for each submission');
        const proved = result.outcome === 'appended' ? appended.entries[result.seq - firstSeq] : undefined;
        waiting.settle({ appended: result, ...signed, ...(proved === undefined ? {} : { proved }) });
      }
      this.#report({ ...report, publishing: secondsSince(committed) });
    } catch (error) {
      refuseAll(batch, error);
      this.#report({ ...report, publishing: secondsSince(committed), ...codeOf(error) });
    }
  }

  /**
   * A lost connection may have come before or after the commit. Identities stand in the ledger's own transaction, so
   * that trying again under the lock finds what was committed and appends what was not; either way it is known then.
   */
  async #append(submissions: readonly Submission[], seen: StoredHead | undefined): Promise<AppendedBatch> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#store.append(submissions, seen);
      } catch (error) {
        const again = error instanceof ServiceError && error.retryAfterSeconds !== undefined;
        if (!again || attempt >= this.#limits.attemptsMax) throw error;
      }
    }
  }

  /**
   * Anchor first, then signature: a head that somebody may have seen is never forgotten by this replica.
   * `seen` is the newest head from before `head` was read: `head` must be that one or grow out of it, which is proved
   * by tiles unless the batch was linked to it itself (`grownFrom`). Otherwise the database was set back meanwhile.
   */
  async #sign(head: StoredHead, seen: SignedHead | undefined, grownFrom = head): Promise<SignedHead> {
    const { origin, root } = head;
    const size = head.frontier.size;
    // Another key may be in force since it was signed.
    if (seen !== undefined && isSame(seen.head, head) && seen.logKey === this.#signersOf(head)[0]?.vkey) return seen;
    if (seen !== undefined && !isSame(seen.head, grownFrom))
      await checkAnchor(this.#store, head, { origin, size: seen.head.frontier.size, root: seen.head.root });
    await this.#anchor.write({ origin, size, root });
    const signed = signHead(head, this.#signersOf(head));
    if ((this.#newest?.head.frontier.size ?? 0) <= size) this.#newest = signed;
    return signed;
  }
}

function refuseAll(batch: readonly Waiting[], error: unknown): void {
  for (const waiting of batch) waiting.refuse(error);
  // A broken invariant here may mean a broken ledger: nothing more is appended by a process that has seen one.
  if (error instanceof InvariantError) {
    setImmediate(() => {
      throw error;
    });
  }
}

function newerOf(a: StoredHead | undefined, b: StoredHead | undefined): StoredHead | undefined {
  return (a?.frontier.size ?? 0) > (b?.frontier.size ?? 0) ? a : b;
}

function isSame(a: StoredHead, b: StoredHead): boolean {
  return a.frontier.size === b.frontier.size && equalBytes(a.root, b.root);
}
