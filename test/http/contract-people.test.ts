import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DIGEST, type EdgeUnderTest, openEdgeUnderTest, SARIF } from './edge-under-test.ts';

const CONTRACT = `contract: shop
repositories: ["shop/*"]
stages:
  - stage: review
    threshold: 2
    distinctFromBuilder: true
`;

describe('a contract that counts people, over a real service', () => {
  let edge: EdgeUnderTest;
  before(async () => {
    edge = await openEdgeUnderTest();
  });
  after(() => edge[Symbol.asyncDispose]());

  async function tokenOf(principal: string, person?: string): Promise<string> {
    const token = await edge.tokenFor(principal, 'pipeline', ['shop/*']);
    if (person === undefined) return token;
    const grant = { principal, role: 'pipeline', repositories: ['shop/*'], stages: ['*'], person };
    const granted = await edge.ask('grantPrincipal', { target: '/v1/principals', body: JSON.stringify(grant) });
    assert.equal(granted.status, 201, granted.text);
    return token;
  }

  const publish = async (body: string) => {
    const published = await edge.ask('publishContract', { target: '/v1/contracts', body, type: 'application/yaml' });
    assert.equal(published.status, 201, published.text);
    return published;
  };
  const review = async (token: string, what: string) => {
    const attested = await edge.attest('review', token, SARIF.replace('lint', what));
    assert.equal(attested.status, 201, attested.text);
  };
  const gate = async () => {
    const { status, body } = await edge.ask('askGate', { target: `/v1/gate/${DIGEST}?repository=shop/api` });
    const reasons = (body.reasons as { code: string; reason: string }[]).map(({ code, reason }) => `${code} ${reason}`);
    return { status, reasons, until: body.validUntil as string | undefined };
  };

  test('two people who did not build it open the gate, two principals of one person do not', async () => {
    const builder = await tokenOf('shop-ci', 'carla');
    assert.equal((await edge.sign(builder)).status, 201);
    await publish(CONTRACT);
    assert.deepEqual(await gate(), {
      status: 412,
      reasons: ['contract/stage contract/stage-missing'],
      until: undefined,
    });

    await review(await tokenOf('ana-laptop', 'ana'), 'first');
    assert.deepEqual((await gate()).reasons, ['contract/threshold contract/too-few-people']);
    await review(await tokenOf('ana-phone', 'ana'), 'second');
    assert.deepEqual((await gate()).reasons, ['contract/threshold contract/too-few-people']);
    await review(await tokenOf('bot'), 'third');
    assert.deepEqual((await gate()).reasons, ['contract/threshold contract/person-unknown']);
    await review(builder, 'fourth');
    assert.deepEqual((await gate()).reasons, ['contract/people contract/person-unknown']);
    await review(await tokenOf('ben', 'ben'), 'fifth');
    assert.deepEqual(await gate(), { status: 200, reasons: [], until: undefined });
  });

  test('an answer that rests on an age is withdrawn when that is over, without anything being recorded', async () => {
    await publish(CONTRACT.replace('    threshold: 2\n', '    maxAge: 1h\n'));
    const long = await gate();
    assert.equal(long.status, 200, long.reasons.join());
    const chain = await edge.ask('readChain', { target: `/v1/images/${DIGEST}/chain?repository=shop/api&limit=200` });
    const times = (chain.body.items as { entry: { stage?: string; time: string } }[])
      .filter(({ entry }) => entry.stage === 'review')
      .map(({ entry }) => Date.parse(entry.time));
    assert.equal(Date.parse(long.until ?? ''), Math.max(...times) + 3_600_000);

    await publish(CONTRACT.replace('    threshold: 2\n    distinctFromBuilder: true\n', '    maxAge: 3s\n'));
    await review(await tokenOf('cem', 'cem'), 'sixth');
    const short = await gate();
    assert.equal(short.status, 200, short.reasons.join());
    await sleep(Date.parse(short.until ?? '') - Date.now() + 5);
    assert.deepEqual(await gate(), { status: 412, reasons: ['contract/freshness contract/stale'], until: undefined });
  });
});
