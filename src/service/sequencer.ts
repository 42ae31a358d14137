import type { NoteSigner } from '../core/checkpoint/signed-note.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { InvariantError, invariant } from '../core/fault.ts';
import { checkAnchor } from './check-anchor.ts';
import { signHead } from './checkpoint-signer.ts';
import {
  type AnchorStore,
  type Appended,
  type AppendedBatch,
  type LedgerStore,
  ServiceError,
  type StoredHead,
  type Submission,
} from './ports.ts';

export type SequencerLimits = {
  /** Submissions of one transaction. */
  readonly batchSubmissionsMax: number;
  /** Submissions that wait; one more is answered `service/overloaded`. */
  readonly queueSubmissionsMax: number;
  /** Payload bytes of one transaction. */
  readonly batchBytesMax: number;
  /** How often a batch whose outcome is unknown is tried again. */
  readonly attemptsMax: number;
};

export const SEQUENCER_LIMITS: SequencerLimits = {
  batchSubmissionsMax: 256,
  queueSubmissionsMax: 4_096,
  batchBytesMax: 48 * 1024 * 1024,
  attemptsMax: 3,
};

/** A submission in the ledger, with the signed head of the batch that it came out of. */
export type Sequenced = SignedHead & { readonly appended: Appended };

/** A committed head, anchored, with its signed checkpoint. */
export type SignedHead = { readonly head: StoredHead; readonly checkpoint: string };

type Waiting = {
  readonly submission: Submission;
  readonly settle: (sequenced: Sequenced) => void;
  readonly refuse: (error: unknown) => void;
};

/**
 * Turns single submissions into batches. An idle sequencer starts at once; while a transaction runs, what arrives
 * waits and goes together into the next one. Callers hear nothing before their batch is committed, anchored and signed.
 */
export class Sequencer {
  readonly #store: LedgerStore;
  readonly #anchor: AnchorStore;
  readonly #signers: readonly NoteSigner[];
  readonly #limits: SequencerLimits;
  readonly #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #stopping = false;
  #newest: SignedHead | undefined;

  constructor(
    store: LedgerStore,
    anchor: AnchorStore,
    signers: readonly NoteSigner[],
    limits: SequencerLimits = SEQUENCER_LIMITS,
    opened?: StoredHead,
  ) {
    this.#store = store;
    this.#anchor = anchor;
    this.#signers = signers;
    this.#limits = limits;
    if (opened !== undefined && opened.frontier.size > 0)
      this.#newest = { head: opened, checkpoint: signHead(opened, signers) };
  }

  /** How many submissions wait for a transaction. */
  get depth(): number {
    return this.#queue.length;
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
      this.#queue.push({ submission, settle, refuse });
      this.#running ??= this.#run();
    });
  }

  /** The newest checkpoint of the ledger as committed, also by other replicas; undefined while it is empty. */
  async checkpoint(): Promise<SignedHead | undefined> {
    const seen = this.#newest;
    const head = await this.#store.head();
    if (head.frontier.size === 0 && seen === undefined) return undefined;
    return this.#sign(head, seen);
  }

  /** Before an older head is signed once more: the anchor must know it, or one after it. */
  async requireAnchored(head: StoredHead): Promise<void> {
    if (head.frontier.size > (this.#newest?.head.frontier.size ?? 0)) await this.checkpoint();
  }

  /** Refuses new submissions and resolves when those that wait are done. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // One turn of the event loop, so that requests which arrived together share a transaction.
    await new Promise((resume) => setImmediate(resume));
    while (this.#queue.length > 0) await this.#runBatch(this.#takeBatch());
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

  async #runBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const seen = this.#newest;
      const appended = await this.#append(
        batch.map(({ submission }) => submission),
        seen?.head,
      );
      const signed = await this.#sign(appended.head, seen, appended.grownFrom);
      for (const [index, waiting] of batch.entries()) {
        const result = appended.results[index];
        invariant(result !== undefined, 'a batch has a result for each submission');
        waiting.settle({ appended: result, ...signed });
      }
    } catch (error) {
      for (const waiting of batch) waiting.refuse(error);
      // A broken invariant here may mean a broken ledger: nothing more is appended by a process that has seen one.
      if (error instanceof InvariantError) {
        setImmediate(() => {
          throw error;
        });
      }
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
    if (seen !== undefined && isSame(seen.head, head)) return seen;
    if (seen !== undefined && !isSame(seen.head, grownFrom))
      await checkAnchor(this.#store, head, { origin, size: seen.head.frontier.size, root: seen.head.root });
    await this.#anchor.write({ origin, size, root });
    const signed = { head, checkpoint: signHead(head, this.#signers) };
    if ((this.#newest?.head.frontier.size ?? 0) < size) this.#newest = signed;
    return signed;
  }
}

function isSame(a: StoredHead, b: StoredHead): boolean {
  return a.frontier.size === b.frontier.size && equalBytes(a.root, b.root);
}
