import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../core/encoding/json.ts';
import { readPidFile, serversOn } from '../../postgres/embedded/postmaster.ts';
import { forJson } from './bars.ts';
import { BATCH_LINES, postBatches } from './measure-batches.ts';
import type { GrownStand } from './measure-custody.ts';
import type { Bench, Stand } from './stand.ts';

const ROUNDS = 8;
const REQUESTS = 16;
/** Ticks of the fields of /proc/…/stat, which Linux fixes at 100 a second for programs. */
const TICK_US = 10_000;

/** Counters that only grow: batches and what they held, their transactions' time, and processor time on either side. */
type Spent = {
  readonly batches: number;
  readonly submissions: number;
  readonly transactionSeconds: number;
  readonly serviceUs: number;
  readonly databaseUs: number;
};

/**
 * What one batch of the append costs over a small map and over a large one: milliseconds of its transaction on the clock, of
 * the service's processor time and of Postgres's. Both services are posted to in turns, over the batch route.
 */
export async function measureBatchCost(bench: Bench, small: GrownStand, large: GrownStand): Promise<JsonObject> {
  bench.log(`a batch over ${large.keys} keys against one over ${small.keys}: ${ROUNDS} rounds`);
  const sides = [small, large];
  const spent = sides.map((): Spent[] => []);
  for (const { stand } of sides) await postBatches(bench, stand, REQUESTS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { stand }] of sides.entries()) {
      const before = await readSpent(stand);
      await postBatches(bench, stand, REQUESTS);
      spent[index]?.push(since(before, await readSpent(stand)));
    }
  }
  const rows = sides.map(({ keys, treeSize }, index) => ({ keys, treeSize, ...costOfBatch(spent[index] ?? []) }));
  for (const row of rows) bench.log(`  ${JSON.stringify(row)}`);
  return { linesOfARequest: BATCH_LINES, rounds: ROUNDS, ledgers: rows };
}

function costOfBatch(rounds: readonly Spent[]): JsonObject {
  const sum = (read: (spent: Spent) => number) => rounds.reduce((total, spent) => total + read(spent), 0);
  const batches = sum(({ batches: count }) => count);
  return forJson({
    submissions: sum(({ submissions }) => submissions) / batches,
    transactionMs: (sum(({ transactionSeconds }) => transactionSeconds) * 1000) / batches,
    serviceCpuMs: sum(({ serviceUs }) => serviceUs) / 1000 / batches,
    databaseCpuMs: sum(({ databaseUs }) => databaseUs) / 1000 / batches,
  });
}

async function readSpent({ service, folder }: Stand): Promise<Spent> {
  const headers = { Authorization: `Bearer ${service.adminToken}` };
  const text = await (await fetch(`${service.url}/metrics`, { headers })).text();
  const readSeries = (series: string) => {
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    if (line === undefined) throw new Error(`the service counts no ${series}`);
    return Number(line.slice(series.length + 1));
  };
  return {
    batches: readSeries('waybill_batch_submissions_count'),
    submissions: readSeries('waybill_batch_submissions_sum'),
    transactionSeconds: readSeries('waybill_sequencing_duration_seconds_sum{step="transaction"}'),
    serviceUs: await service.cpuUs(),
    databaseUs: readDatabaseUs(join(folder, 'data', 'postgres', 'cluster')),
  };
}

function since(before: Spent, after: Spent): Spent {
  return {
    batches: after.batches - before.batches,
    submissions: after.submissions - before.submissions,
    transactionSeconds: after.transactionSeconds - before.transactionSeconds,
    serviceUs: after.serviceUs - before.serviceUs,
    databaseUs: after.databaseUs - before.databaseUs,
  };
}

/** Processor time of all processes of a server so far; of those that ended, what their postmaster was told. */
function readDatabaseUs(cluster: string): number {
  const postmaster = readPidFile(cluster)?.pid;
  let ticks = 0;
  for (const pid of serversOn(cluster)) {
    const fields = readStat(pid);
    const [user, system, userOfEnded, systemOfEnded] = fields.slice(11, 15).map(Number);
    ticks += (user ?? 0) + (system ?? 0);
    if (pid === postmaster) ticks += (userOfEnded ?? 0) + (systemOfEnded ?? 0);
  }
  return ticks * TICK_US;
}

/** Fields of /proc/<pid>/stat after the name, which is in brackets and may hold anything; none where the process has ended. */
function readStat(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}
