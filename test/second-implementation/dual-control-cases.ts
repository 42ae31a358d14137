import assert from 'node:assert/strict';
import { CONTRACT, publish, QUESTION } from '../custody/custody-under-test.ts';
import type { EvidenceOptions, LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { compareVerifiers, type EvidenceCase } from './compare-verifiers.ts';

export const LOOSER = { ...CONTRACT, stages: [] };
export const loosen = (ledger: LedgerUnderTest, by = 'ben', version = 2) =>
  publish(ledger, LOOSER, { version, previous: CONTRACT.repositories, by });
export const withdraw = (ledger: LedgerUnderTest, by = 'ben') =>
  ledger.append({
    kind: 'contract.withdrawn',
    principal: by,
    body: { contract: 'shop', version: 1, repositories: CONTRACT.repositories },
  });
export const token = (ledger: LedgerUnderTest, by = 'ben') =>
  ledger.append({ kind: 'token.issued', principal: by, body: { principal: 'shop-ci', lifetimeSeconds: 600 } });
export const dismiss = (ledger: LedgerUnderTest, principal: string, by = 'ben') =>
  ledger.append({ kind: 'principal.revoked', principal: by, body: { principal } });

export function caseOf(name: string, ledger: LedgerUnderTest, options: EvidenceOptions = {}, trust = trustOf(ledger)) {
  const bytes = ledger.evidenceBytes(QUESTION, options);
  return { name, bytes, question: QUESTION, evaluatedAt: ledger.time, trust };
}

/** The ledger now, and as of the state before the last entries. */
export function casesOf(name: string, ledger: LedgerUnderTest): readonly EvidenceCase[] {
  const { size } = ledger;
  const states = Array.from({ length: size }, (_, seq) => seq).filter(
    (seq) => ledger.entry(seq).kind === 'map.committed',
  );
  const past = (['then', 'now'] as const).map((view): EvidenceCase => {
    const question = { ...QUESTION, asOf: { size: (states.at(-2) ?? size - 1) + 1, view } };
    const bytes = ledger.evidenceBytes(question);
    return { name: `${name}, ${view}`, bytes, question, evaluatedAt: ledger.time, trust: trustOf(ledger) };
  });
  return [caseOf(name, ledger), ...past];
}

export async function assertAgree(cases: readonly EvidenceCase[], verdicts: readonly string[]): Promise<void> {
  const found = await compareVerifiers(cases);
  assert.deepEqual(found.differences, []);
  for (const one of verdicts) assert((found.verdicts.get(one) ?? 0) > 1, [...found.verdicts].join());
}
