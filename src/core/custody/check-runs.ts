import type { Entry } from '../entry/entry.ts';
import { imageKey, runKey, sourceKey } from '../entry/keys.ts';
import type { AttestationRecorded } from '../entry/kinds/attestation-recorded.ts';
import type { RunExpired } from '../entry/kinds/run-expired.ts';
import type { RunOpened } from '../entry/kinds/run-opened.ts';
import { parseTime } from '../entry/time.ts';
import type { FaultCode } from '../fault.ts';
import { RUN_SECONDS_MAX } from '../limits.ts';
import { type Attempt, attemptsOf } from '../run/attempts.ts';
import { isRunEnd, type RunState } from '../run/run-state.ts';
import { SERVICE_PRINCIPAL } from '../trust/grant-document.ts';
import type { CheckList } from './check.ts';
import type { Question } from './evidence.ts';
import { kindFault } from './kind-fault.ts';
import type { Material, ProvedEntry } from './material.ts';
import type { TrustState } from './trust-state.ts';

/** A run that something about the image names, and whose list holds together. */
export type AccountedRun = {
  readonly run: string;
  readonly commit: string;
  readonly expires: string;
  /** Stages that the contracts asked for which it pinned. */
  readonly stages: readonly string[];
  readonly outcome: RunState;
};

/** An attempt at one of the commits that the image comes from. */
export type CommitAttempt = Attempt & {
  readonly commit: string;
  /** Whether something about the image names this run. */
  readonly ofImage: boolean;
  /** Whether everything that is filed under the commit's runs is in order. */
  readonly sound: boolean;
  /** The repository that it was a run of, where a contract takes images from there. */
  readonly promotedFrom?: string;
};

export type Runs = {
  readonly accounted: ReadonlyMap<string, AccountedRun>;
  /** By commit, then by number. */
  readonly attempts: readonly CommitAttempt[];
};

/** Checks each run that an entry about the image names, and each commit of these, with every attempt at it. */
export function checkRuns(question: Question, material: Material, trust: TrustState, checks: CheckList): Runs {
  const named = new Set<string>();
  for (const image of material.images) {
    for (const { entry } of material.lists.get(imageKey(image)) ?? [])
      if (entry.repository === question.repository && entry.run !== undefined) named.add(entry.run);
  }
  const accounted = new Map<string, AccountedRun>();
  for (const run of [...named].sort()) {
    const found = checkRun(run, question.repository, material, trust, checks);
    if (found !== undefined) accounted.set(run, found);
  }
  const commits = [...new Set([...accounted.values()].map(({ commit }) => commit))];
  const sources = commits.map((commit) => ({ commit, key: sourceKey(question.repository, commit) }));
  const attempts: CommitAttempt[] = [];
  for (const { commit, key } of sources.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    const list = material.lists.get(key);
    const sound = checkAttempts(key, list, question.repository, trust, checks);
    const entries = (list ?? []).map(({ entry }) => entry);
    for (const attempt of attemptsOf(entries))
      attempts.push({ ...attempt, commit, ofImage: accounted.has(attempt.run), sound });
  }
  return {
    accounted,
    attempts: attempts.sort((a, b) => (a.commit === b.commit ? a.number - b.number : a.commit < b.commit ? -1 : 1)),
  };
}

function checkRun(
  run: string,
  repository: string,
  material: Material,
  trust: TrustState,
  checks: CheckList,
): AccountedRun | undefined {
  const key = runKey(run);
  const list = material.lists.get(key);
  const first = list?.[0]?.entry;
  const wrong: Wrong | undefined =
    list === undefined
      ? { reason: 'list/gap' }
      : first === undefined
        ? { reason: 'run/unknown' }
        : wrongOf(list, repository, trust);
  if (wrong !== undefined || first === undefined || list === undefined) {
    const { reason, ...seq } = wrong ?? { reason: 'run/unknown' };
    checks.fail('run/accounted', reason, { key, ...seq });
    return undefined;
  }
  const { commit, expires, stages } = first.body as RunOpened;
  const [attempt] = attemptsOf(list.map(({ entry }) => entry));
  const outcome = attempt?.outcome ?? 'open';
  checks.pass('run/accounted', { key, detail: outcome });
  return { run, commit, expires, stages, outcome };
}

function checkAttempts(
  key: string,
  list: readonly ProvedEntry[] | undefined,
  repository: string,
  trust: TrustState,
  checks: CheckList,
): boolean {
  const wrong: Wrong | undefined = list === undefined ? { reason: 'list/gap' } : wrongOf(list, repository, trust);
  if (wrong === undefined) return checks.pass('run/attempts', { key });
  const { reason, ...seq } = wrong;
  return checks.fail('run/attempts', reason, { key, ...seq });
}

type Wrong = { readonly reason: FaultCode; readonly seq?: number };

/** A run within a list: what opened it, and whether it has ended. */
type Standing = { readonly opened: RunOpened; ended: boolean };

/** The first entry of a list, in its order, that does not fit the run that it is filed under, and why. */
function wrongOf(list: readonly ProvedEntry[], repository: string, trust: TrustState): Wrong | undefined {
  const runs = new Map<string, Standing>();
  for (const { entry } of list) {
    const reason = reasonOf(entry, runs, repository, trust);
    if (reason !== undefined) return { reason, seq: entry.seq };
  }
  return undefined;
}

function reasonOf(
  entry: Entry,
  runs: Map<string, Standing>,
  repository: string,
  trust: TrustState,
): FaultCode | undefined {
  const unknown = kindFault(entry.kind);
  if (unknown !== undefined) return unknown;
  const { run } = entry;
  // An attestation of a commit that no run made.
  if (run === undefined) return undefined;
  const standing = runs.get(run);
  if (entry.kind === 'run.opened') {
    if (standing !== undefined) return 'run/opened-twice';
    const opened = entry.body as RunOpened;
    runs.set(run, { opened, ended: false });
    if (entry.repository !== repository) return 'run/other-repository';
    return trust.writerFault(entry) ?? lifetimeFault(entry.time, opened.expires);
  }
  if (standing === undefined) return 'run/unknown';
  if (standing.ended) return 'run/ended';
  if (isRunEnd(entry.kind)) standing.ended = true;
  if (entry.repository !== repository) return 'run/other-repository';
  if (!isOfCommit(entry, standing.opened.commit)) return 'run/other-commit';
  if (entry.kind === 'run.expired') {
    if (entry.principal !== SERVICE_PRINCIPAL) return 'principal/wrong-role';
    return entry.time < standing.opened.expires ? 'run/expired-early' : undefined;
  }
  if (entry.time >= standing.opened.expires) return 'run/after-expiry';
  return entry.kind === 'run.closed' ? trust.writerFault(entry) : undefined;
}

/** A run expires after it was opened, and within 30 days of that. */
function lifetimeFault(opened: string, expires: string): FaultCode | undefined {
  const [from, to] = [parseTime(opened), parseTime(expires)];
  const good = from !== undefined && to !== undefined && to > from && to <= from + RUN_SECONDS_MAX * 1_000;
  return good ? undefined : 'run/lifetime-out-of-range';
}

/** An end names the commit of its run; an attestation about commits is about that one alone. */
function isOfCommit({ kind, body }: Entry, commit: string): boolean {
  if (isRunEnd(kind)) return (body as RunExpired).commit === commit;
  if (kind !== 'attestation.recorded') return true;
  const { subjects } = body as AttestationRecorded;
  return subjects.every((subject) => !subject.startsWith('gitCommit:') || subject === `gitCommit:${commit}`);
}
