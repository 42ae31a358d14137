import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CONTROLLED_MEDIA_TYPE } from '../../src/api/contracts.ts';
import { controlSetFields } from '../../src/core/control/control-keys.ts';
import { parseTrustFile } from '../../src/core/custody/trust-file.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { TRUST_KEY } from '../../src/core/entry/keys.ts';
import { CONTROL, controlSet } from '../custody/control-under-test.ts';
import { agreeTo, agreeToContract } from '../service/agreement.ts';
import { type EdgeUnderTest, openEdgeUnderTest } from './edge-under-test.ts';

const CONTRACT = { contract: 'shop', repositories: ['shop/*'], stages: [] };

describe('a log under control keys, over HTTP', () => {
  let edge: EdgeUnderTest;
  before(async () => {
    edge = await openEdgeUnderTest({ control: CONTROL });
  });
  after(() => edge[Symbol.asyncDispose]());
  const publish = (body: unknown, type: string = CONTROLLED_MEDIA_TYPE) =>
    edge.ask('publishContract', { target: '/v1/contracts', body: JSON.stringify(body), type });

  test('a contract is published with its agreement, found again without, and refused otherwise by code and status', async () => {
    const bare = await publish(CONTRACT, 'application/json');
    assert.deepEqual([bare.status, bare.body.code, bare.body.at], [422, 'control/missing', 'control']);
    const control = await agreeToContract(edge.store, CONTRACT);
    for (const body of [{ document: CONTRACT }, { control }, { document: CONTRACT, control, more: 1 }, CONTRACT]) {
      const refused = await publish(body);
      assert.deepEqual([refused.status, refused.body.code], [400, 'http/invalid-body'], JSON.stringify(body));
    }
    for (const text of ['', 'é', 'a<b', 'x'.repeat(16_385)]) {
      const refused = await publish({ document: CONTRACT, control: text });
      assert.deepEqual([refused.status, refused.body.code], [400, 'http/invalid-body']);
    }
    const malformed = await publish({ document: CONTRACT, control: '{}' });
    assert.deepEqual([malformed.status, malformed.body.code], [400, 'control/malformed']);
    const made = await publish({ document: CONTRACT, control });
    assert.equal(made.status, 201, made.text);
    assert.equal((await publish({ document: CONTRACT, control })).status, 200);
    assert.equal((await publish(CONTRACT, 'application/json')).status, 200);
    const late = await publish({ document: { ...CONTRACT, title: 'another' }, control });
    assert.deepEqual([late.status, late.body.code], [409, 'control/wrong-place']);
    const withdrawn = await edge.ask('withdrawContract', { target: '/v1/contracts/shop/withdraw' });
    assert.deepEqual([withdrawn.status, withdrawn.body.code], [422, 'control/missing']);
  });

  test('trust file and status name the control keys, and a change of them is agreed to', async () => {
    const trust = await edge.client.get('/.well-known/waybill/trust.json');
    const read = parseTrustFile(encodeUtf8(trust.text));
    assert(read.ok && read.value.control !== undefined);
    assert.deepEqual(controlSetFields(read.value.control), controlSetFields(CONTROL));
    const next = { ...controlSetFields(controlSet(['dan', 'p256-eve'], 2)) };
    const change = (control: string) =>
      edge.ask('changeControlKeys', { target: '/v1/control-keys', body: JSON.stringify({ ...next, control }) });
    const refused = await change('{}');
    assert.deepEqual([refused.status, refused.body.code], [400, 'control/malformed']);
    const agreed = await agreeTo(edge.store, { kind: 'control-keys.changed', key: TRUST_KEY, body: next });
    const changed = await change(agreed);
    assert.equal(changed.status, 200, changed.text);
    const auditor = await edge.tokenFor('auditor-one', 'auditor');
    const keys = await edge.ask('readControlKeys', { target: '/v1/control-keys', token: auditor });
    assert.deepEqual([keys.body.controlKeys, keys.body.opened], [next.controlKeys, controlSetFields(CONTROL)]);
    const mine = await edge.ask('changeControlKeys', {
      target: '/v1/control-keys',
      token: auditor,
      body: JSON.stringify({ ...next, control: agreed }),
    });
    assert.deepEqual([mine.status, mine.body.code], [403, 'auth/role-not-allowed']);
  });
});
