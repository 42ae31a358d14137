import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DIGEST, type EdgeUnderTest, openEdgeUnderTest, SARIF } from './edge-under-test.ts';

const contract = (...rules: readonly (readonly [rule: string, expression: string])[]) => ({
  contract: 'shop',
  repositories: ['shop/*'],
  stages: [{ stage: 'lint', count: 'latest', rules: rules.map(([rule, expression]) => ({ rule, expression })) }],
});

describe('a contract with rules, over a real service', () => {
  let edge: EdgeUnderTest;
  before(async () => {
    edge = await openEdgeUnderTest();
    assert.equal((await edge.sign()).status, 201);
  });
  after(() => edge[Symbol.asyncDispose]());

  const publish = (document: unknown) =>
    edge.ask('publishContract', { target: '/v1/contracts', body: JSON.stringify(document) });
  const gate = async () => {
    const { status, body } = await edge.ask('askGate', { target: `/v1/gate/${DIGEST}?repository=shop/api` });
    return [status, ...(body.reasons as { text: string }[]).map(({ text }) => text)];
  };

  test('is published where its rules make sense, and refused with the place where they do not', async () => {
    for (const [expression, code, message] of [
      ['predicate.runs.size( == 1', 'contract/rule-malformed', /character 22/],
      ['now() < 3', 'contract/rule-not-supported', /character 1\b/],
      ['predicate.text.matches("(a")', 'contract/rule-not-supported', /character 24/],
      [`${'('.repeat(40)}1${')'.repeat(40)} == 1`, 'contract/rule-too-complex', /character 33/],
      ['image.digset == "a"', 'contract/rule-type', /digset.*character 7/],
      ['predicate.runs.size()', 'contract/rule-type', /int/],
      ['1 + 1.5 > 2.0', 'contract/rule-type', /int \+ double.*character 1\b/],
    ] as const) {
      const refused = await publish(contract(['good', 'true'], ['bad', expression]));
      assert.deepEqual([refused.status, refused.body.code], [400, code], refused.text);
      assert.match(refused.body.detail, message);
      assert.match(refused.body.detail, /rule bad/);
      assert.equal(refused.body.at, '/stages/0/rules/1/expression');
    }
  });

  test('says which rule does not hold, and opens where all do', async () => {
    const published = await publish(
      contract(
        ['tool', 'predicate.runs.all(r, r.tool.driver.name.matches("^[a-z]+$"))'],
        ['no-findings', 'predicate.runs.all(r, r.results.size() == 0)'],
        ['version', 'has(predicate.runs[0].tool.driver.version) && predicate.version == "2.1.0"'],
        ['place', 'attestation.repository == image.repository && attestation.assurance == "service"'],
      ),
    );
    assert.equal(published.status, 201, published.text);
    const found = JSON.parse(SARIF);
    found.runs[0].results = [{ message: { text: 'found' } }];
    assert.equal((await edge.attest('lint', edge.admin, JSON.stringify(found))).status, 201);
    const [status, ...reasons] = await gate();
    assert.equal(status, 412);
    assert.deepEqual(
      reasons.map((text) => /rule ([a-z-]+)/.exec(String(text))?.[1]),
      ['no-findings', 'version'],
    );
    found.runs[0].results = [];
    found.runs[0].tool.driver.version = '1';
    assert.equal((await edge.attest('lint', edge.admin, JSON.stringify(found))).status, 201);
    assert.deepEqual(await gate(), [200]);
  });

  test('fails what cannot be evaluated, and never passes it', async () => {
    for (const expression of ['predicate.nothing == 1', 'predicate.runs[7] == 1', 'predicate.version']) {
      assert.equal((await publish(contract(['one', expression]))).status, 201);
      assert.equal((await gate())[0], 412, expression);
    }
  });
});
