import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Processor time so far in microseconds, by what took it. Linux only: it is read from /proc. */
export type ProcessorTime = Readonly<Record<string, number>>;

/** Ticks of the fields of /proc/…/stat, which Linux fixes at 100 a second for programs. */
const TICK_US = 10_000;

/** The process that runs `waybill serve` in `folder`. */
export function findService(folder: string): number {
  const found = numbersIn('/proc').find((pid) => {
    const cwd = attempt(() => readlinkSync(`/proc/${pid}/cwd`));
    return cwd === folder && attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.includes('serve') === true;
  });
  if (found === undefined) throw new Error(`no service runs in ${folder}`);
  return found;
}

/** Threads of the service by name, and the processes of its database: sessions, and all others with those that ended. */
export function readProcessorTime(service: number, postmaster: number): ProcessorTime {
  const times: Record<string, number> = {};
  const add = (name: string, microseconds: number) => {
    times[name] = (times[name] ?? 0) + microseconds;
  };
  for (const thread of numbersIn(`/proc/${service}/task`)) {
    const place = `/proc/${service}/task/${thread}`;
    const name = attempt(() => readFileSync(`${place}/comm`, 'utf8').trim()) ?? 'ended';
    add(thread === service ? 'service: main thread' : `service: ${name}`, ranFor(place));
  }
  const [, , , , , , , , , , , , , userOfEnded, systemOfEnded] = statOf(postmaster);
  add('Postgres: other', ranFor(`/proc/${postmaster}`) + (Number(userOfEnded) + Number(systemOfEnded)) * TICK_US);
  for (const pid of numbersIn('/proc')) {
    if (Number(statOf(pid)[1]) !== postmaster) continue;
    const title = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
    const isSession = /^postgres: \S+ \S+ \[local\]/.test(title);
    add(isSession ? 'Postgres: sessions' : 'Postgres: other', ranFor(`/proc/${pid}`));
  }
  return times;
}

/** What ran between two readings, microseconds for each of `count`. */
export function timeBetween(before: ProcessorTime, after: ProcessorTime, count: number): ProcessorTime {
  return Object.fromEntries(Object.entries(after).map(([name, time]) => [name, (time - (before[name] ?? 0)) / count]));
}

/** Fields of /proc/<pid>/stat after the name, which is in brackets and may hold anything. */
function statOf(pid: number): readonly string[] {
  return attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')) ?? [];
}

function ranFor(place: string): number {
  return Number(attempt(() => readFileSync(`${place}/schedstat`, 'utf8').split(' ')[0]) ?? 0) / 1000;
}

function numbersIn(folder: string): readonly number[] {
  return readdirSync(folder).map(Number).filter(Number.isInteger);
}

/** Processes and threads may end while they are looked at. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
