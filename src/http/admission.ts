import type { Route } from '../api/route.ts';
import type { Fault } from '../core/fault.ts';
import { createRateGuard, type RateGuard, type RateLimit } from './rate-limits.ts';

/** What a request costs, roughly: a look-up, a durable entry, a whole custody judged, a whole period, or a public file for nobody. */
export type CostClass = 'read' | 'write' | 'judgement' | 'export' | 'anonymous';

const REQUESTS_OF: Readonly<Record<CostClass, string>> = {
  read: 'reads',
  write: 'writes',
  judgement: 'verifications, evidence, facts, trends and reports',
  export: 'exports',
  anonymous: 'requests without a token',
};

/** How much one principal, or for public routes one address, may ask of one replica. */
export type AdmissionLimits = {
  readonly reads?: RateLimit;
  readonly writes?: RateLimit;
  readonly judgements?: RateLimit;
  readonly exports?: RateLimit;
  /** By address, IPv6 by /64; health and readiness are not counted. */
  readonly anonymous?: RateLimit;
  /** Judgements of one principal that are worked on or still being sent at the same time. */
  readonly judgementsAtOnce?: number;
  /** Exports of one principal that are being sent at the same time. */
  readonly exportsAtOnce?: number;
};

/** Far above what one pipeline needs and one process can do: these stop a runaway loop, not a busy day. */
export const ADMISSION_LIMITS = {
  reads: { points: 60_000, durationSeconds: 10 },
  writes: { points: 60_000, durationSeconds: 10 },
  judgements: { points: 5_000, durationSeconds: 10 },
  exports: { points: 100, durationSeconds: 10 },
  anonymous: { points: 10_000, durationSeconds: 10 },
  judgementsAtOnce: 32,
  exportsAtOnce: 4,
} as const satisfies AdmissionLimits;

/** Routes that walk, prove or render the whole custody of an image, or of some, or prove a whole period or page of checkpoints. */
const JUDGEMENTS: readonly string[] = [
  'verifyImage',
  'readEvidence',
  'readFacts',
  'readReport',
  'readTrend',
  'readPeriod',
  'listCheckpoints',
];
/** Routes that read a whole period, for as long as it takes. */
const EXPORTS: readonly string[] = ['exportPeriod'];
/** What load balancers ask, who must never be told to come back later. */
const PROBES: readonly string[] = ['readHealth', 'readReadiness'];

export type Refusal = { readonly fault: Fault; readonly retryAfterSeconds: number };

export type Admission = {
  /**
   * Counts a request; answers the refusal where it is one too many. A judgement or an export holds a place until `ended` is
   * called for it, so its caller registers that before anything else.
   *
   * Faults: `http/too-many-requests`, `http/too-many-at-once`.
   */
  readonly enter: (cost: CostClass, key: string) => Promise<Refusal | undefined>;
  /** Gives back the place of a request that was let in. */
  readonly ended: (cost: CostClass, key: string) => void;
};

/** What the route costs, or undefined where nothing is counted. */
export function costOf(route: Route, isAnonymous: boolean): CostClass | undefined {
  if (PROBES.includes(route.operation)) return undefined;
  if (isAnonymous) return 'anonymous';
  if (EXPORTS.includes(route.operation)) return 'export';
  if (JUDGEMENTS.includes(route.operation)) return 'judgement';
  return route.method === 'get' ? 'read' : 'write';
}

/** Counts kept in memory, so each replica has its own. */
export function createAdmission(limits: AdmissionLimits = {}): Admission {
  const guards: Readonly<Record<CostClass, RateGuard>> = {
    read: createRateGuard(limits.reads ?? ADMISSION_LIMITS.reads),
    write: createRateGuard(limits.writes ?? ADMISSION_LIMITS.writes),
    judgement: createRateGuard(limits.judgements ?? ADMISSION_LIMITS.judgements),
    export: createRateGuard(limits.exports ?? ADMISSION_LIMITS.exports),
    anonymous: createRateGuard(limits.anonymous ?? ADMISSION_LIMITS.anonymous),
  };
  const atOnceMax: Partial<Record<CostClass, number>> = {
    judgement: limits.judgementsAtOnce ?? ADMISSION_LIMITS.judgementsAtOnce,
    export: limits.exportsAtOnce ?? ADMISSION_LIMITS.exportsAtOnce,
  };
  const underWay = new Map<string, number>();
  return {
    enter: async (cost, key) => {
      const most = atOnceMax[cost];
      const place = placeOf(cost, key);
      const before = underWay.get(place) ?? 0;
      if (most !== undefined && before >= most) {
        const message = `This principal has ${most} ${REQUESTS_OF[cost]} under way.`;
        return { fault: { code: 'http/too-many-at-once', message }, retryAfterSeconds: 1 };
      }
      if (most !== undefined) underWay.set(place, before + 1);
      const wait = await guards[cost].take(key);
      if (wait === undefined) return undefined;
      release(underWay, place);
      const message = `More ${REQUESTS_OF[cost]} than the service allows.`;
      return { fault: { code: 'http/too-many-requests', message }, retryAfterSeconds: wait };
    },
    ended: (cost, key) => release(underWay, placeOf(cost, key)),
  };
}

/** Whether requests of that cost take a place for as long as they last. */
export function takesPlace(cost: CostClass): boolean {
  return cost === 'judgement' || cost === 'export';
}

function placeOf(cost: CostClass, key: string): string {
  return `${cost} ${key}`;
}

function release(underWay: Map<string, number>, place: string): void {
  const left = (underWay.get(place) ?? 0) - 1;
  if (left > 0) underWay.set(place, left);
  else underWay.delete(place);
}
