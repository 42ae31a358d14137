import { hash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** So many events in so many seconds. */
export type RateLimit = { readonly points: number; readonly durationSeconds: number };

/** Tokens cannot be guessed; this keeps guessing from costing the database anything. */
export const FAILED_LOGINS_PER_ADDRESS: RateLimit = { points: 30, durationSeconds: 60 };

/** Its 32 browsers, and as many tokens. Principals are made by administrators alone. */
const KNOWN_OF_PRINCIPAL_MAX = 64;
const KNOWN_MAX = 65_536;

/** A limit that is kept: `take` counts one event, and answers the seconds to wait where that is one too many. */
export type RateGuard = {
  readonly take: (key: string) => Promise<number | undefined>;
  /** Seconds to wait where the limit is reached already; counts nothing. */
  readonly waitSeconds: (key: string) => Promise<number | undefined>;
};

export function createRateGuard(limit: RateLimit): RateGuard {
  const limiter = new RateLimiterMemory({ points: limit.points, duration: limit.durationSeconds });
  return {
    take: async (key) => {
      try {
        await limiter.consume(key);
        return undefined;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return secondsOf(refusal);
        throw refusal;
      }
    },
    waitSeconds: async (key) => {
      const state = await limiter.get(key);
      return state === null || state.consumedPoints < limit.points ? undefined : secondsOf(state);
    },
  };
}

function secondsOf(state: RateLimiterRes): number {
  return Math.max(1, Math.ceil(state.msBeforeNext / 1000));
}

/** Where failed logins are counted: an IPv4 address, or the /64 that one IPv6 subscriber holds. */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::', 2);
  const first = head.split(':').filter((group) => group !== '');
  const last = tail === undefined ? [] : tail.split(':').filter((group) => group !== '');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return [...first, ...(tail === undefined ? [] : zeros), ...last].slice(0, 4).join(':');
}

/** Secrets that were good not long ago, each with whose it is. */
export type KnownTokens = {
  readonly has: (token: string) => boolean;
  readonly add: (token: string, principal: string) => void;
  readonly remove: (token: string) => void;
};

/**
 * Tokens and cookies that were good not long ago, by hash. Someone who fails to log in from an address shared with others must
 * not lock them out: who was known stays able to call. A principal has so many of them remembered and no more, so that
 * nobody has those of others forgotten by signing in again and again.
 */
export function createKnownTokens(): KnownTokens {
  const owners = new Map<string, string>();
  const byPrincipal = new Map<string, Set<string>>();
  const hashOf = (token: string) => hash('sha256', token, 'base64');
  const forget = (hashed: string) => {
    const principal = owners.get(hashed);
    if (principal === undefined) return;
    owners.delete(hashed);
    const own = byPrincipal.get(principal);
    own?.delete(hashed);
    if (own?.size === 0) byPrincipal.delete(principal);
  };
  return {
    has: (token) => owners.has(hashOf(token)),
    add: (token, principal) => {
      const hashed = hashOf(token);
      if (owners.has(hashed)) return;
      const own = byPrincipal.get(principal) ?? new Set<string>();
      const all = own.size < KNOWN_OF_PRINCIPAL_MAX ? owners.keys() : own.values();
      const isFull = own.size >= KNOWN_OF_PRINCIPAL_MAX || owners.size >= KNOWN_MAX;
      const oldest = isFull ? all.next().value : undefined;
      if (oldest !== undefined) forget(oldest);
      byPrincipal.set(principal, own.add(hashed));
      owners.set(hashed, principal);
    },
    remove: (token) => forget(hashOf(token)),
  };
}
