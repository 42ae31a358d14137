import type { FaultCode } from '../fault.ts';

/** Every test that custody is put to, in the order in which a result lists them. */
export const CHECK_CODES = [
  'origin',
  'checkpoint/signature',
  'checkpoint/age',
  'checkpoint/pins',
  'asof/checkpoint',
  'asof/consistency',
  'entry/kind',
  'entry/inclusion',
  'entry/order',
  'commit/last',
  'asof/commit',
  'list/complete',
  'payload/commitment',
  'log/rotation',
  'checkpoint/log-key',
  'control/keys',
  'control/envelope',
  'dual-control/two-people',
  'image/manifest',
  'signature/image',
  'signature/envelope',
  'signer/known',
  'signer/in-force',
  'signer/allowed',
  'principal/allowed',
  'statement/subject',
  'statement/place',
  'release/previous',
  'image/retired',
  'contract/covers',
  'contract/signature',
  'contract/stage',
  'contract/order',
  'contract/threshold',
  'contract/people',
  'contract/freshness',
  'contract/limits',
  'contract/rule',
  'contract/run',
  'contract/expected-stages',
  'contract/attempts',
  'run/accounted',
  'run/attempts',
  'waiver/in-force',
] as const;
export type CheckCode = (typeof CHECK_CODES)[number];

export const OUTCOMES = ['pass', 'fail', 'waived', 'not-run'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One named test with its outcome. `reason` is the code of what was found, always there unless it passed. */
export type Check = {
  readonly code: CheckCode;
  readonly outcome: Outcome;
  readonly reason?: FaultCode;
  /** The entry that was tested. */
  readonly seq?: number;
  /** The list that was tested. */
  readonly key?: string;
  readonly contract?: string;
  readonly stage?: string;
  /** The rule of the contract. */
  readonly rule?: string;
  /** The waiver that was tested, or by which a check of a contract is waived. */
  readonly waiver?: string;
  /** A digest, a name or a time that the reason is about; never prose from outside. */
  readonly detail?: string;
};

/** Collects checks; the order of `CHECK_CODES` is made at the end. */
export class CheckList {
  readonly #checks: Check[] = [];

  pass(code: CheckCode, about: Partial<Check> = {}): true {
    this.#checks.push({ ...about, code, outcome: 'pass' });
    return true;
  }

  fail(code: CheckCode, reason: FaultCode, about: Partial<Check> = {}): false {
    this.#checks.push({ ...about, code, outcome: 'fail', reason });
    return false;
  }

  notRun(code: CheckCode, reason: FaultCode, about: Partial<Check> = {}): false {
    this.#checks.push({ ...about, code, outcome: 'not-run', reason });
    return false;
  }

  /** Whether every check of the code that was made so far passed, also where none was. */
  passed(code: CheckCode): boolean {
    return this.#checks.every((check) => check.code !== code || check.outcome === 'pass');
  }

  /** Puts what `change` makes of every check in its place. */
  change(change: (check: Check) => Check): void {
    this.#checks.splice(0, this.#checks.length, ...this.#checks.map(change));
  }

  /** All checks, by code as listed, then by entry. */
  sorted(): readonly Check[] {
    const place = new Map(CHECK_CODES.map((code, index) => [code, index]));
    const rank = (check: Check) => place.get(check.code) ?? 0;
    return this.#checks.toSorted((a, b) => rank(a) - rank(b) || (a.seq ?? -1) - (b.seq ?? -1));
  }
}
