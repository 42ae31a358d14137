import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { LoadJob, LoadResult, LoadTarget } from './load-job.ts';

/** Programs of the bench that run in processes of their own. */
export type ProgramName = 'load' | 'ceiling';

/** The children of a bench. Each ends when the bench does, whatever ends that: their channel to it closes. */
export class Children {
  readonly #children = new Set<ChildProcess>();
  #stopped = false;

  fork(name: ProgramName): ChildProcess {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const child = fork(new URL(`./${name}-program.${extension}`, import.meta.url), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return this.add(child);
  }

  /** Takes a child in; one that comes after `stop` is ended at once. */
  add(child: ChildProcess): ChildProcess {
    if (this.#stopped) child.kill('SIGTERM');
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  /** Asks every child that is left to end, and returns when all have. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#children].map(stopChild));
  }
}

/** A database that was written to for minutes takes a while to write down what it holds. */
const STOP_MS_MAX = 120_000;

/** Asks one child to end, and ends it when it does not. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await exited;
  clearTimeout(timer);
}

/** The load generator's process. */
export type LoadGenerator = {
  readonly run: (job: LoadJob) => Promise<LoadResult>;
  readonly stop: () => Promise<void>;
};

export function startLoadGenerator(children: Children): LoadGenerator {
  const child = children.fork('load');
  return {
    run: async (job) => {
      child.send(job);
      const answer = (await answerOf(child)) as { readonly result?: LoadResult; readonly error?: string };
      if (answer.result === undefined) throw new Error(`the load generator failed: ${answer.error ?? 'no result'}`);
      return answer.result;
    },
    stop: () => stopChild(child),
  };
}

/** The ceiling's process, listening. `cpuUs` is its processor time so far, in microseconds. */
export type Ceiling = {
  readonly target: LoadTarget;
  readonly cpuUs: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

/** Starts the ceiling; `keys` are SPKI PEM by key id. */
export async function startCeiling(
  children: Children,
  keys: Readonly<Record<string, string>>,
  answerBytes: number,
): Promise<Ceiling> {
  const child = children.fork('ceiling');
  child.send({ keys, answerBytes });
  const { port } = (await answerOf(child)) as { readonly port: number };
  return { target: { host: '127.0.0.1', port }, cpuUs: () => askCpuUs(child), stop: () => stopChild(child) };
}

/** Processor time of a child so far, in microseconds, its threads included. */
export async function askCpuUs(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const { user, system } = (await answerOf(child)) as { readonly user: number; readonly system: number };
  return user + system;
}

/** The next message of a child; rejects when it ends instead. */
export async function answerOf(child: ChildProcess): Promise<unknown> {
  const stopped = new AbortController();
  try {
    const exited = once(child, 'exit', { signal: stopped.signal }).then(([code]) => {
      throw new Error(`a process of the bench ended by itself with exit code ${String(code)}`);
    });
    const [message] = (await Promise.race([once(child, 'message', { signal: stopped.signal }), exited])) as [unknown];
    return message;
  } finally {
    stopped.abort();
  }
}
