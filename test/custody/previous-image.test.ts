import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageKey, releaseKey } from '../../src/core/entry/keys.ts';
import { attest, imageManifest, QUESTION, REPOSITORY, register, revoke, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import {
  billOf,
  comparedLedger,
  IN_PRODUCTION,
  inProduction,
  NEWER,
  NEWER_MANIFEST,
  releaseOlder,
  SMALLER,
} from './previous-under-test.ts';
import { OLDER, release, retire } from './releases-under-test.ts';
import { COMMIT, close, open, RUN } from './run-under-test.ts';
import { assertFound, assertPasses, verify } from './verify-under-test.ts';

const PRODUCTION = releaseKey(REPOSITORY, 'production');

/** An image of three components, after one of `older` of them. */
function succeeding(older: number): LedgerUnderTest {
  const ledger = comparedLedger(3);
  releaseOlder(ledger, older);
  return ledger;
}

test('a rule sees the facts of what was released to the environment before (contract/rule-violated)', () => {
  assertPasses(inProduction(succeeding(4)));
  assertPasses(inProduction(succeeding(3)));
  const check = assertFound(inProduction(succeeding(2)), 'fail', 'contract/rule', 'contract/rule-violated');
  assert.deepEqual([check.contract, check.detail], ['smaller', 'no-more']);
});

test('where nothing was released there, the rule says itself whether that will do (contract/rule-missing-field)', () => {
  const ledger = comparedLedger(3);
  release(ledger, { digest: OLDER, environment: 'staging' });
  release(ledger, { digest: OLDER, repository: 'shop/web' });
  release(ledger);
  assertPasses(inProduction(ledger));
  const expression = 'facts.components.count <= previous.facts.components.count';
  const strict = comparedLedger(3, { ...SMALLER, rules: [{ rule: 'no-more', expression }] });
  assertFound(inProduction(strict), 'fail', 'contract/rule', 'contract/rule-missing-field');
});

test('a rule that compares fails where the question names no environment (contract/no-environment)', () => {
  const ledger = succeeding(4);
  assertFound(verify(ledger), 'fail', 'contract/rule', 'contract/no-environment');
  const asked = verify(ledger, { environment: 'production' });
  assertFound(asked, 'fail', 'contract/rule', 'contract/no-environment');
});

test('evidence for one environment, or for none, answers no question about another (custody/wrong-question)', () => {
  const ledger = succeeding(4);
  for (const environment of ['staging', undefined]) {
    const { environment: _, ...rest } = IN_PRODUCTION;
    const question = environment === undefined ? rest : { ...rest, environment };
    assertFound(verify(ledger, { question, asked: IN_PRODUCTION }), 'fail', 'origin', 'custody/wrong-question');
    const other = verify(ledger, { question: IN_PRODUCTION, asked: question });
    assertFound(other, 'fail', 'origin', 'custody/wrong-question');
  }
  const elsewhere = inProduction(ledger, { environment: 'staging' });
  assertFound(elsewhere, 'fail', 'origin', 'custody/wrong-question');
  assertPasses(inProduction(ledger, { environment: 'production' }));
});

test('an image that was retired in the environment in question fails there (image/retired)', () => {
  const ledger = succeeding(4);
  release(ledger);
  retire(ledger, { environment: 'production' });
  assertFound(inProduction(ledger), 'fail', 'image/retired', 'image/retired');
});

test('the newest release of another image counts, past those of the image itself and past retirements', () => {
  const ledger = comparedLedger(3);
  releaseOlder(ledger, 2);
  sign(ledger, NEWER_MANIFEST);
  billOf(ledger, NEWER, 4);
  release(ledger, { digest: NEWER });
  retire(ledger, { digest: NEWER, environment: 'production' });
  release(ledger);
  assertPasses(inProduction(ledger));
  release(ledger, { digest: OLDER });
  assertFound(inProduction(ledger), 'fail', 'contract/rule', 'contract/rule-violated');
});

test('of the list of the environment the end is shown, from the previous release on, and nothing before it is (entry/not-needed)', () => {
  const ledger = comparedLedger(3);
  const first = release(ledger, { digest: NEWER });
  const { released } = releaseOlder(ledger, 4);
  const own = release(ledger);
  const parts = ledger.evidence(IN_PRODUCTION);
  const shown = parts.entries.filter(({ entry }) => entry.keys.some(({ key }) => key === PRODUCTION));
  assert.deepEqual(
    shown.map(({ entry }) => entry.seq),
    [released, own],
  );
  assert.equal(parts.lists.find(({ key }) => key === PRODUCTION)?.n, 3);
  assertPasses(inProduction(ledger));
  const more = ledger.evidence({ ...IN_PRODUCTION, subject: OLDER }).entries.find(({ entry }) => entry.seq === first);
  assert(more !== undefined);
  const result = inProduction(ledger, { edit: (all) => ({ ...all, entries: [...all.entries, more] }) });
  assertFound(result, 'fail', 'list/complete', 'entry/not-needed');
});

test('documents of the previous image that are withheld or erased leave nothing to compare with (payload/absent)', () => {
  const ledger = comparedLedger(3);
  const { bill } = releaseOlder(ledger, 2);
  const result = inProduction(ledger, { withoutPayloads: [bill] });
  assertFound(result, 'fail', 'contract/rule', 'payload/absent');
  assert(result.intact, 'it is no fault of the image in question');
});

test('a previous image of which an attestation does not hold or read is none to compare with (contract/previous-unreadable)', () => {
  const foul: readonly ((ledger: LedgerUnderTest) => void)[] = [
    (ledger) => {
      register(ledger, 'other', { repositories: ['shop/*'] });
      billOf(ledger, OLDER, 90, { key: 'other' });
      revoke(ledger, 'other', '2026-03-01T12:00:00.000Z');
    },
    (ledger) => billOf(ledger, OLDER, 90, { key: 'unregistered' }),
    (ledger) => billOf(ledger, OLDER, 1, { name: 'x'.repeat(1_025) }),
  ];
  for (const spoil of foul) {
    const ledger = succeeding(4);
    assertPasses(inProduction(ledger));
    spoil(ledger);
    const result = inProduction(ledger);
    assertFound(result, 'fail', 'contract/rule', 'contract/previous-unreadable');
    assert(result.intact);
  }
});

test('a release by somebody who may not is none to compare with, and does not go away (contract/previous-unreadable)', () => {
  const ledger = succeeding(2);
  sign(ledger, NEWER_MANIFEST);
  billOf(ledger, NEWER, 90);
  release(ledger, { digest: NEWER, by: 'shop-ci' });
  assertFound(inProduction(ledger), 'fail', 'contract/rule', 'contract/previous-unreadable');
});

test('what is attested of the commit of the previous image counts among its facts', () => {
  const expression = `previous.facts.components.count == 6 && previous.digest == "${OLDER}"`;
  const ledger = comparedLedger(3, { ...SMALLER, rules: [{ rule: 'both', expression }] });
  open(ledger);
  sign(ledger, imageManifest('77'), { entry: { run: RUN } });
  billOf(ledger, OLDER, 4);
  const components = [1, 2].map((at) => ({ type: 'library', name: `of-source-${at}`, version: '1' }));
  attest(ledger, {
    stage: 'sources',
    type: 'cyclonedx',
    alter: (statement) => ({
      ...statement,
      subject: [{ digest: { gitCommit: COMMIT } }],
      predicate: { bomFormat: 'CycloneDX', specVersion: '1.6', components },
    }),
    entry: { run: RUN, body: { form: 'envelope', subjects: [`gitCommit:${COMMIT}`] } },
  });
  close(ledger, 'succeeded');
  release(ledger, { digest: OLDER });
  assertPasses(inProduction(ledger));
});

test('as of a past state the release that was the newest then counts', () => {
  const ledger = comparedLedger(3);
  const before = ledger.size;
  releaseOlder(ledger, 4);
  const between = ledger.size;
  sign(ledger, NEWER_MANIFEST);
  billOf(ledger, NEWER, 2);
  release(ledger, { digest: NEWER });
  assertFound(inProduction(ledger), 'fail', 'contract/rule', 'contract/rule-violated');
  for (const view of ['then', 'now'] as const) {
    for (const size of [before, between]) {
      assertPasses(inProduction(ledger, { question: { ...IN_PRODUCTION, asOf: { size, view } } }));
    }
  }
});

test('contracts that compare nothing are met as before, with an environment in question and without', () => {
  const ledger = comparedLedger(3, { ...SMALLER, rules: [{ rule: 'few', expression: 'facts.components.count < 9' }] });
  const { bill } = releaseOlder(ledger, 2);
  assertPasses(verify(ledger));
  assertPasses(inProduction(ledger));
  assertPasses(inProduction(ledger, { withoutPayloads: [bill] }));
});

test('evidence without an environment is what it was before there were rules that compare', () => {
  const ledger = succeeding(4);
  const { lists } = ledger.evidence(QUESTION);
  assert(!lists.some(({ key }) => key === PRODUCTION || key === imageKey(OLDER)));
});
