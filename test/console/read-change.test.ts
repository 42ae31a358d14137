import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { CONTRACT_MEDIA_TYPE, formatContract } from '../../src/core/contract/contract.ts';
import { DSSE_MEDIA_TYPE } from '../../src/core/dsse/envelope.ts';
import { formatBase64 } from '../../src/core/encoding/base64.ts';
import type { JsonObject } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { DUAL_KINDS } from '../../src/core/entry/kinds/change-proposed.ts';
import { formatGrantDocument, GRANT_MEDIA_TYPE } from '../../src/core/trust/grant-document.ts';
import { formatSignerDocument, SIGNER_MEDIA_TYPE } from '../../src/core/trust/signer-document.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import { signRotation } from '../../src/keys/sign-rotation.ts';
import { type Change, readChange } from '../../src/web/console/verify/read-change.ts';
import { type EdgeUnderTest, openEdgeUnderTest } from '../http/edge-under-test.ts';

test('every kind of change is made by the request that is read out of its proposal, or by no session', async () => {
  await using edge = await openEdgeUnderTest();
  const people = [await administrator(edge, 'anna'), await administrator(edge, 'ben')] as const;
  const made: string[] = [];
  for (const change of await changes(edge)) {
    const proposed = await edge.ask('proposeChange', {
      target: '/v1/changes',
      token: people[0],
      body: JSON.stringify(change),
    });
    assert.equal(proposed.status, 201, `${change.kind}: ${proposed.text}`);
    const { body } = await edge.ask('listChanges', { target: '/v1/changes', token: people[1] });
    const listed = body.items.find(({ proposal }: { proposal: number }) => proposal === proposed.body.proposal);
    const read = readChange(listed);
    assert(read.ok, `${change.kind}: ${JSON.stringify(read)}`);
    made.push(change.kind);
    if (read.value.request === undefined) continue;
    const { path, body: wanted } = read.value.request;
    const answer = await edge.client.post(path).set('Authorization', `Bearer ${people[1]}`).send(wanted);
    assert([200, 201].includes(answer.status), `${change.kind}: ${answer.text}`);
  }
  assert.deepEqual([...new Set(made)].sort(), [...DUAL_KINDS]);
});

const SCOPE = { repositories: ['shop/*'], stages: ['*'] };

/** One of each kind, in an order in which each can be made; dual control goes on first, and off last. */
async function changes({ service }: EdgeUnderTest): Promise<readonly Change[]> {
  const [key, next, third] = [newKey(), newKey(), newKey()];
  const until = new Date(Date.now() + 60_000).toISOString();
  const contract = formatContract({ contract: 'shop', repositories: ['shop/*'], stages: [] });
  const version = { contract: 'shop', version: 1, repositories: ['shop/*'] };
  const signer = (of: typeof key) => formatSignerDocument({ key: of.publicKey, title: 'ci', ...SCOPE });
  const registered = (of: typeof key) =>
    change('signer.registered', { signer: of.signer, use: 'attest' }, SIGNER_MEDIA_TYPE, signer(of));
  const grant = formatGrantDocument({ role: 'release-manager', person: 'rita', title: 'of the shop', ...SCOPE });
  const rotation = signRotation(key, next, { log: service.origin, until, ...SCOPE });
  return [
    change('settings.changed', { dualControl: true }),
    change('contract.published', { ...version, previousRepositories: [] }, CONTRACT_MEDIA_TYPE, contract),
    change('contract.withdrawn', version),
    registered(key),
    registered(third),
    change(
      'signer.rotated',
      { signer: key.signer, successor: next.signer, until },
      DSSE_MEDIA_TYPE,
      encodeUtf8(rotation),
    ),
    change('signer.revoked', { signer: third.signer, effective: new Date().toISOString() }),
    change('principal.granted', { principal: 'rita', role: 'release-manager' }, GRANT_MEDIA_TYPE, grant),
    change('token.issued', { principal: 'rita', lifetimeSeconds: 600 }),
    change('principal.revoked', { principal: 'rita' }),
    change('settings.changed', { dualControl: false }),
  ];
}

function change(kind: Change['kind'], body: JsonObject, mediaType?: string, document?: Uint8Array): Change {
  if (mediaType === undefined || document === undefined) return { kind, body };
  return { kind, body, mediaType, document: formatBase64(document) };
}

function newKey() {
  return signingKey(generateKeyPairSync('ed25519').privateKey);
}

/** A token of an administrator of that name, who is that person. */
async function administrator(edge: EdgeUnderTest, person: string): Promise<string> {
  const grant = { principal: person, role: 'admin', repositories: ['*'], stages: ['*'], person };
  const granted = await edge.ask('grantPrincipal', { target: '/v1/principals', body: JSON.stringify(grant) });
  assert.equal(granted.status, 201, granted.text);
  const wanted = { principal: person, title: 't', lifetimeSeconds: 600 };
  const { body } = await edge.ask('createToken', { target: '/v1/tokens', body: JSON.stringify(wanted) });
  return body.token;
}
