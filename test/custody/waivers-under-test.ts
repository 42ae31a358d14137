import assert from 'node:assert/strict';
import type { CustodyResult } from '../../src/core/custody/verify-custody.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { WaiverRequested } from '../../src/core/entry/kinds/waiver-requested.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import { formatGrantDocument, GRANT_MEDIA_TYPE } from '../../src/core/trust/grant-document.ts';
import { formatWaiverDocument, WAIVER_MEDIA_TYPE } from '../../src/core/trust/waiver-document.ts';
import { attest, CONTRACT, IMAGE, openedLedger, publish, REPOSITORY, sign } from './custody-under-test.ts';
import type { Draft, LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound } from './verify-under-test.ts';

export const WAIVER = `w-${'k5'.repeat(13)}`;
export const OTHER_WAIVER = `w-${'m7'.repeat(13)}`;
export const DAY_MS = 86_400_000;

type Role = 'pipeline' | 'release-manager' | 'admin' | 'auditor' | 'operator';

/** Grants a role to a principal with a person behind it; `null` names nobody. */
export function grantPerson(
  ledger: LedgerUnderTest,
  principal: string,
  role: Role,
  person: string | null = principal,
  repositories: readonly string[] = ['*'],
): number {
  const named = person === null ? {} : { person };
  const bytes = formatGrantDocument({ role, repositories, stages: ['*'], ...named });
  const document = { mediaType: GRANT_MEDIA_TYPE, bytes };
  return ledger.append({
    kind: 'principal.granted',
    principal: 'bootstrap-admin',
    body: { principal, role },
    document,
  });
}

/**
 * A log with the contract of the scenario whose image was signed and tested and never scanned; `robot` stands behind the
 * pipeline, and anna, ben and carl are release managers.
 */
export function unscannedLedger(
  stages: readonly string[] = ['test'],
  ledger: LedgerUnderTest = openedLedger(),
): LedgerUnderTest {
  grantPerson(ledger, 'shop-ci', 'pipeline', 'robot', ['shop/*']);
  for (const name of ['anna', 'ben', 'carl']) grantPerson(ledger, name, 'release-manager');
  publish(ledger, CONTRACT);
  sign(ledger);
  for (const stage of stages) attest(ledger, { stage });
  return ledger;
}

export type RequestOptions = Partial<Omit<WaiverRequested, 'stage'>> & {
  readonly stage?: string | null;
  readonly by?: string;
  readonly repository?: string;
  readonly reason?: string;
  readonly entry?: Partial<Draft>;
};

/** Asks, as anna and for a week, that the missing scan be waived. */
export function request(ledger: LedgerUnderTest, options: RequestOptions = {}): number {
  const { by = 'anna', repository = REPOSITORY, reason = 'no fix yet', entry, stage = 'scan', ...rest } = options;
  return ledger.append({
    kind: 'waiver.requested',
    principal: by,
    repository,
    body: {
      waiver: WAIVER,
      digest: IMAGE,
      check: 'contract/stage',
      contract: 'shop',
      ...(stage === null ? {} : { stage }),
      expires: after(ledger, 7 * DAY_MS),
      breakGlass: false,
      ...rest,
    },
    document: { mediaType: WAIVER_MEDIA_TYPE, bytes: formatWaiverDocument({ reason }) },
    ...entry,
  });
}

type Decision = {
  readonly by?: string;
  readonly waiver?: string;
  readonly digest?: string;
  readonly entry?: Partial<Draft>;
};

export function approve(ledger: LedgerUnderTest, options: Decision = {}): number {
  return decide(ledger, 'waiver.approved', { by: 'ben', ...options });
}

export function revokeWaiver(ledger: LedgerUnderTest, options: Decision = {}): number {
  return decide(ledger, 'waiver.revoked', { by: 'carl', ...options });
}

function decide(
  ledger: LedgerUnderTest,
  kind: string,
  { by = 'ben', waiver = WAIVER, digest = IMAGE, entry }: Decision,
): number {
  return ledger.append({ kind, principal: by, repository: REPOSITORY, body: { waiver, digest }, ...entry });
}

/** The time so much after the newest entry. */
export function after(ledger: LedgerUnderTest, milliseconds: number): string {
  return later(ledger.time, milliseconds);
}

export function later(time: string, milliseconds: number): string {
  return formatTime((parseTime(time) ?? 0) + milliseconds);
}

export const NO_REASON = { mediaType: WAIVER_MEDIA_TYPE, bytes: encodeUtf8('{}') };

/** Asserts that the waiver exempts nothing, for this reason, and that the stage is still missing. */
export function assertExemptsNothing(result: CustodyResult, reason: string): void {
  assertFound(result, 'fail', 'waiver/in-force', reason);
  assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing');
  const [waiver] = result.waivers;
  assert.deepEqual([waiver?.inForce, waiver?.exempts, waiver?.fault], [false, false, reason]);
}

/** The missing scan is waived: anna asked, and ben approved. */
export function waivedLedger(options: RequestOptions = {}): LedgerUnderTest {
  const ledger = unscannedLedger();
  request(ledger, options);
  approve(ledger);
  return ledger;
}
