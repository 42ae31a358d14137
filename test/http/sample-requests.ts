import type { Operation } from '../../src/api/routes.ts';

/** A well-formed request for a route: its address, and a body where the route takes one. */
export type SampleRequest = { readonly target: string; readonly body?: string; readonly contentType?: string };

export const DIGEST = `sha256:${'ab'.repeat(32)}`;
const SIGNER = 'cd'.repeat(32);
const image = (rest = '') => ({ target: `/v1/images/${DIGEST}${rest}` });
const json = (target: string, value: unknown) => ({
  target,
  body: JSON.stringify(value),
  contentType: 'application/json',
});
const scope = { repositories: ['shop/*'], stages: ['test'] };

export const SAMPLE_REQUESTS: Readonly<Record<Operation, SampleRequest>> = {
  signImage: { target: '/v1/images/sign?repository=shop/api', body: '{}', contentType: 'application/octet-stream' },
  listImages: { target: '/v1/images?repository=shop/api&verdict=pass&limit=10' },
  readImage: image('?repository=shop/api'),
  readChain: image('/chain?limit=200'),
  readEvidence: image('/evidence'),
  readReport: image('/report?format=json'),
  submitAttestation: { target: '/v1/attestations?stage=test', body: '{}', contentType: 'text/plain' },
  verifyImage: json('/v1/verifications', { subject: DIGEST, repository: 'shop/api', record: false }),
  askGate: { target: `/v1/gate/${DIGEST}?repository=shop/api` },
  listEntries: { target: '/v1/entries?limit=1' },
  readEntry: { target: '/v1/entries/0' },
  readReceipt: { target: '/v1/entries/0/receipt' },
  readConsistency: { target: '/v1/consistency?from=1&to=2' },
  readCheckpoint: { target: '/log/checkpoint' },
  readEntryBundle: { target: '/log/tile/entries/000.p/1' },
  readTile: { target: '/log/tile/0/x001/067.p/12' },
  registerSigner: json('/v1/signers', { publicKeyPem: 'PEM', ...scope }),
  listSigners: { target: '/v1/signers' },
  readSigner: { target: `/v1/signers/${SIGNER}` },
  revokeSigner: { target: `/v1/signers/${SIGNER}/revoke` },
  publishContract: json('/v1/contracts', { contract: 'shop' }),
  listContracts: { target: '/v1/contracts' },
  readContract: { target: '/v1/contracts/shop' },
  withdrawContract: { target: '/v1/contracts/shop/withdraw' },
  grantPrincipal: json('/v1/principals', { principal: 'ci', role: 'pipeline', ...scope }),
  listPrincipals: { target: '/v1/principals' },
  readPrincipal: { target: '/v1/principals/ci' },
  revokePrincipal: json('/v1/principals/ci/revoke', {}),
  whoami: { target: '/v1/whoami' },
  createToken: json('/v1/tokens', { principal: 'ci', title: 'CI', lifetimeSeconds: 60 }),
  listTokens: { target: '/v1/tokens' },
  revokeToken: { target: '/v1/tokens/abc/revoke' },
  readHealth: { target: '/healthz' },
  readReadiness: { target: '/readyz' },
  readMetrics: { target: '/metrics' },
  readOpenapi: { target: '/openapi.json' },
  readDocs: { target: '/docs' },
  readDocsAsset: { target: '/docs/page.js' },
  readTrustFile: { target: '/.well-known/waybill/trust.json' },
};
