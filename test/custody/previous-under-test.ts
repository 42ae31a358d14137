import type { Contract } from '../../src/core/contract/contract.ts';
import type { Question } from '../../src/core/custody/evidence.ts';
import type { CustodyResult } from '../../src/core/custody/verify-custody.ts';
import {
  attest,
  digestOf,
  IMAGE,
  imageManifest,
  openedLedger,
  publish,
  REPOSITORY,
  sign,
} from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { OLDER, OLDER_MANIFEST, release } from './releases-under-test.ts';
import { type VerifyOptions, verify } from './verify-under-test.ts';
import { grantPerson } from './waivers-under-test.ts';

/** No image may have more components than the one that it takes the place of. */
export const SMALLER: Contract = {
  contract: 'smaller',
  repositories: ['shop/*'],
  stages: [{ stage: 'sbom' }],
  rules: [
    {
      rule: 'no-more',
      expression: '!has(previous.facts) || facts.components.count <= previous.facts.components.count',
    },
  ],
};

/** The image in question, to be run in production. */
export const IN_PRODUCTION: Question = { subject: IMAGE, repository: REPOSITORY, environment: 'production' };

/** Another image that comes before. */
export const NEWER_MANIFEST = imageManifest('88');
export const NEWER = digestOf(NEWER_MANIFEST);

/** Custody of the image in question, to be run in production. */
export function inProduction(ledger: LedgerUnderTest, options: VerifyOptions = {}): CustodyResult {
  return verify(ledger, { question: IN_PRODUCTION, ...options });
}

/** Attests a bill of materials with so many components. */
export function billOf(
  ledger: LedgerUnderTest,
  digest: string,
  count: number,
  { name = 'part', ...options }: { readonly key?: string; readonly name?: string; readonly repository?: string } = {},
): number {
  const components = Array.from({ length: count }, (_, at) => ({
    type: 'library',
    name: `${name}-${at}`,
    version: '1',
  }));
  const predicate = { bomFormat: 'CycloneDX', specVersion: '1.6', components };
  return attest(ledger, {
    stage: 'sbom',
    type: 'cyclonedx',
    digest,
    ...options,
    alter: (statement) => ({ ...statement, predicate }),
  });
}

/** The contract above, anna as release manager, and the image in question with so many components. */
export function comparedLedger(components: number, contract = SMALLER): LedgerUnderTest {
  const ledger = openedLedger();
  grantPerson(ledger, 'anna', 'release-manager');
  publish(ledger, contract);
  sign(ledger);
  billOf(ledger, IMAGE, components);
  return ledger;
}

/** Signs, describes and releases the older image to production; gives the seqs of its bill and of its release. */
export function releaseOlder(ledger: LedgerUnderTest, components: number) {
  sign(ledger, OLDER_MANIFEST);
  const bill = billOf(ledger, OLDER, components);
  return { bill, released: release(ledger, { digest: OLDER }) };
}
