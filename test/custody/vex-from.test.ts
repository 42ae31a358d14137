import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Contract } from '../../src/core/contract/contract.ts';
import type { JsonObject } from '../../src/core/encoding/json.ts';
import type { PredicateTypeName } from '../../src/core/statement/predicate-types.ts';
import {
  attest,
  digestOf,
  indexManifest,
  MANIFEST,
  openedLedger,
  publish,
  REPOSITORY,
  register,
  revoke,
  sign,
} from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { inProduction } from './previous-under-test.ts';
import { OLDER, OLDER_MANIFEST, release } from './releases-under-test.ts';
import { assertFound, assertPasses, verify } from './verify-under-test.ts';
import { grantPerson } from './waivers-under-test.ts';

const STAGING = 'shop/staging';
const CVE = 'CVE-2026-0001';

/** Nothing critical, and whoever is behind `triage` sets aside. */
const CONTRACT: Contract = {
  contract: 'heard',
  repositories: [REPOSITORY],
  vexFrom: ['triage'],
  stages: [{ stage: 'triage', count: 'latest' }],
  rules: [{ rule: 'none', expression: 'facts.vulnerabilities.total == 0' }],
};

type Options = Omit<NonNullable<Parameters<typeof attest>[1]>, 'type' | 'alter'>;

function stated(ledger: LedgerUnderTest, type: PredicateTypeName, predicate: JsonObject, options: Options): number {
  return attest(ledger, { ...options, type, alter: (statement) => ({ ...statement, predicate }) });
}

function scan(ledger: LedgerUnderTest, options: Options = {}, ids: readonly string[] = [CVE]): number {
  const result = ids.map((id) => ({ id, severity: [{ method: 'cvss', score: 'critical' }] }));
  return stated(ledger, 'vulns', { scanner: { result } }, { stage: 'scan', ...options });
}

function vex(ledger: LedgerUnderTest, options: Options = {}, status = 'not_affected', id = CVE): number {
  const statements = [{ vulnerability: { name: id }, status }];
  const context = 'https://openvex.dev/ns/v0.2.0';
  return stated(ledger, 'openvex', { '@context': context, statements }, { stage: 'triage', ...options });
}

/** Triage that says nothing, so that the stage is there. */
function quiet(ledger: LedgerUnderTest, options: Options = {}): number {
  return attest(ledger, { stage: 'triage', note: 'quiet', ...options });
}

function ledgerOf(contract: Contract, ...steps: readonly ((ledger: LedgerUnderTest) => unknown)[]): LedgerUnderTest {
  const ledger = openedLedger();
  publish(ledger, contract);
  sign(ledger);
  for (const step of steps) step(ledger);
  return ledger;
}

const without = ({ vexFrom: _, ...contract }: Contract): Contract => contract;
const assertViolated = (ledger: LedgerUnderTest) =>
  assertFound(verify(ledger), 'fail', 'contract/rule', 'contract/rule-violated');

test('VEX of a stage that the contract names sets aside, that of another does not (contract/rule-violated)', () => {
  assertPasses(verify(ledgerOf(CONTRACT, scan, vex)));
  const other = [scan, (ledger: LedgerUnderTest) => vex(ledger, { stage: 'lint' }), quiet];
  assertViolated(ledgerOf(CONTRACT, ...other));
  assertPasses(verify(ledgerOf(without(CONTRACT), ...other)));
  assertViolated(ledgerOf({ ...CONTRACT, vexFrom: [] }, scan, vex));
});

test('VEX by a key that the stage does not name, or that the service signed, sets nothing aside (contract/rule-violated)', () => {
  const held = (key: string, stage: (ledger: LedgerUnderTest) => object) => {
    const ledger = openedLedger();
    register(ledger, 'desk', { repositories: ['shop/*'] });
    const stages = [{ stage: 'triage', count: 'latest' as const, ...stage(ledger) }];
    publish(ledger, { ...CONTRACT, stages });
    sign(ledger);
    scan(ledger);
    vex(ledger, { key });
    quiet(ledger, { key: 'desk' });
    return ledger;
  };
  const signers = (ledger: LedgerUnderTest) => ({ signers: [ledger.key('desk').signer] });
  const own = () => ({ assurance: 'pipeline' });
  assertPasses(verify(held('desk', signers)));
  assertViolated(held('pipeline', signers));
  assertPasses(verify(held('pipeline', own)));
  assertViolated(held('service', own));
});

test('VEX that is not sound sets nothing aside (contract/rule-violated)', () => {
  const ledger = openedLedger();
  register(ledger, 'desk', { repositories: ['shop/*'] });
  revoke(ledger, 'desk', ledger.time);
  publish(ledger, CONTRACT);
  sign(ledger);
  scan(ledger);
  vex(ledger, { key: 'desk' });
  quiet(ledger);
  assertViolated(ledger);
});

test('VEX of an index is not handed down, whatever its stage (contract/rule-violated)', () => {
  const index = indexManifest([MANIFEST]);
  const ledger = ledgerOf(CONTRACT, (own) => sign(own, index), scan, quiet);
  vex(ledger, { digest: digestOf(index) });
  assertViolated(ledger);
});

test('VEX counts from a repository that the contract takes images from, by the stages there (contract/rule-violated)', () => {
  const promoted: Contract = { ...CONTRACT, from: [STAGING] };
  const there = (stage: string) => (ledger: LedgerUnderTest) => vex(ledger, { stage, repository: STAGING });
  assertPasses(verify(ledgerOf(promoted, scan, there('triage'))));
  assertViolated(ledgerOf(promoted, scan, there('lint'), quiet));
  assertViolated(ledgerOf(CONTRACT, scan, there('triage'), quiet));
  // Somebody else's record of the same statement takes nothing from it.
  const found = (ledger: LedgerUnderTest) => scan(ledger, { repository: STAGING });
  assertPasses(verify(ledgerOf(promoted, found, there('lint'), there('triage'))));
});

test('each contract hears whom it names itself', () => {
  const ledger = ledgerOf(CONTRACT, scan, (own) => vex(own, { stage: 'lint' }), quiet);
  publish(ledger, {
    ...without(CONTRACT),
    contract: 'all',
    rules: [{ rule: 'any', expression: 'facts.vulnerabilities.total == 0' }],
  });
  publish(ledger, {
    ...CONTRACT,
    contract: 'desk',
    vexFrom: ['lint'],
    stages: [{ stage: 'lint' }],
    rules: [{ rule: 'desk', expression: 'facts.vulnerabilities.total == 0' }],
  });
  const result = verify(ledger);
  const rules = result.checks.filter(({ code }) => code === 'contract/rule');
  assert.deepEqual(rules.map(({ contract, outcome }) => [contract, outcome]).sort(), [
    ['all', 'pass'],
    ['desk', 'pass'],
    ['heard', 'fail'],
  ]);
});

test('the image before is judged by the same stages (contract/rule-violated)', () => {
  const expression = 'facts.vulnerabilities.total <= previous.facts.vulnerabilities.total';
  const fewer: Contract = { ...CONTRACT, rules: [{ rule: 'fewer', expression }] };
  const before = (contract: Contract, stage: string) => {
    const ledger = openedLedger();
    grantPerson(ledger, 'anna', 'release-manager');
    publish(ledger, contract);
    sign(ledger, OLDER_MANIFEST);
    scan(ledger, { digest: OLDER });
    vex(ledger, { digest: OLDER, stage });
    release(ledger, { digest: OLDER });
    sign(ledger);
    scan(ledger);
    quiet(ledger);
    return inProduction(ledger);
  };
  assertFound(before(fewer, 'triage'), 'fail', 'contract/rule', 'contract/rule-violated');
  assertFound(before(without(fewer), 'lint'), 'fail', 'contract/rule', 'contract/rule-violated');
  const result = before(fewer, 'lint');
  assertPasses(result);
  // A comparison rests on no contract.
  assert.equal(result.comparison?.facts?.vulnerabilities?.before, 0);
});

type Drawn = { readonly kind: string; readonly stage: string; readonly key: string; readonly id: string };

const often = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const drawn = (...kinds: readonly string[]): fc.Arbitrary<Drawn> =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    stage: fc.constantFrom('triage', 'lint'),
    key: often('pipeline', 'service', 'revoked'),
    id: often(CVE, 'CVE-2026-0002'),
  });
/** One that lists a vulnerability, then what is said of it, and now and then another list. */
const DOCUMENTS = fc
  .tuple(
    drawn('scan', 'scan', 'ignored'),
    fc.array(drawn('not_affected', 'not_affected', 'fixed', 'affected', 'under_investigation'), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.array(drawn('bill', 'scan', 'ignored', 'none'), { maxLength: 1 }),
  )
  .map(([first, said, more]) => [first, ...said, ...more]);

/** Records what was drawn: a document that lists a vulnerability, sets one aside in its own list, or says something of one. */
function record(ledger: LedgerUnderTest, { kind, stage, key, id }: Drawn): void {
  const options = { stage, key };
  const zlib = { name: 'zlib', version: '1' };
  const found = { vulnerability: { id, severity: 'Critical' }, artifact: zlib };
  if (kind === 'scan') scan(ledger, options, [id]);
  else if (kind === 'ignored') stated(ledger, 'grype', { matches: [], ignoredMatches: [found] }, options);
  else if (kind === 'none') stated(ledger, 'grype', { matches: [] }, options);
  else if (kind === 'bill') {
    const of = (other: string, more: object) => ({ id: other, ratings: [{ severity: 'low' }], ...more });
    const vulnerabilities = [of(id, { analysis: { state: 'not_affected' } }), of('CVE-2026-0003', {})];
    stated(ledger, 'cyclonedx', { bomFormat: 'CycloneDX', specVersion: '1.6', vulnerabilities }, options);
  } else vex(ledger, options, kind, id);
}

test('with vexFrom no image passes that does not without it, where rules bound what is found', () => {
  let [kept, tightened] = [0, 0];
  fc.assert(
    fc.property(
      DOCUMENTS,
      fc.constantFrom([], ['triage'], ['lint']),
      fc.constantFrom('facts.vulnerabilities.total == 0', 'facts.vulnerabilities.critical <= 1'),
      fc.boolean(),
      (documents, vexFrom, expression, own) => {
        const stage = own ? { assurance: 'pipeline' as const } : {};
        const contract: Contract = {
          ...CONTRACT,
          vexFrom,
          stages: ['triage', 'lint'].map((name) => ({ stage: name, count: 'latest', ...stage })),
          rules: [{ rule: 'none', expression: `!has(facts.vulnerabilities) || ${expression}` }],
          limits: { componentsMax: 0 },
        };
        const ledger = openedLedger();
        register(ledger, 'revoked', { repositories: ['shop/*'] });
        revoke(ledger, 'revoked', ledger.time);
        publish(ledger, contract);
        publish(ledger, { ...without(contract), contract: 'all' });
        sign(ledger);
        // Both stages are there, and a bill without components.
        quiet(ledger, { stage: 'triage' });
        quiet(ledger, { stage: 'lint' });
        stated(ledger, 'cyclonedx', { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] }, { stage: 'sbom' });
        for (const one of documents) record(ledger, one);
        quiet(ledger, { stage: 'triage', note: 'last' });
        quiet(ledger, { stage: 'lint', note: 'last' });
        const failed = verify(ledger).checks.filter(({ outcome }) => outcome === 'fail');
        const [heard, everybody] = ['heard', 'all'].map((name) => failed.filter((one) => one.contract === name));
        assert(heard !== undefined && everybody !== undefined);
        for (const { code, reason, detail } of everybody) {
          assert(
            heard.some((one) => one.code === code && one.reason === reason && one.detail === detail),
            `${code}`,
          );
        }
        if (heard.length > everybody.length) tightened += 1;
        else kept += 1;
      },
    ),
    { numRuns: 100 },
  );
  assert(tightened > 5 && kept > 20, `${tightened} tightened, ${kept} kept`);
});
