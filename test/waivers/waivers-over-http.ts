import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DIGEST, type EdgeUnderTest, MANIFEST, openEdgeUnderTest } from '../http/edge-under-test.ts';

export { DIGEST } from '../http/edge-under-test.ts';

/** Body of an answer that a test looks into. */
type Answer = Awaited<ReturnType<EdgeUnderTest['ask']>>;

export const CONTRACT = { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'lint' }, { stage: 'scan' }] };

/** An hour, a day. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const soon = (milliseconds = 7 * DAY_MS): string => new Date(Date.now() + milliseconds).toISOString();

/**
 * The edge over a service whose image was signed and linted and never scanned: `robot` is the person behind its pipeline,
 * and anna, ben and carl are release managers of the shop, dora one of the bank.
 */
export async function openShop() {
  const edge = await openEdgeUnderTest();
  const grant = async (
    principal: string,
    role: string,
    person: string | null = principal,
    repositories: readonly string[] = ['shop/*'],
  ) => {
    const named = person === null ? {} : { person };
    const body = JSON.stringify({ principal, role, repositories, stages: ['*'], ...named });
    const granted = await edge.ask('grantPrincipal', { target: '/v1/principals', body });
    assert([200, 201].includes(granted.status), granted.text);
    const wanted = JSON.stringify({ principal, title: 't', lifetimeSeconds: 3_600 });
    const token = await edge.ask('createToken', { target: '/v1/tokens', body: wanted });
    assert.equal(token.status, 201, token.text);
    return token.body.token as string;
  };
  const ci = await grant('shop-ci', 'pipeline', 'robot');
  const [anna, ben, carl] = [
    await grant('anna', 'release-manager'),
    await grant('ben', 'release-manager'),
    await grant('carl', 'release-manager'),
  ];
  const dora = await grant('dora', 'release-manager', 'dora', ['bank/*']);
  const published = await edge.ask('publishContract', { target: '/v1/contracts', body: JSON.stringify(CONTRACT) });
  assert.equal(published.status, 201, published.text);
  assert.equal((await edge.sign(ci)).status, 201);
  assert.equal((await edge.attest('lint', ci)).status, 201);
  const shop = {
    ...edge,
    grant,
    tokens: { ci, anna, ben, carl, dora },
    request: (token = anna, over: Readonly<Record<string, unknown>> = {}, key?: string) =>
      send(edge, 'requestWaiver', '/v1/waivers', token, { ...REQUEST, expires: soon(), ...over }, key),
    approve: (waiver: string, token = ben, key?: string) =>
      send(edge, 'approveWaiver', `/v1/waivers/${waiver}/approve`, token, {}, key),
    revoke: (waiver: string, token = carl, key?: string) =>
      send(edge, 'revokeWaiver', `/v1/waivers/${waiver}/revoke`, token, {}, key),
    read: (waiver: string, token = anna) => edge.ask('readWaiver', { target: `/v1/waivers/${waiver}`, token }),
    list: (query: string, token = anna) => edge.ask('listWaivers', { target: `/v1/waivers?${query}`, token }),
    gate: (token = anna) => edge.ask('askGate', { target: `/v1/gate/${DIGEST}?repository=shop/api`, token }),
    verify: (token = anna, record = false) =>
      edge.ask('verifyImage', {
        target: '/v1/verifications',
        token,
        body: JSON.stringify({ subject: DIGEST, repository: 'shop/api', ...(record ? { record } : {}) }),
      }),
    /** A waiver that is in force: asked for by anna, approved by ben. */
    waived: async (over: Readonly<Record<string, unknown>> = {}): Promise<string> => {
      const asked = await shop.request(anna, { reason: randomUUID(), ...over });
      assert.equal(asked.status, 201, asked.text);
      const approved = await shop.approve(asked.body.waiver);
      assert.equal(approved.status, 200, approved.text);
      return asked.body.waiver;
    },
  };
  return shop;
}

export const REQUEST = {
  digest: DIGEST,
  repository: 'shop/api',
  contract: 'shop',
  check: 'contract/stage',
  stage: 'scan',
  reason: 'SHOP-113: no fix yet',
} as const;

export { MANIFEST };

function send(
  edge: EdgeUnderTest,
  operation: Parameters<EdgeUnderTest['ask']>[0],
  target: string,
  token: string,
  body: object = {},
  key?: string,
): Promise<Answer> {
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  return edge.ask(operation, { target, token, body: JSON.stringify(body), headers });
}

/** Asserts a refusal by its code. */
export function assertRefused(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
}
