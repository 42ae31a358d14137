import { setTimeout as sleep } from 'node:timers/promises';
import { ReplicaNotReady, type ReplicaProcess, spawnReplica } from './replica-process.ts';
import { copyAnchor, type SharedLedger } from './served-replica.ts';
import type { Endpoint } from './traced-requests.ts';

/** Codes with which a start may end while the database is down or crowded; whoever runs it starts it again. */
const PASSING = /\((database\/(unreachable|contended|exhausted|in-recovery))\)|the database system is/;

type Member = {
  readonly name: string;
  process: ReplicaProcess | undefined;
  /** Set while its process is stopped by SIGSTOP. */
  paused: boolean;
  /** Process id of a start under way or of what serves. */
  pid: number | undefined;
};

/** Several replicas of one ledger, each started again whenever it ends, as a process manager does. */
export type ReplicaFleet = {
  readonly names: readonly string[];
  /** Where replicas serve, or did until a moment ago. */
  endpoints(): readonly Endpoint[];
  /** Replicas whose process serves and is not paused. */
  up(): readonly string[];
  /** `kill -9` of a replica, also in the middle of its start; false where there is no process. */
  kill(name: string): boolean;
  /** Stops its process for so long, lets it go on, and resolves when it is ready again; false where it is not up. */
  pause(name: string, timeMs: number): Promise<boolean>;
  /** Starts that took more than one attempt because the database was not there, by code. */
  readonly postponed: Map<string, number>;
  readonly starts: () => number;
  readonly slowestStartMs: () => number;
  /** What went wrong with a start or a pause; empty while nothing did. */
  readonly stuck: readonly string[];
  /** Resolves when all serve. */
  allUp(timeMsMax: number): Promise<void>;
  stop(): Promise<void>;
};

/** Starts `count` replicas; the later ones get the first one's anchor and its administrator's token. */
export async function startFleet(ledger: SharedLedger, count: number, readyMsMax: number): Promise<ReplicaFleet> {
  const names = Array.from({ length: count }, (_, index) => `replica-${index}`);
  const [firstName = ''] = names;
  const first = await spawnReplica(ledger, firstName);
  const { token } = first.endpoint;
  const members = names.map((name): Member => ({ name, process: undefined, paused: false, pid: undefined }));
  const state = { stopping: false, starts: 0, slowestMs: 0 };
  const stuck: string[] = [];
  const postponed = new Map<string, number>();

  /** Keeps one replica running until the fleet stops. */
  const tend = async (member: Member, running?: ReplicaProcess) => {
    let serving = running;
    while (!state.stopping) {
      serving ??= await startMember(member);
      if (serving === undefined) return;
      if (state.stopping) return serving.kill();
      member.process = serving;
      member.pid = serving.child.pid;
      await new Promise((resolve) => serving?.child.once('exit', resolve));
      member.process = undefined;
      serving = undefined;
    }
  };
  const startMember = async (member: Member): Promise<ReplicaProcess | undefined> => {
    let since = performance.now();
    while (!state.stopping) {
      try {
        state.starts += 1;
        const process = await spawnReplica(ledger, member.name, {
          token,
          readyMsMax,
          onSpawn: (pid) => {
            member.pid = pid;
          },
        });
        state.slowestMs = Math.max(state.slowestMs, performance.now() - since);
        return process;
      } catch (error) {
        if (!(error instanceof ReplicaNotReady)) throw error;
        if (error.killed) {
          since = performance.now();
          continue;
        }
        const code = PASSING.exec(error.said)?.[1] ?? (PASSING.test(error.said) ? 'database/unreachable' : undefined);
        if (code === undefined || performance.now() - since > readyMsMax)
          stuck.push(`${member.name}: ${error.message}`);
        postponed.set(code ?? 'other', (postponed.get(code ?? 'other') ?? 0) + 1);
        await sleep(200);
      }
    }
    return undefined;
  };

  for (const name of names.slice(1)) await copyAnchor(ledger, firstName, name);
  const tended = members.map((member, index) => tend(member, index === 0 ? first : undefined));
  const memberOf = (name: string) => members.find((member) => member.name === name);
  const isUp = (member: Member) => member.process !== undefined && !member.paused;
  return {
    names,
    endpoints: () => members.flatMap(({ process }) => process?.endpoint ?? []),
    up: () => members.filter(isUp).map(({ name }) => name),
    kill: (name) => signal(memberOf(name)?.pid, 'SIGKILL'),
    pause: async (name, timeMs) => {
      const member = memberOf(name);
      if (member === undefined || !isUp(member) || !signal(member.pid, 'SIGSTOP')) return false;
      const { pid, process } = member;
      member.paused = true;
      await sleep(timeMs);
      signal(pid, 'SIGCONT');
      member.paused = false;
      if (process === undefined || member.process !== process) return true;
      const ready = await becomesReady(process, readyMsMax);
      if (!ready && member.process === process) stuck.push(`${name}: not ready ${readyMsMax} ms after SIGCONT`);
      return true;
    },
    postponed,
    starts: () => state.starts,
    slowestStartMs: () => Math.round(state.slowestMs),
    stuck,
    allUp: async (timeMsMax) => {
      for (const end = Date.now() + timeMsMax; members.some((member) => !isUp(member)); await sleep(50)) {
        if (Date.now() > end)
          throw new Error(`${members.filter((member) => !isUp(member)).length} replicas are not up`);
      }
    },
    stop: async () => {
      state.stopping = true;
      for (const { process, pid } of members) {
        if (process !== undefined) signal(pid, 'SIGCONT');
        await process?.stop();
      }
      await Promise.all(tended);
    },
  };
}

/** False where there is no such process any more. */
function signal(pid: number | undefined, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return pid !== undefined && process.kill(pid, name);
  } catch {
    return false;
  }
}

async function becomesReady({ endpoint, child }: ReplicaProcess, timeMsMax: number): Promise<boolean> {
  for (const end = Date.now() + timeMsMax; Date.now() < end; await sleep(200)) {
    if (child.exitCode !== null || child.signalCode !== null) return true;
    try {
      const { status } = await fetch(`${endpoint.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
      if (status === 200) return true;
    } catch {
      // Asked again.
    }
  }
  return false;
}
