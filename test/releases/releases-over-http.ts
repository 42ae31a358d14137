import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DIGEST, MANIFEST, openShop } from '../waivers/waivers-over-http.ts';

/** Another image of the shop, older than the one that everything is about. */
const OLDER_MANIFEST = Buffer.from(MANIFEST.toString().replace('1'.repeat(64), '2'.repeat(64)));
export const OLDER = `sha256:${createHash('sha256').update(OLDER_MANIFEST).digest('hex')}`;

/** The shop with an image that passes, as its scan was attested too. */
export async function openReleasable() {
  const shop = await openShop();
  assert.equal((await shop.attest('scan', shop.tokens.ci)).status, 201);
  const post = (operation: 'releaseImage' | 'retireImage', digest: string, body: object, token: string, key?: string) =>
    shop.ask(operation, {
      target: `/v1/images/${digest}/${operation === 'releaseImage' ? 'release' : 'retire'}`,
      token,
      body: JSON.stringify({ repository: 'shop/api', ...body }),
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
  const { anna } = shop.tokens;
  return {
    ...shop,
    release: (body: object = {}, token = anna, key?: string, digest = DIGEST) =>
      post('releaseImage', digest, { environment: 'production', ...body }, token, key),
    retire: (body: object = {}, token = anna, digest = DIGEST) => post('retireImage', digest, body, token),
    releases: (query = '', token = anna) => shop.ask('listReleases', { target: `/v1/releases?${query}`, token }),
    changes: (environment = 'production') =>
      shop.ask('readChanges', { target: `/v1/images/${DIGEST}/changes?environment=${environment}`, token: anna }),
    gateIn: (environment: string) =>
      shop.ask('askGate', { target: `/v1/gate/${DIGEST}?environment=${environment}`, token: anna }),
    /** Signs and attests the older image, so that it passes. */
    makeOlder: async () => {
      const target = '/v1/images/sign?repository=shop/api';
      const type = 'application/octet-stream';
      assert.equal(
        (await shop.ask('signImage', { target, token: shop.tokens.ci, body: OLDER_MANIFEST, type })).status,
        201,
      );
      for (const stage of ['lint', 'scan', 'smoke']) {
        const about = `/v1/attestations?repository=shop/api&stage=${stage}&subject=${OLDER}`;
        const body = JSON.stringify({ version: '2.1.0', runs: [] });
        const attested = await shop.ask('submitAttestation', { target: about, token: shop.tokens.ci, body });
        assert.equal(attested.status, 201, attested.text);
      }
    },
  };
}
