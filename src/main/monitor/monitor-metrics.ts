import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ALARMS, type AlarmCode } from '../../core/monitor/alarm.ts';
import { convicting, type StandingAlarm } from '../../core/monitor/standing.ts';
import type { Round } from './round.ts';

/** What a monitor has counted since its start; {@link noteProgress} and {@link noteRound} keep it. */
export type MonitorCounts = {
  rounds: number;
  entries: number;
  checkpointSize: number;
  replayedSize: number;
  lists: number;
  startedAtSeconds: number;
  /** POSIX seconds; 0 before the first clean round. */
  lastSuccessSeconds: number;
  readonly raised: Map<AlarmCode, number>;
  standing: readonly StandingAlarm[];
  cosigned: string | undefined;
};

export function startCounting(nowSeconds: number, replayedSize: number): MonitorCounts {
  return {
    rounds: 0,
    entries: 0,
    checkpointSize: 0,
    replayedSize,
    lists: 0,
    startedAtSeconds: nowSeconds,
    lastSuccessSeconds: 0,
    raised: new Map(),
    standing: [],
    cosigned: undefined,
  };
}

/** Takes note of what a round that goes on has replayed, of how many entries that were signed. */
export function noteProgress(counts: MonitorCounts, replayed: number, size: number): void {
  counts.entries += replayed - counts.replayedSize;
  counts.replayedSize = replayed;
  counts.checkpointSize = Math.max(counts.checkpointSize, size);
}

export function noteRound(counts: MonitorCounts, round: Round, nowSeconds: number): void {
  counts.rounds += 1;
  noteProgress(counts, round.replayed, round.shown?.size ?? 0);
  counts.lists = round.lists;
  if (round.isClean) counts.lastSuccessSeconds = nowSeconds;
  for (const { code } of round.raised) counts.raised.set(code, (counts.raised.get(code) ?? 0) + 1);
  counts.standing = round.standing;
  counts.cosigned = round.cosigned ?? counts.cosigned;
}

/** The counts in the text format of Prometheus. */
export function formatMetrics(counts: MonitorCounts, nowSeconds: number): string {
  const codes = Object.keys(ALARMS) as readonly AlarmCode[];
  const since = counts.lastSuccessSeconds === 0 ? counts.startedAtSeconds : counts.lastSuccessSeconds;
  const plain: readonly (readonly [name: string, type: 'counter' | 'gauge', help: string, value: number])[] = [
    ['rounds_total', 'counter', 'Rounds ended.', counts.rounds],
    ['entries_total', 'counter', 'Entries replayed by this process.', counts.entries],
    ['replayed_entries', 'gauge', 'Entries replayed.', counts.replayedSize],
    ['checkpoint_entries', 'gauge', 'Entries of the largest checkpoint shown.', counts.checkpointSize],
    [
      'lag_entries',
      'gauge',
      'Entries signed and not replayed.',
      Math.max(0, counts.checkpointSize - counts.replayedSize),
    ],
    ['lag_seconds', 'gauge', 'Seconds since everything signed was replayed, or since the start.', nowSeconds - since],
    ['lists', 'gauge', 'Lists known.', counts.lists],
    ['last_success_timestamp_seconds', 'gauge', 'When everything signed was replayed last.', counts.lastSuccessSeconds],
  ];
  const lines = plain.flatMap(([name, type, help, value]) => [
    `# HELP waybill_monitor_${name} ${help}`,
    `# TYPE waybill_monitor_${name} ${type}`,
    `waybill_monitor_${name} ${value}`,
  ]);
  const isStanding = new Set(counts.standing.map(({ code }) => code));
  if (convicting(counts.standing) !== undefined) isStanding.add('monitor/halted');
  return `${[
    ...lines,
    '# HELP waybill_monitor_alarms_total Alarms raised, by code.',
    '# TYPE waybill_monitor_alarms_total counter',
    ...codes.map((code) => `waybill_monitor_alarms_total{code="${code}"} ${counts.raised.get(code) ?? 0}`),
    '# HELP waybill_monitor_alarm Whether the alarm stands, by code.',
    '# TYPE waybill_monitor_alarm gauge',
    ...codes.map((code) => `waybill_monitor_alarm{code="${code}"} ${isStanding.has(code) ? 1 : 0}`),
  ].join('\n')}\n`;
}

/** Serves `/metrics`, and the newest cosigned checkpoint as `/checkpoint`, on loopback; gives the port. */
export async function serveMetrics(
  port: number,
  counts: MonitorCounts,
  nowSeconds: () => number,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const isKnown = path === '/metrics' || (path === '/checkpoint' && counts.cosigned !== undefined);
    response.statusCode = isKnown ? 200 : 404;
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    if (path === '/metrics') response.end(formatMetrics(counts, nowSeconds()));
    else if (path !== '/checkpoint') response.end('There are /metrics and /checkpoint.\n');
    else response.end(counts.cosigned ?? 'This monitor has cosigned no checkpoint yet.\n');
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, '127.0.0.1', resolve);
  await promise;
  return { port: (server.address() as AddressInfo).port, server };
}
