import type { RunState } from '../run/run-state.ts';
import type { Act } from './act.ts';
import type { Releases } from './check-releases.ts';
import type { CommitAttempt, Runs } from './check-runs.ts';
import type { Waiver } from './check-waivers.ts';
import type { Coverage } from './contracts-in-force.ts';
import type { Counted } from './counted.ts';
import type { TrustState } from './trust-state.ts';

/** One step of custody, in the ledger's order. */
export type TimelineItem = {
  readonly seq: number;
  readonly time: string;
  readonly kind: string;
  readonly stage?: string;
  /** Where it was released, or shall not run any more. */
  readonly environment?: string;
  readonly predicateType?: string;
  readonly signer?: string;
  readonly principal: string;
  readonly assurance?: string;
  readonly via?: string;
  /** The repository where it was recorded, where a contract takes the image from there. */
  readonly promotedFrom?: string;
  /** The person behind the principal, as its grant names them. */
  readonly person?: string;
  readonly run?: string;
  /** Of what opened or ended a run: which attempt at its commit it is, and how it ended. */
  readonly attempt?: number;
  readonly outcome?: RunState;
  readonly sound: boolean;
};

/** What else a timeline tells of: every run of the commits, every waiver, and every release and its end. */
type Beside = Releases & { readonly repository: string; readonly runs: Runs; readonly waivers: readonly Waiver[] };

/** What counts, every version of the contracts that ever covered the repository, and what there is beside. */
export function timelineOf(
  counted: readonly Counted[],
  coverage: Coverage,
  { repository, runs, waivers, ...released }: Beside,
  trust: TrustState,
): readonly TimelineItem[] {
  const steps = counted.map(
    ({ entry, via, predicateType, assurance, sound }): TimelineItem => ({
      ...personOf(trust.personBehind(entry)),
      seq: entry.seq,
      time: entry.time,
      kind: entry.kind,
      ...(entry.stage === undefined ? {} : { stage: entry.stage }),
      predicateType,
      ...(entry.signer === undefined ? {} : { signer: entry.signer }),
      principal: entry.principal,
      assurance,
      ...(via === undefined ? {} : { via }),
      ...(entry.repository === undefined || entry.repository === repository ? {} : { promotedFrom: entry.repository }),
      ...(entry.run === undefined ? {} : { run: entry.run }),
      sound,
    }),
  );
  const contracts = coverage.history.map(
    ({ entry: { seq, time, kind, principal }, sound }): TimelineItem => ({ seq, time, kind, principal, sound }),
  );
  const beside = [
    ...runs.attempts.flatMap(stepsOfAttempt),
    ...waivers.flatMap(stepsOfWaiver),
    ...stepsOfReleases(released),
  ];
  return [...steps, ...contracts, ...beside].sort((a, b) => a.seq - b.seq);
}

function stepsOfAttempt(attempt: CommitAttempt): readonly TimelineItem[] {
  const { run, number, outcome, sound } = attempt;
  const opened: TimelineItem = {
    seq: attempt.openedSeq,
    time: attempt.opened,
    kind: 'run.opened',
    principal: attempt.openedBy,
    run,
    attempt: number,
    sound,
  };
  const { ended, endedSeq, endedBy } = attempt;
  if (ended === undefined || endedSeq === undefined || endedBy === undefined) return [opened];
  const kind = outcome === 'expired' ? 'run.expired' : 'run.closed';
  return [opened, { ...opened, seq: endedSeq, time: ended, kind, principal: endedBy, outcome }];
}

/** A waiver whose time has not come or is over is no broken step; one that nobody may have is. */
function stepsOfWaiver({ requested, approved, revoked, fault }: Waiver): readonly TimelineItem[] {
  const sound = fault === undefined || ['waiver/not-approved', 'waiver/expired', 'waiver/revoked'].includes(fault);
  return [
    stepOf('waiver.requested', requested, sound),
    ...(approved === undefined ? [] : [stepOf('waiver.approved', approved, sound)]),
    ...(revoked === undefined ? [] : [stepOf('waiver.revoked', revoked, true)]),
  ];
}

function stepsOfReleases({ releases, retirements }: Releases): readonly TimelineItem[] {
  return [
    ...releases.map((act) => ({ ...stepOf('image.released', act, true), environment: act.environment })),
    ...retirements.map((act) => {
      const { environment } = act;
      return { ...stepOf('image.retired', act, true), ...(environment === undefined ? {} : { environment }) };
    }),
  ];
}

function stepOf(kind: string, { seq, time, principal, person, assurance }: Act, sound: boolean): TimelineItem {
  return { seq, time, kind, principal, ...personOf(person), assurance, sound };
}

function personOf(person: string | undefined): { readonly person?: string } {
  return person === undefined ? {} : { person };
}
