import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Operation } from '../../src/api/routes.ts';
import { digestOf } from '../../src/core/image/digest.ts';
import { type Ask, DIGEST, type EdgeUnderTest, MANIFEST, openEdgeUnderTest } from './edge-under-test.ts';

const REFUSED: readonly (readonly [what: string, operation: Operation, request: Ask, status: number, code: string])[] =
  [
    ['an unknown image', 'readImage', { target: `/v1/images/${digestOf(new Uint8Array(1))}` }, 404, 'image/unknown'],
    [
      'a gate for an unknown image',
      'askGate',
      { target: `/v1/gate/${digestOf(new Uint8Array(1))}` },
      404,
      'image/unknown',
    ],
    ['an entry beyond the ledger', 'readEntry', { target: '/v1/entries/99999999' }, 404, 'service/not-found'],
    [
      'a proof beyond the ledger',
      'readConsistency',
      { target: '/v1/consistency?from=1&to=99999999' },
      422,
      'service/out-of-range',
    ],
    [
      'a proof that runs backwards',
      'readConsistency',
      { target: '/v1/consistency?from=2&to=1' },
      422,
      'service/out-of-range',
    ],
    ['a tile spelled apart', 'readTile', { target: '/log/tile/0/0' }, 400, 'merkle/malformed-tile-path'],
    ['a tile beyond the log', 'readTile', { target: '/log/tile/0/999' }, 404, 'service/not-found'],
    [
      'what is no manifest',
      'signImage',
      { target: '/v1/images/sign?repository=shop/api', body: 'hello', type: 'application/octet-stream' },
      400,
      'image/malformed-manifest',
    ],
    [
      'a wrong media type',
      'signImage',
      { target: '/v1/images/sign?repository=shop/api', body: MANIFEST, type: 'image/png' },
      400,
      'image/media-type-mismatch',
    ],
    [
      'a document that nobody knows',
      'submitAttestation',
      { target: `/v1/attestations?repository=shop/api&stage=x&subject=${DIGEST}`, body: 'hello', type: 'text/plain' },
      422,
      'statement/unrecognised-document',
    ],
    [
      'a key that is none',
      'registerSigner',
      { target: '/v1/signers', body: JSON.stringify({ publicKeyPem: 'x', repositories: ['*'], stages: ['*'] }) },
      400,
      'crypto/malformed-key',
    ],
    [
      'a contract without stages',
      'publishContract',
      { target: '/v1/contracts', body: '{"contract":"a"}' },
      400,
      'contract/malformed',
    ],
    [
      'a contract that is null',
      'publishContract',
      { target: '/v1/contracts', body: '#', type: 'application/yaml' },
      400,
      'contract/malformed',
    ],
    [
      'a token for nobody',
      'createToken',
      { target: '/v1/tokens', body: '{"principal":"nobody","title":"t","lifetimeSeconds":60}' },
      404,
      'principal/unknown',
    ],
    [
      'a token for a thousand years',
      'createToken',
      { target: '/v1/tokens', body: '{"principal":"bootstrap-admin","title":"t","lifetimeSeconds":31536000000}' },
      422,
      'token/lifetime-out-of-range',
    ],
    ['the end of an unknown token', 'revokeToken', { target: '/v1/tokens/none/revoke' }, 404, 'token/unknown'],
    [
      'the end of an unknown contract',
      'withdrawContract',
      { target: '/v1/contracts/none/withdraw' },
      404,
      'contract/unknown',
    ],
    [
      'the end of an unknown principal',
      'revokePrincipal',
      { target: '/v1/principals/none/revoke' },
      404,
      'principal/unknown',
    ],
  ];

describe('a real service', () => {
  let edge: EdgeUnderTest;
  before(async () => {
    edge = await openEdgeUnderTest();
  });
  after(() => edge[Symbol.asyncDispose]());

  for (const [what, operation, request, status, code] of REFUSED) {
    test(`refuses ${what} with ${status} (${code})`, async () => {
      const response = await edge.ask(operation, request);
      assert.deepEqual([response.status, response.body.code], [status, code], response.text);
    });
  }
});
