import type { Environment } from '../../config/config.ts';
import type { JsonObject } from '../../core/encoding/json.ts';
import { PACKAGE_FOLDER } from '../demo/verify-offline.ts';
import { LARGE_ENTRIES, LARGE_KEYS, sizeOf } from './bar-sizes.ts';
import { BARS, type BarId, type BarResult, judgeBar, type Measured } from './bars.ts';
import type { Numbers } from './grow-ledger.ts';
import { type Growing, growStand } from './grow-stand.ts';
import { describeDatabase, describeMachine, readCommit } from './machine.ts';
import { measureAudit } from './measure-audit.ts';
import { measureBatchCost } from './measure-batch-cost.ts';
import { measureBatches } from './measure-batches.ts';
import { type GrownStand, measureEvidence, measureGate, measureVerification } from './measure-custody.ts';
import { measureVerificationGrowth } from './measure-growth.ts';
import { measurePosts } from './measure-posts.ts';
import { measureMemory, measureStart } from './measure-process.ts';
import { measureAbsenceProof, measureCompletenessProof } from './measure-proofs.ts';
import { measureHalfRate, measureIdle } from './measure-receipts.ts';
import { measureReport } from './measure-report.ts';
import { type Bench, openBench, openStand, type Stand, type StandName } from './stand.ts';
import { readGrown } from './stand-database.ts';

export type BenchOptions = {
  readonly quick: boolean;
  /** The full form over ledgers of so much of their size, to try it out; 1 for all of it. */
  readonly share: number;
  /** Bars to be measured; the others are left out. */
  readonly only: readonly BarId[];
  readonly environment: Environment;
  readonly log: (line: string) => void;
};

/** One run of the bench, as `--json` prints it. */
export type BenchReport = {
  readonly machine: JsonObject;
  readonly commit: string | null;
  readonly startedAt: string;
  readonly seconds: number;
  readonly quick: boolean;
  readonly parameters: JsonObject;
  readonly bars: readonly BarResult[];
};

const POSTING = [
  'single-post-ratio',
  'batch-post-ratio',
  'receipt-idle-p50-ms',
  'receipt-idle-p99-ms',
  'receipt-half-rate-p99-ms',
] as const satisfies readonly BarId[];
/** What needs the large ledger. */
const GROWN = [
  'verify-1m-over-10k-ratio',
  'completeness-proof',
  'absence-proof',
  'start-to-ready-s',
] as const satisfies readonly BarId[];
const READING = ['verify-10-stage-p50-ms', 'gate-p99-ms', 'evidence-10-stage-kb'] as const satisfies readonly BarId[];

/** Load average from which on it is said that others use the machine. */
const BUSY_LOAD = 0.5;

const QUICK_IMAGES = 400;
const QUICK_INDEXES = 4;
/**
 * Nothing is begun after this in quick form: what is begun then ends within 50 seconds, also on a machine that others use,
 * the start of the process and its cleaning up included.
 */
const QUICK_MS_MAX = 34_000;
const SMALL_ENTRIES = 10_000;
const SMALL_KEYS = 10_000;
/** How much of the large ledger is audited: the same ledger, before it grows further. */
const AUDIT_SHARE = 0.2;

type Run = {
  readonly bench: Bench;
  /** On the clock of `performance`. */
  readonly startedAt: number;
  readonly wants: (...ids: readonly BarId[]) => boolean;
  readonly measured: Map<BarId, Measured>;
  readonly machine: Record<string, JsonObject[string]>;
  readonly parameters: Record<string, JsonObject[string]>;
  /** Entries of the ledgers that were measured, by the stand that holds them. */
  readonly treeSizes: Record<string, number>;
  /** Keys of their maps, where they were grown. */
  readonly mapKeys: Record<string, number>;
};

/** Measures the wanted bars on a machine that does nothing else, and tells what was met. `stopped` ends it early. */
export async function runBench(options: BenchOptions, stopped: Promise<never>): Promise<BenchReport> {
  const startedAt = new Date();
  const { bench, close } = openBench(options);
  const measured = new Map<BarId, Measured>();
  const run: Run = {
    bench,
    startedAt: performance.now(),
    wants: (...ids) => ids.some((id) => options.only.includes(id)),
    measured,
    machine: { ...describeMachine(bench.folder) },
    parameters: {},
    treeSizes: {},
    mapKeys: {},
  };
  if (Number(run.machine.loadAverageBefore) > BUSY_LOAD)
    options.log(
      `note: others use this machine (load ${run.machine.loadAverageBefore}); these numbers will be theirs as well`,
    );
  try {
    await Promise.race([measureAll(run), stopped]);
  } finally {
    await close();
  }
  const wanted = BARS.filter(({ id }) => options.only.includes(id));
  return {
    machine: run.machine,
    commit: readCommit(PACKAGE_FOLDER) ?? null,
    startedAt: startedAt.toISOString(),
    seconds: Math.round((Date.now() - startedAt.getTime()) / 100) / 10,
    quick: options.quick,
    parameters: { ...run.parameters, treeSizes: run.treeSizes, mapKeys: run.mapKeys },
    bars: wanted.map((bar) => judgeBar(bar, measured.get(bar.id) ?? notMeasured(options.quick))),
  };
}

function notMeasured(quick: boolean): Measured {
  return { value: null, why: quick ? 'not measured in quick form' : 'not measured' };
}

/** Everything on one ledger where there are 50 seconds for all of it; else on ledgers of the sizes that the bars name. */
async function measureAll(run: Run): Promise<void> {
  if (run.bench.quick) await measureQuickly(run);
  else await measureFully(run);
}

async function measureQuickly(run: Run): Promise<void> {
  if (!run.wants(...POSTING, ...READING, 'audit-ratio', 'start-to-ready-s')) return;
  const stand = await openFirst(run, 'single');
  await measurePosting(run, stand);
  if (run.wants(...READING, 'audit-ratio') && !isLate(run)) {
    // The size of evidence needs no sample of many images.
    const many = run.wants('verify-10-stage-p50-ms', 'gate-p99-ms', 'audit-ratio');
    const images = { first: 0, count: many ? QUICK_IMAGES : 20 };
    const grown = await grow(run, stand, { images, indexes: { first: 0, count: QUICK_INDEXES } });
    await measureReading(run, grown);
    await take(run, 'audit-ratio', () => measureAudit(run.bench, stand));
  }
  const { size, keys } = await readGrown(stand, 0);
  const images = { first: 0, count: 0 };
  await take(run, 'start-to-ready-s', () => measureStart(run.bench, { stand, images, treeSize: size, keys }));
  await stand.service.stop();
}

async function measureFully(run: Run): Promise<void> {
  if (run.wants(...POSTING, 'report-browser-ms')) {
    const stand = await openFirst(run, 'single');
    await measurePosting(run, stand);
    await take(run, 'report-browser-ms', () => measureReport(run.bench, stand));
    await stand.service.stop();
  }
  if (run.wants('memory-flat-ratio')) {
    const stand = await openFirst(run, 'memory');
    await take(run, 'memory-flat-ratio', () => measureMemory(run.bench, stand));
    await stand.service.stop();
  }
  if (run.wants(...READING, ...GROWN, 'audit-ratio')) await measureGrown(run);
}

/** A small ledger and a large one side by side. */
async function measureGrown(run: Run): Promise<void> {
  const { bench } = run;
  const share = bench.share;
  const ofSmall = sizeOf(
    Math.min(SMALL_ENTRIES, (LARGE_ENTRIES * share) / 2),
    Math.min(SMALL_KEYS, (LARGE_KEYS * share) / 2),
  );
  const small = await grow(run, await openFirst(run, 'small'), ofSmall);
  await take(run, 'verify-10-stage-p50-ms', () => measureVerification(bench, small));
  const stand = await openFirst(run, 'grown');
  const part = sizeOf(LARGE_ENTRIES * AUDIT_SHARE * share, LARGE_KEYS * AUDIT_SHARE * share);
  const some = await grow(run, stand, part);
  await take(run, 'audit-ratio', () => measureAudit(bench, stand));
  const whole = sizeOf(LARGE_ENTRIES * share, LARGE_KEYS * share);
  const needsAll = run.wants('gate-p99-ms', 'evidence-10-stage-kb', ...GROWN);
  const rest = { images: after(part.images, whole.images), indexes: after(part.indexes, whole.indexes) };
  const grown = needsAll ? { ...(await grow(run, stand, rest)), images: whole.images } : some;
  await take(run, 'verify-1m-over-10k-ratio', () => measureVerificationGrowth(bench, small, grown));
  if (run.wants('verify-1m-over-10k-ratio')) run.parameters.batchCost = await measureBatchCost(bench, small, grown);
  await small.stand.service.stop();
  await take(run, 'gate-p99-ms', () => measureGate(bench, grown));
  await take(run, 'evidence-10-stage-kb', () => measureEvidence(grown));
  await take(run, 'completeness-proof', () => measureCompletenessProof(grown));
  await take(run, 'absence-proof', () => measureAbsenceProof(grown));
  await take(run, 'start-to-ready-s', () => measureStart(bench, grown));
  await stand.service.stop();
}

/** What comes after `part` of `whole`. */
function after(part: Numbers, whole: Numbers): Numbers {
  return { first: part.count, count: whole.count - part.count };
}

async function measurePosting(run: Run, stand: Stand): Promise<void> {
  if (!run.wants(...POSTING)) return;
  const { bench, measured, parameters } = run;
  // Half of the saturated rate is not known before that rate is.
  if (run.wants('single-post-ratio', 'batch-post-ratio', 'receipt-half-rate-p99-ms')) {
    const posts = await measurePosts(bench, stand);
    measured.set('single-post-ratio', posts.single);
    const { clients, bodyBytes, answerBytes, perSecond } = posts;
    Object.assign(parameters, { clients, bodyBytes, answerBytes, batches: posts.single.details?.batches ?? null });
    run.treeSizes[stand.name] = posts.treeSize;
    await take(run, 'batch-post-ratio', () => measureBatches(bench, stand));
    await take(run, 'receipt-half-rate-p99-ms', () => measureHalfRate(bench, stand, perSecond));
  }
  if (run.wants('receipt-idle-p50-ms', 'receipt-idle-p99-ms') && !isLate(run)) {
    const { p50, p99 } = await measureIdle(bench, stand);
    measured.set('receipt-idle-p50-ms', p50);
    measured.set('receipt-idle-p99-ms', p99);
  }
}

async function measureReading(run: Run, grown: GrownStand): Promise<void> {
  await take(run, 'evidence-10-stage-kb', () => measureEvidence(grown));
  await take(run, 'verify-10-stage-p50-ms', () => measureVerification(run.bench, grown));
  await take(run, 'gate-p99-ms', () => measureGate(run.bench, grown));
}

async function openFirst(run: Run, name: StandName): Promise<Stand> {
  const stand = await openStand(run.bench, name);
  run.machine.postgres ??= await describeDatabase(stand);
  return stand;
}

async function grow(run: Run, stand: Stand, growing: Growing): Promise<GrownStand> {
  const startedAt = performance.now();
  const { entries, keys } = await growStand(stand, growing, (size) => run.bench.log(`  ${size} entries`));
  const seconds = (performance.now() - startedAt) / 1000;
  run.bench.log(`grew a ledger to ${entries} entries and ${keys} keys in ${seconds.toFixed(1)} s`);
  run.treeSizes[stand.name] = entries;
  run.mapKeys[stand.name] = keys;
  return { stand, images: growing.images, treeSize: entries, keys };
}

/** Measures a bar that was asked for, where the quick form has time for it. */
async function take(run: Run, id: BarId, measure: () => Promise<Measured>): Promise<void> {
  if (!run.wants(id)) return;
  if (isLate(run)) run.measured.set(id, { value: null, why: 'no time was left for it in quick form' });
  else run.measured.set(id, await measure());
}

function isLate({ bench, startedAt }: Run): boolean {
  return bench.quick && performance.now() - startedAt > QUICK_MS_MAX;
}
