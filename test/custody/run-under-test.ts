import type { Contract } from '../../src/core/contract/contract.ts';
import type { RunOutcome } from '../../src/core/entry/kinds/run-closed.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import { attest, openedLedger, publish, sign } from './custody-under-test.ts';
import type { Draft, LedgerUnderTest } from './ledger-under-test.ts';

export const COMMIT = '5b'.repeat(20);
export const OTHER_COMMIT = '5c'.repeat(20);
export const RUN = 'r-1';
const REPOSITORY = 'shop/api';

type Deviation = {
  readonly run?: string;
  readonly commit?: string;
  readonly by?: string;
  readonly repository?: string;
  readonly entry?: Partial<Draft>;
};

/** A time so many minutes after that of the newest entry. */
export function minutesOn(ledger: LedgerUnderTest, minutes: number): string {
  return formatTime((parseTime(ledger.time) ?? 0) + minutes * 60_000);
}

/** Opens a run that lasts two hours unless told. */
export function open(
  ledger: LedgerUnderTest,
  options: Deviation & { readonly stages?: readonly string[]; readonly minutes?: number } = {},
): number {
  const { run = RUN, commit = COMMIT, by = 'shop-ci', repository = REPOSITORY, stages = [], entry } = options;
  const expires = minutesOn(ledger, options.minutes ?? 120);
  const body = { commit, contracts: [], stages, expires };
  return ledger.append({ kind: 'run.opened', principal: by, repository, run, body, ...entry });
}

export function close(ledger: LedgerUnderTest, outcome: RunOutcome, options: Deviation = {}): number {
  const { run = RUN, commit = COMMIT, by = 'shop-ci', repository = REPOSITORY, entry } = options;
  return ledger.append({ kind: 'run.closed', principal: by, repository, run, body: { commit, outcome }, ...entry });
}

export function expire(ledger: LedgerUnderTest, options: Deviation & { readonly time?: string } = {}): number {
  const { run = RUN, commit = COMMIT, by = 'service', repository = REPOSITORY, time, entry } = options;
  const at = time === undefined ? {} : { time };
  return ledger.append({ kind: 'run.expired', principal: by, repository, run, body: { commit }, ...at, ...entry });
}

/** An attestation about the commit, by the pipeline's own key. */
export function attestCommit(
  ledger: LedgerUnderTest,
  stage: string,
  options: Omit<Deviation, 'by'> & { readonly by?: string; readonly key?: string; readonly note?: string } = {},
): number {
  const { commit = COMMIT, run, key, by, note, entry } = options;
  return attest(ledger, {
    stage,
    ...(key === undefined ? {} : { key }),
    ...(by === undefined ? {} : { by }),
    ...(note === undefined ? {} : { note }),
    alter: (statement) => ({
      ...statement,
      subject: statement.subject.map(({ annotations }) => ({
        digest: { gitCommit: commit },
        ...(annotations === undefined ? {} : { annotations }),
      })),
    }),
    entry: {
      body: { form: 'envelope', subjects: [`gitCommit:${commit}`] },
      ...(run === undefined ? {} : { run }),
      ...entry,
    },
  });
}

/** A run that opened, signed the image, attested a test of the commit and of the image, and was closed as succeeded unless told. */
export function runLedger(
  contract: Parameters<typeof publish>[1],
  options: {
    readonly outcome?: RunOutcome | 'open';
    readonly stages?: readonly string[];
    readonly minutes?: number;
  } = {},
): LedgerUnderTest {
  const { outcome = 'succeeded', ...opening } = options;
  const ledger = openedLedger();
  publish(ledger, contract);
  open(ledger, opening);
  sign(ledger, undefined, { entry: { run: RUN } });
  attest(ledger, { stage: 'test', entry: { run: RUN } });
  attestCommit(ledger, 'review', { run: RUN });
  if (outcome !== 'open') close(ledger, outcome);
  return ledger;
}

/** The contract of these tests, with what is said otherwise. */
export const contractOf = (more: Partial<Contract> = {}): Contract => ({
  contract: 'shop',
  repositories: ['shop/*'],
  stages: [{ stage: 'test' }],
  ...more,
});

/** Attempts before that of the image, each with its outcome. */
export function attempted(
  contract: Contract,
  outcomes: readonly ('failed' | 'cancelled' | 'succeeded' | 'expired' | 'open')[],
): LedgerUnderTest {
  const ledger = openedLedger();
  publish(ledger, contract);
  for (const [index, outcome] of outcomes.entries()) {
    const run = `r-before-${index}`;
    open(ledger, { run, minutes: outcome === 'expired' ? 5 : 600 });
    if (outcome === 'expired') expire(ledger, { run, time: minutesOn(ledger, 10) });
    else if (outcome !== 'open') close(ledger, outcome, { run });
  }
  open(ledger);
  sign(ledger, undefined, { entry: { run: RUN } });
  attest(ledger, { entry: { run: RUN } });
  close(ledger, 'succeeded');
  return ledger;
}
