import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BatchReport } from '../service/batch-report.ts';
import type { NoticeReport } from '../service/notice-worker.ts';
import type { Service } from '../service/service.ts';

/** What is counted, and how it is read. Labels come from closed lists, so that nobody outside can grow them. */
export type Metrics = {
  readonly observeRequest: (operation: string, status: number, seconds: number) => void;
  readonly countAppend: (duplicate: boolean) => void;
  readonly countRefusal: (code: string) => void;
  readonly countAttempt: (report: NoticeReport) => void;
  readonly render: () => Promise<string>;
  readonly mediaType: string;
};

/** Connections of the service to its database, now. */
export type DatabaseConnections = { readonly total: number; readonly idle: number; readonly waiting: number };

export type MetricsOptions = {
  readonly version: string;
  /** Streams of events that are followed now. */
  readonly streams: () => number;
  /** Where absent, connections are not shown. */
  readonly databaseConnections?: () => DatabaseConnections;
};

/** From a millisecond to the longest that a request may take. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Metrics of one service, in a registry of their own: several services may live in one process. */
export function createMetrics(service: Service, options: MetricsOptions): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  new Gauge({ name: 'waybill_info', help: 'Always 1.', labelNames: ['version', 'origin'], registers }).set(
    { version: options.version, origin: service.origin },
    1,
  );
  const requests = new Histogram({
    name: 'waybill_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const appends = new Counter({
    name: 'waybill_appends_total',
    help: 'Writes that were answered with a receipt, by whether they were new.',
    labelNames: ['outcome'],
    registers,
  });
  const refusals = new Counter({
    name: 'waybill_refusals_total',
    help: 'Requests that were refused, by fault code.',
    labelNames: ['code'],
    registers,
  });
  service.watchBatches(countBatches(registers));
  showQueue(service, registers);
  showStreams(options.streams, registers);
  if (options.databaseConnections !== undefined) showConnections(options.databaseConnections, registers);
  const attempts = countAttempts(registers);
  const showNotices = noticesOf(service, registers);
  const showReadiness = readinessOf(service, registers);
  const showSigners = signersOf(service, registers);
  return {
    observeRequest: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    countAppend: (duplicate) => appends.inc({ outcome: duplicate ? 'found' : 'appended' }),
    countRefusal: (code) => refusals.inc({ code }),
    countAttempt: attempts,
    mediaType: register.contentType,
    render: async () => {
      await showReadiness();
      await showSigners();
      await showNotices();
      return register.metrics();
    },
  };
}

/** What is sequenced: how much at once, how long each step takes, and what fails. */
function countBatches(registers: Registry[]): (batch: BatchReport) => void {
  const submissions = new Histogram({
    name: 'waybill_batch_submissions',
    help: 'Submissions that shared a transaction.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const durations = new Histogram({
    name: 'waybill_sequencing_duration_seconds',
    help: 'Time of a batch by step: waiting, the transaction up to its commit, and anchoring and signing after it.',
    labelNames: ['step'],
    buckets: SECONDS,
    registers,
  });
  const failures = new Counter({
    name: 'waybill_batch_failures_total',
    help: 'Batches that nobody got a receipt from, by fault code.',
    labelNames: ['code'],
    registers,
  });
  return ({ submissions: count, waited, transaction, publishing, code }) => {
    submissions.observe(count);
    durations.observe({ step: 'waiting' }, waited);
    durations.observe({ step: 'transaction' }, transaction);
    if (publishing !== undefined) durations.observe({ step: 'publishing' }, publishing);
    if (code !== undefined) failures.inc({ code });
  };
}

function showQueue(service: Service, registers: Registry[]): void {
  new Gauge({
    name: 'waybill_queue_depth',
    help: 'Submissions that wait to be sequenced.',
    registers,
    collect() {
      this.set(service.queue().depth);
    },
  });
  new Gauge({
    name: 'waybill_queue_oldest_seconds',
    help: 'For how long the first of them has waited.',
    registers,
    collect() {
      this.set(service.queue().oldestWaiting);
    },
  });
}

function showStreams(taken: () => number, registers: Registry[]): void {
  new Gauge({
    name: 'waybill_event_streams',
    help: 'Streams of events that are followed.',
    registers,
    collect() {
      this.set(taken());
    },
  });
}

function showConnections(read: () => DatabaseConnections, registers: Registry[]): void {
  new Gauge({
    name: 'waybill_database_connections',
    help: 'Connections to the database by state, and requests that wait for one.',
    labelNames: ['state'],
    registers,
    collect() {
      const { total, idle, waiting } = read();
      this.set({ state: 'busy' }, total - idle);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waited_for' }, waiting);
    },
  });
}

/** Attempts to deliver notices, by what came of them. */
function countAttempts(registers: Registry[]): (report: NoticeReport) => void {
  const attempts = new Counter({
    name: 'waybill_webhook_attempts_total',
    help: 'Attempts to deliver a notice, by outcome, and by fault code where they failed.',
    labelNames: ['outcome', 'code'],
    registers,
  });
  return ({ outcome, fault = '' }) => attempts.inc({ outcome, code: fault });
}

/** Counted when it is shown. While the database is away nothing is shown of it. */
function noticesOf(service: Service, registers: Registry[]): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const webhooks = new Gauge({
    name: 'waybill_webhooks',
    help: 'Webhooks, by whether notices are sent to them.',
    labelNames: ['state'],
    registers,
  });
  const waiting = gauge('waybill_webhook_waiting', 'Notices that are still to be delivered.');
  const dead = gauge('waybill_webhook_dead_letters', 'Notices that were given up, of the last 30 days.');
  const oldest = gauge(
    'waybill_webhook_oldest_seconds',
    'For how long the oldest notice has waited; 0 where none does.',
  );
  const behind = gauge('waybill_webhook_entries_behind', 'Entries that the slowest webhook has still to look at.');
  return async () => {
    webhooks.reset();
    for (const each of [waiting, dead, oldest, behind]) each.remove();
    const counts = await service.noticeCounts().catch(() => undefined);
    if (counts === undefined) return;
    webhooks.set({ state: 'enabled' }, counts.enabled);
    webhooks.set({ state: 'disabled' }, counts.disabled);
    waiting.set(counts.waiting);
    dead.set(counts.dead);
    oldest.set(counts.oldestSeconds);
    behind.set(counts.behind);
  };
}

/** Ages of keys are asked for when they are shown. While the database is away nothing is shown of them. */
function signersOf(service: Service, registers: Registry[]): () => Promise<void> {
  const states = new Gauge({
    name: 'waybill_signers',
    help: 'Signers of pipelines by state.',
    labelNames: ['state'],
    registers,
  });
  const due = new Gauge({
    name: 'waybill_signer_age_due',
    help: 'Signers of pipelines that count, have no successor, and are old enough to be rotated.',
    registers,
  });
  const expired = new Gauge({
    name: 'waybill_signer_age_expired',
    help: 'Signers of pipelines that do not count because they are too old.',
    registers,
  });
  const oldest = new Gauge({
    name: 'waybill_signer_age_seconds_max',
    help: 'Age of the oldest signer of a pipeline that counts; 0 where there is none.',
    registers,
  });
  const next = new Gauge({
    name: 'waybill_signer_age_expiry_seconds_min',
    help: 'Until the next signer without a successor becomes too old; not there where none will.',
    registers,
  });
  return async () => {
    states.reset();
    for (const gauge of [due, expired, oldest, next]) gauge.remove();
    const ages = await service.signerAges().catch(() => undefined);
    if (ages === undefined) return;
    for (const [state, count] of Object.entries(ages.states)) states.set({ state }, count);
    due.set(ages.states.due);
    expired.set(ages.states.expired);
    oldest.set(ages.oldestSeconds ?? 0);
    if (ages.nextExpirySeconds !== undefined) next.set(ages.nextExpirySeconds);
  };
}

/** Readiness is asked for when it is shown: what was true a minute ago helps nobody. */
function readinessOf(service: Service, registers: Registry[]): () => Promise<void> {
  const ready = new Gauge({ name: 'waybill_ready', help: '1 while requests can be served.', registers });
  const reason = new Gauge({
    name: 'waybill_unready',
    help: '1 with the fault code that keeps requests from being served.',
    labelNames: ['code'],
    registers,
  });
  const size = new Gauge({ name: 'waybill_ledger_entries', help: 'Entries of the ledger.', registers });
  return async () => {
    const state = await service.readiness();
    ready.set(state.ready ? 1 : 0);
    reason.reset();
    if (state.reason !== undefined) reason.set({ code: state.reason }, 1);
    if (state.size !== undefined) size.set(state.size);
  };
}
