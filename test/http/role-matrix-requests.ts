import { createHash } from 'node:crypto';
import type { Operation } from '../../src/api/routes.ts';
import { DIGEST, MANIFEST } from './edge-under-test.ts';

/** What stands in the ledger, for requests to name. */
export type Things = {
  readonly run: string;
  readonly waiver: string;
  /** One that is there to be revoked, and the key that signed the images. */
  readonly signer: string;
  readonly imageSigner: string;
  readonly tokenId: string;
  /** One that is told of `shop/api`, and one that is there to be removed. */
  readonly webhook: string;
  readonly spareWebhook: string;
  readonly publicKeyPem: string;
  /** An entry of `shop/api`, and one without a repository. */
  readonly seq: number;
  readonly trustSeq: number;
  readonly expires: string;
};

/** A request about `shop/api`, or about another repository where it names one. */
export type MatrixRequest = {
  /** Whether it names the repository. */
  readonly isNamed: boolean;
  readonly target: (repository: string) => string;
  readonly body?: (repository: string) => string | Uint8Array;
  readonly type?: string;
  /** Codes that say that somebody who may got as far as the use case, beside the answers of the route. */
  readonly reached?: readonly string[];
};

/** An image that nothing else is about, to be retired. */
export const OTHER_MANIFEST = Buffer.from(MANIFEST.toString().replace('1'.repeat(64), '2'.repeat(64)));

const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';
const bytes = 'application/octet-stream';

/** Every route, with requests that an administrator gets an answer to; a route without one does not compile. */
export function matrixRequests(things: Things): Readonly<Record<Operation, readonly MatrixRequest[]>> {
  const { run, waiver, signer, imageSigner, tokenId, webhook, spareWebhook, publicKeyPem, seq, expires } = things;
  const at = (target: string): readonly MatrixRequest[] => [{ isNamed: false, target: () => target }];
  const post = (target: string, body: unknown, reached: readonly string[] = []): readonly MatrixRequest[] => [
    { isNamed: false, target: () => target, body: () => JSON.stringify(body), reached },
  ];
  /** With the repository in the query, and without it. */
  const both = (target: string): readonly MatrixRequest[] => {
    const named = (repository: string) => `${target}${target.includes('?') ? '&' : '?'}repository=${repository}`;
    return [{ isNamed: true, target: named }, ...at(target)];
  };
  /** With the repository in the body, and without it. */
  const bothIn = (target: string, body: object, reached: readonly string[] = []): readonly MatrixRequest[] => [
    {
      isNamed: true,
      target: () => target,
      body: (repository) => JSON.stringify({ ...body, repository }),
      reached,
    },
    ...post(target, body, reached),
  ];
  const named = (target: string, body: (repository: string) => string | Uint8Array, type?: string) => [
    { isNamed: true, target: () => target, body, ...(type === undefined ? {} : { type }) },
  ];
  const attestation = (repository: string) =>
    JSON.stringify({
      subject: DIGEST,
      repository,
      stage: 'lint',
      predicateType: TEST_RESULT,
      predicate: { result: 'PASSED', configuration: [] },
    });
  const image = `/v1/images/${DIGEST}`;
  const asked = {
    digest: DIGEST,
    contract: 'shop',
    check: 'contract/stage',
    stage: 'lint',
    reason: 'why not',
    expires,
  };
  const scope = { repositories: ['shop/api'], stages: ['lint'] };
  const spare = { principal: 'spare', role: 'auditor', repositories: ['*'], stages: ['*'] };
  const contract = { contract: 'spare', repositories: ['spare/*'], stages: [{ stage: 'lint' }] };
  const retired = `sha256:${createHash('sha256').update(OTHER_MANIFEST).digest('hex')}`;
  // Who asked for it, built it, or comes second gets no approval; who may not gets none of these words.
  const approving = ['waiver/already-approved', 'waiver/same-person', 'waiver/person-unknown', 'waiver/revoked'];
  return {
    signImage: [
      {
        isNamed: true,
        target: (repository) => `/v1/images/sign?repository=${repository}`,
        body: () => MANIFEST,
        type: bytes,
      },
    ],
    listImages: both('/v1/images'),
    readImage: both(image),
    readChain: both(`${image}/chain`),
    readEvidence: both(`${image}/evidence`),
    readFacts: both(`${image}/facts`),
    readReport: both(`${image}/report?format=json`),
    search: at(`/v1/search?q=${DIGEST}`),
    listRepositories: at('/v1/repositories'),
    readTrend: [{ isNamed: true, target: (repository) => `/v1/repositories/trend?repository=${repository}` }],
    readInbox: at('/v1/inbox'),
    submitAttestation: named('/v1/attestations', attestation),
    submitAttestations: named('/v1/attestations/batch', attestation, 'application/x-ndjson'),
    openRun: named('/v1/runs', (repository) => JSON.stringify({ repository, commit: '5b'.repeat(20) })),
    listRuns: both('/v1/runs'),
    readRun: at(`/v1/runs/${run}`),
    closeRun: post(`/v1/runs/${run}/close`, { outcome: 'succeeded' }),
    verifyImage: bothIn('/v1/verifications', { subject: DIGEST }),
    askGate: both(`/v1/gate/${DIGEST}`),
    listEntries: at('/v1/entries?limit=2'),
    listEvents: both('/v1/events?kind=image.signed'),
    readEntry: at(`/v1/entries/${seq}`),
    readReceipt: at(`/v1/entries/${seq}/receipt`),
    readConsistency: at('/v1/consistency?from=1&to=2'),
    proveCompleteness: at(`/v1/proofs/completeness?key=image:${DIGEST}`),
    readPeriod: at('/v1/proofs/period?from=0&to=2'),
    exportPeriod: at('/v1/exports?from=0&to=2'),
    readCheckpoint: at('/log/checkpoint'),
    listCheckpoints: at('/log/checkpoints?limit=1'),
    readPublishedCheckpoint: at('/log/checkpoints/1').map((one) => ({ ...one, reached: ['service/not-found'] })),
    readEntryBundle: at('/log/tile/entries/000.p/2'),
    readTile: at('/log/tile/0/000.p/2'),
    registerSigner: post('/v1/signers', { publicKeyPem, ...scope }, ['signer/revoked', 'signer/already-registered']),
    listSigners: at('/v1/signers'),
    readSigner: at(`/v1/signers/${signer}`),
    readImpact: at(`/v1/signers/${imageSigner}/impact?since=2020-01-01T00:00:00.000Z`),
    rotateSigner: post(`/v1/signers/${signer}/rotate`, { payloadType: 'type', payload: 'AAAA', signatures: [] }, [
      'dsse/no-signature',
    ]),
    revokeSigner: post(`/v1/signers/${signer}/revoke`, {}),
    publishContract: post('/v1/contracts', contract),
    listContracts: at('/v1/contracts'),
    readContract: at('/v1/contracts/shop'),
    withdrawContract: post('/v1/contracts/spare/withdraw', {}),
    readControlKeys: at('/v1/control-keys'),
    changeControlKeys: post('/v1/control-keys', { controlKeys: ['AAAA'], controlThreshold: 1, control: 'x' }, [
      'control/no-keys',
    ]),
    // Off as it is: whoever is let in turns nothing on.
    proposeChange: post('/v1/changes', { kind: 'settings.changed', body: { dualControl: false } }),
    listChanges: at('/v1/changes'),
    readSettings: at('/v1/settings'),
    changeSettings: post('/v1/settings', { dualControl: false }, [
      'dual-control/not-proposed',
      'dual-control/person-unknown',
      'dual-control/same-person',
    ]),
    releaseImage: bothIn(`${image}/release`, { environment: 'production' }),
    retireImage: bothIn(`/v1/images/${retired}/retire`, {}),
    listReleases: both('/v1/releases'),
    readChanges: both(`${image}/changes?environment=production`),
    requestWaiver: bothIn('/v1/waivers', asked, ['waiver/person-unknown']),
    listWaivers: both('/v1/waivers'),
    readWaiver: at(`/v1/waivers/${waiver}`),
    approveWaiver: post(`/v1/waivers/${waiver}/approve`, {}, approving),
    revokeWaiver: post(`/v1/waivers/${waiver}/revoke`, {}),
    grantPrincipal: post('/v1/principals', spare),
    listPrincipals: at('/v1/principals'),
    readPrincipal: at('/v1/principals/spare'),
    revokePrincipal: post('/v1/principals/spare/revoke', {}),
    whoami: at('/v1/whoami'),
    openSession: post('/v1/sessions', {}),
    listSessions: at('/v1/sessions'),
    endSession: post(`/v1/sessions/${'0'.repeat(16)}/end`, {}, ['session/not-found']),
    createToken: post('/v1/tokens', { principal: 'pipeline-1', title: 'x', lifetimeSeconds: 60 }),
    listTokens: at('/v1/tokens'),
    revokeToken: post(`/v1/tokens/${tokenId}/revoke`, {}),
    createWebhook: post(
      '/v1/webhooks',
      { url: 'https://waybill.invalid/new', types: ['run.expired'], repositories: ['shop/api'] },
      ['webhook/too-many'],
    ),
    listWebhooks: at('/v1/webhooks'),
    readWebhook: at(`/v1/webhooks/${webhook}`),
    removeWebhook: post(`/v1/webhooks/${spareWebhook}/remove`, {}, ['webhook/unknown']),
    disableWebhook: post(`/v1/webhooks/${webhook}/disable`, {}),
    enableWebhook: post(`/v1/webhooks/${webhook}/enable`, { after: 'newest' }),
    rotateWebhook: post(`/v1/webhooks/${webhook}/rotate`, {}),
    testWebhook: post(`/v1/webhooks/${webhook}/test`, {}),
    listDeliveries: at(`/v1/webhooks/${webhook}/deliveries`),
    redeliverNotices: post(`/v1/webhooks/${webhook}/redeliver`, {}),
    readHealth: at('/healthz'),
    readReadiness: at('/readyz'),
    readMetrics: at('/metrics'),
    readOpenapi: at('/openapi.json'),
    readDocs: at('/docs'),
    readDocsAsset: at('/docs/page.js'),
    readTrustFile: at('/.well-known/waybill/trust.json'),
    readRoot: at('/'),
    readConsoleRoot: at('/console'),
    readConsole: at('/console/'),
    readConsoleAsset: at('/console/assets/console.js'),
    readConsolePage: at('/console/page'),
  };
}
