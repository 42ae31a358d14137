import type { FaultCode } from '../fault.ts';

/** Every test that custody is put to, in the order in which a result lists them. */
export const CHECK_CODES = [
  'origin',
  'checkpoint/signature',
  'checkpoint/age',
  'checkpoint/pins',
  'entry/kind',
  'entry/inclusion',
  'entry/order',
  'list/complete',
  'payload/commitment',
  'image/manifest',
  'signature/image',
  'signature/envelope',
  'signer/known',
  'signer/in-force',
  'signer/allowed',
  'principal/allowed',
  'statement/subject',
  'statement/place',
  'contract/covers',
  'contract/signature',
  'contract/stage',
  'contract/order',
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

  /** All checks, by code as listed, then by entry. */
  sorted(): readonly Check[] {
    const place = new Map(CHECK_CODES.map((code, index) => [code, index]));
    const rank = (check: Check) => place.get(check.code) ?? 0;
    return this.#checks.toSorted((a, b) => rank(a) - rank(b) || (a.seq ?? -1) - (b.seq ?? -1));
  }
}
