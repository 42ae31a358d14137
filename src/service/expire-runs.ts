import { runKey } from '../core/entry/keys.ts';
import type { RunExpired } from '../core/entry/kinds/run-expired.ts';
import { SERVICE_PRINCIPAL } from '../core/trust/grant-document.ts';
import type { ServiceContext } from './context.ts';
import type { ExpiryPlace } from './run-rows.ts';
import { submissionIdentity } from './submission-identity.ts';

/** Runs that one look at the database goes through. */
const LOOKED_AT_MAX = 1_000;
/** Looks of one sweep: what is left waits for the next one. */
const LOOKS_MAX = 8;
/** Runs that one sweep ends at most, so that callers' submissions do not wait behind them. */
const EXPIRED_AT_ONCE_MAX = 256;
/**
 * How long after its time a run is looked at again: one may become visible a little after the time that it was opened at,
 * as long as its transaction took.
 */
const SEEN_LATE_MS_MAX = 10 * 60_000;

/**
 * Ends runs whose time has passed, one sweep after the other. Any number of replicas may do it: an ending rests on the run
 * being open and on its time having passed, both judged under the ledger's lock, and has one identity whoever makes it.
 */
export class RunSweeper {
  readonly #context: ServiceContext;
  /** Every run that expires before this place has ended. */
  #done: ExpiryPlace | undefined;
  #sweeping: Promise<number> | undefined;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** Gives how many runs this sweep ended; one that is under way is not joined by another. Rejects as the sequencer does. */
  sweep(): Promise<number> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweep(): Promise<number> {
    let from = this.#done;
    let expired = 0;
    for (let look = 0; look < LOOKS_MAX && expired < EXPIRED_AT_ONCE_MAX; look += 1) {
      const { open, looked, last, now } = await this.#context.projections.overdueRuns(from, LOOKED_AT_MAX);
      const due = open.slice(0, EXPIRED_AT_ONCE_MAX - expired);
      expired += (await Promise.all(due.map((run) => this.#expire(run)))).filter(Boolean).length;
      if (last === undefined || due.length < open.length) break;
      from = last;
      const settled = new Date(now.getTime() - SEEN_LATE_MS_MAX);
      this.#done = last.expiresAt < settled ? last : { expiresAt: settled, run: '' };
      if (looked < LOOKED_AT_MAX) break;
    }
    return expired;
  }

  /** False where it was ended meanwhile, or the database's clock went back behind its time. */
  async #expire(run: string): Promise<boolean> {
    const { runs, sequencer } = this.#context;
    const opened = await runs.find(run);
    if (opened === undefined) return false;
    const { repository, commit, expiresAt } = opened;
    const body: RunExpired = { commit };
    const { appended } = await sequencer.sequence({
      identity: submissionIdentity('run-expired', [run]),
      proposal: { kind: 'run.expired', principal: SERVICE_PRINCIPAL, repository, run, body },
      restsOn: [{ key: runKey(run), isOpenRun: true }],
      from: expiresAt,
    });
    return appended.outcome === 'appended';
  }
}
