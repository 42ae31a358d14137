import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Service } from '../service/service.ts';

/** What is counted, and how it is read. Labels come from closed lists, so that nobody outside can grow them. */
export type Metrics = {
  readonly observeRequest: (operation: string, status: number, seconds: number) => void;
  readonly countAppend: (duplicate: boolean) => void;
  readonly countRefusal: (code: string) => void;
  readonly render: () => Promise<string>;
  readonly mediaType: string;
};

/** Metrics of one service, in a registry of their own: several services may live in one process. */
export function createMetrics(service: Service): Metrics {
  const registers = [new Registry()];
  const [register] = registers as [Registry];
  collectDefaultMetrics({ register });
  const requests = new Histogram({
    name: 'waybill_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
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
  new Gauge({
    name: 'waybill_queue_depth',
    help: 'Submissions that wait to be sequenced.',
    registers,
    collect() {
      this.set(service.queueDepth());
    },
  });
  const ready = new Gauge({ name: 'waybill_ready', help: '1 while requests can be served.', registers });
  const size = new Gauge({ name: 'waybill_ledger_entries', help: 'Entries of the ledger.', registers });
  return {
    observeRequest: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    countAppend: (duplicate) => appends.inc({ outcome: duplicate ? 'found' : 'appended' }),
    countRefusal: (code) => refusals.inc({ code }),
    mediaType: register.contentType,
    render: async () => {
      const state = await service.readiness();
      ready.set(state.ready ? 1 : 0);
      if (state.size !== undefined) size.set(state.size);
      return register.metrics();
    },
  };
}
