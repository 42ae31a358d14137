import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from './http-connection.ts';
import type { KeptAnswer, LoadJob, LoadPace, LoadRequest, LoadResult, LoadTarget } from './load-job.ts';
import { seededRandom } from './seeded-random.ts';

/** What is noted while requests run. */
type Notes = {
  readonly latencies: number[];
  readonly lateness: number[];
  readonly statuses: Record<string, number>;
  readonly kept: KeptAnswer[];
  bytesReceived: number;
  givenUp: number;
};

type Run = { readonly job: LoadJob; readonly wire: readonly Buffer[]; readonly notes: Notes };

/** Sends the requests of a job and tells what became of them. The bytes are made before the clock starts. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const wire = job.requests.map((request) => formatRequest(job.target, request));
  const notes: Notes = { latencies: [], lateness: [], statuses: {}, kept: [], bytesReceived: 0, givenUp: 0 };
  const connections = await Promise.all(
    Array.from({ length: Math.min(job.pace.connections, wire.length) }, () => HttpConnection.open(job.target)),
  );
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  try {
    const run = { job, wire, notes };
    if (job.pace.kind === 'closed') await runClosed(run, connections, job.pace.pauseMs ?? 0);
    else await runOpen(run, connections, job.pace);
    const seconds = (performance.now() - startedAt) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    return { ...notes, seconds, cpuShare: (cpu.user + cpu.system) / 1e6 / seconds };
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** The exact bytes of a request. */
export function formatRequest({ host, port }: LoadTarget, request: LoadRequest): Buffer {
  const { method, path, token, contentType, body } = request;
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...(contentType === undefined ? [] : [`Content-Type: ${contentType}`]),
    ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}

async function runClosed(run: Run, connections: readonly HttpConnection[], pauseMs: number): Promise<void> {
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (next < run.wire.length) {
        const index = next;
        next += 1;
        await sendOne(run, connection, index, performance.now());
        if (pauseMs > 0) await sleep(pauseMs);
      }
    }),
  );
}

async function runOpen(
  run: Run,
  connections: readonly HttpConnection[],
  pace: Extract<LoadPace, { kind: 'open' }>,
): Promise<void> {
  const idle = [...connections];
  const late: number[] = [];
  const due = arrivals(run.wire.length, pace.perSecond, pace.seed);
  const startedAt = performance.now();
  const sent: Promise<void>[] = [];
  let arrived = 0;
  let failed: { readonly error: unknown } | undefined;
  const goOn = async () => {
    await sleep(1);
    if (failed !== undefined) throw failed.error;
  };
  const dispatch = () => {
    // In turns, as a pool does that wants all of them kept: a server closes what it has not heard of for some seconds.
    for (let connection = idle.shift(); connection !== undefined; connection = idle.shift()) {
      const index = late.shift();
      if (index === undefined) {
        idle.unshift(connection);
        return;
      }
      const dueAt = startedAt + (due[index] ?? 0);
      run.notes.lateness.push(performance.now() - dueAt);
      const used = connection;
      sent.push(
        sendOne(run, used, index, dueAt).then(
          () => {
            idle.push(used);
            dispatch();
          },
          (error: unknown) => {
            failed ??= { error };
          },
        ),
      );
    }
  };
  while (arrived < due.length) {
    const now = performance.now() - startedAt;
    for (; arrived < due.length && (due[arrived] ?? 0) <= now; arrived += 1) late.push(arrived);
    dispatch();
    await goOn();
  }
  const until = startedAt + (due.at(-1) ?? 0) + pace.patienceSeconds * 1000;
  while (sent.length < run.wire.length && performance.now() < until) await goOn();
  run.notes.givenUp = late.splice(0).length;
  await Promise.all(sent);
  if (failed !== undefined) throw failed.error;
}

/** Milliseconds from the start at which requests are due: a Poisson process, the same for the same seed. */
export function arrivals(count: number, perSecond: number, seed: number): readonly number[] {
  const random = seededRandom(seed);
  let at = 0;
  return Array.from({ length: count }, () => {
    at += (-Math.log(1 - random()) / perSecond) * 1000;
    return at;
  });
}

async function sendOne(run: Run, connection: HttpConnection, index: number, since: number): Promise<void> {
  const { job, wire, notes } = run;
  const answer = await connection.send(wire[index] ?? Buffer.alloc(0));
  notes.latencies.push(performance.now() - since);
  notes.statuses[answer.status] = (notes.statuses[answer.status] ?? 0) + 1;
  notes.bytesReceived += answer.body.length;
  if (index % job.keepEvery === 0) notes.kept.push({ index, status: answer.status, body: Buffer.from(answer.body) });
}
