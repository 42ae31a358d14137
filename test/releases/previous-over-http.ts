import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DIGEST, MANIFEST, openShop } from '../waivers/waivers-over-http.ts';

/** Another image of the shop, older than the one that everything is about. */
const OLDER_MANIFEST = Buffer.from(MANIFEST.toString().replace('1'.repeat(64), '2'.repeat(64)));
export const OLDER = `sha256:${createHash('sha256').update(OLDER_MANIFEST).digest('hex')}`;

/** No image may have more components than the one that it takes the place of. */
const SMALLER = {
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

/** The shop with an image of three components, an older one, and no contract but the one above. */
export async function openCompared() {
  const shop = await openShop();
  const { ci, anna } = shop.tokens;
  const withdraw = async (contract: string) => {
    const answer = await shop.ask('withdrawContract', { target: `/v1/contracts/${contract}/withdraw`, body: '{}' });
    assert(answer.status < 300, answer.text);
  };
  const publish = async (contract: object) => {
    const answer = await shop.ask('publishContract', { target: '/v1/contracts', body: JSON.stringify(contract) });
    assert.equal(answer.status, 201, answer.text);
  };
  await withdraw('shop');
  await publish(SMALLER);
  const sign = '/v1/images/sign?repository=shop/api';
  const signed = await shop.ask('signImage', {
    target: sign,
    token: ci,
    body: OLDER_MANIFEST,
    type: 'application/octet-stream',
  });
  assert.equal(signed.status, 201, signed.text);
  const image = (digest: string, what: string) => `/v1/images/${digest}/${what}repository=shop/api`;
  const compared = {
    ...shop,
    /** Attests a bill of so many components. */
    bill: async (digest: string, count: number) => {
      const components = Array.from({ length: count }, (_, at) => ({ type: 'library', name: `p${at}`, version: '1' }));
      const answer = await shop.ask('submitAttestation', {
        target: `/v1/attestations?repository=shop/api&stage=sbom&subject=${digest}`,
        token: ci,
        body: JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components }),
      });
      assert.equal(answer.status, 201, answer.text);
      return answer.body.seq as number;
    },
    release: (digest: string, environment = 'production') =>
      shop.ask('releaseImage', {
        target: `/v1/images/${digest}/release`,
        token: anna,
        body: JSON.stringify({ repository: 'shop/api', environment }),
      }),
    /** Retires it in production. */
    retire: (digest: string) =>
      shop.ask('retireImage', {
        target: `/v1/images/${digest}/retire`,
        token: anna,
        body: JSON.stringify({ repository: 'shop/api', environment: 'production' }),
      }),
    /** From now on no contract compares. */
    comparesNothing: async () => {
      await withdraw('smaller');
      await publish({ contract: 'plain', repositories: ['shop/*'], stages: [{ stage: 'sbom' }] });
    },
    gateFor: (digest: string, environment?: string) =>
      shop.ask('askGate', {
        target: `/v1/gate/${digest}?repository=shop/api${environment === undefined ? '' : `&environment=${environment}`}`,
        token: anna,
      }),
    verifyIn: (digest: string, more: object = {}) =>
      shop.ask('verifyImage', {
        target: '/v1/verifications',
        token: anna,
        body: JSON.stringify({ subject: digest, repository: 'shop/api', ...more }),
      }),
    evidence: (digest: string, query = '') =>
      shop.ask('readEvidence', { target: image(digest, 'evidence?') + query, token: anna }),
  };
  await compared.bill(DIGEST, 3);
  return compared;
}
