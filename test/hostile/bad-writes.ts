import { generateKeyPairSync } from 'node:crypto';
import { CONTROLLED_MEDIA_TYPE } from '../../src/api/contracts.ts';
import type { BadRequest } from '../http/bad-addresses.ts';
import { DIGEST } from '../http/edge-under-test.ts';
import { BAD_ATTESTATIONS } from './bad-attestations.ts';
import { BAD_CHANGES } from './bad-changes.ts';
import { BAD_DECISIONS } from './bad-decisions.ts';
import { post } from './bad-requests.ts';
import { BAD_RUNS } from './bad-runs.ts';
import { BAD_WEBHOOKS } from './bad-webhooks.ts';
import { billionLaughsYaml } from './bombs.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const YAML_TYPE = { 'Content-Type': 'application/yaml' };
const pem = (key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }) =>
  key.export({ type: 'spki', format: 'pem' }).toString();
const ED25519 = generateKeyPairSync('ed25519');
const RSA = generateKeyPairSync('rsa', { modulusLength: 1024 });
const K256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const OTHER_SIGNER = 'cd'.repeat(32);
/** The point of order 2 in SubjectPublicKeyInfo. */
const WEAK = `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([
  Buffer.from('302a300506032b6570032100', 'hex'),
  Buffer.from(`ec${'ff'.repeat(30)}7f`, 'hex'),
]).toString('base64')}\n-----END PUBLIC KEY-----\n`;

const signer = (over: object) => ({
  publicKeyPem: pem(ED25519.publicKey),
  repositories: ['*'],
  stages: ['*'],
  ...over,
});
const grant = (over: object) => ({ principal: 'ci', role: 'pipeline', repositories: ['*'], stages: ['*'], ...over });
const token = (over: object) => ({ principal: 'bootstrap-admin', title: 't', lifetimeSeconds: 60, ...over });
const contract = (over: object) => ({ contract: 'c', repositories: ['*'], stages: [{ stage: 'a' }], ...over });

const controlKeys = (over: object) => ({ controlKeys: ['AAAA'], controlThreshold: 1, control: 'x', ...over });

const SIGNERS = post('/v1/signers', JSON_TYPE, [
  ['a short RSA key', signer({ publicKeyPem: pem(RSA.publicKey) }), 'crypto/unsupported-algorithm'],
  ['a key on another curve', signer({ publicKeyPem: pem(K256.publicKey) }), 'crypto/unsupported-algorithm'],
  ['a key of small order', signer({ publicKeyPem: WEAK }), 'crypto/weak-key'],
  [
    'a private key',
    signer({ publicKeyPem: ED25519.privateKey.export({ type: 'pkcs8', format: 'pem' }) }),
    'crypto/malformed-key',
  ],
  ['two keys in one text', signer({ publicKeyPem: pem(ED25519.publicKey).repeat(2) }), 'crypto/malformed-key'],
  ['a key of a megabyte', signer({ publicKeyPem: 'A'.repeat(200_000) }), 'http/invalid-body'],
  ['a scope that climbs', signer({ repositories: ['../*'] }), 'http/invalid-body'],
  ['a glob in the middle', signer({ repositories: ['shop/*/api'] }), 'http/invalid-body'],
  ['a title that turns text around', signer({ title: 'CI \u202e reverof' }), 'http/invalid-body'],
  ['a title of a megabyte', signer({ title: 'é'.repeat(100_000) }), 'http/invalid-body'],
  [
    'a prototype',
    '{"__proto__":{"role":"admin"},"publicKeyPem":"x","repositories":["*"],"stages":["*"]}',
    'http/invalid-body',
  ],
  ['a constructor', signer({ constructor: { prototype: { role: 'admin' } } }), 'http/invalid-body'],
  ['a number that is infinite', '{"publicKeyPem":1e400}', 'encoding/number-out-of-range'],
  ['a number of 100,000 digits', `{"publicKeyPem":${'9'.repeat(100_000)}}`, 'encoding/number-out-of-range'],
  [
    '10,001 members',
    `{${Array.from({ length: 10_001 }, (_, index) => `"${index}":0`).join(',')}}`,
    'encoding/too-many-members',
  ],
  ['members that differ by an escape', '{"publicKeyPem":"x","publicKeyP\\u0065m":"y"}', 'encoding/duplicate-member'],
  ['a comment', '{/* a */}', 'encoding/malformed-json'],
  ['two documents', '{}{}', 'encoding/malformed-json'],
  ['NaN', '{"publicKeyPem":NaN}', 'encoding/malformed-json'],
  ['overlong UTF-8', Uint8Array.of(0x7b, 0x22, 0xc0, 0xa2, 0x22, 0x7d), 'encoding/malformed-utf8'],
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'encoding/malformed-utf8'],
  ['17 levels', `${'['.repeat(17)}${']'.repeat(17)}`, 'encoding/too-deep'],
]);

const PRINCIPALS = post('/v1/principals', JSON_TYPE, [
  ['a principal with the service’s name', grant({ principal: 'service' }), 'principal/name-reserved', 422],
  ['a principal in upper case', grant({ principal: 'CI' }), 'http/invalid-body'],
  ['a principal with a path', grant({ principal: '../admin' }), 'http/invalid-body'],
  ['no repositories', grant({ repositories: [] }), 'http/invalid-body'],
  [
    '65 repositories',
    grant({ repositories: Array.from({ length: 65 }, (_, index) => `r${index}`) }),
    'http/invalid-body',
  ],
  ['roles in a list', grant({ role: ['admin'] }), 'http/invalid-body'],
  ['an admin of one repository', grant({ role: 'admin', repositories: ['a'] }), 'grant/admin-limited', 422],
]);

const TOKENS = post('/v1/tokens', JSON_TYPE, [
  ['a lifetime of 0', token({ lifetimeSeconds: 0 }), 'http/invalid-body'],
  ['a negative lifetime', token({ lifetimeSeconds: -60 }), 'http/invalid-body'],
  ['a lifetime beyond exact numbers', token({ lifetimeSeconds: 2 ** 60 }), 'http/invalid-body'],
  ['a lifetime as text', token({ lifetimeSeconds: '60' }), 'http/invalid-body'],
  ['a token with a wish for its secret', token({ token: 'wbt_mine' }), 'http/invalid-body'],
  ['a token of somebody unknown', token({ principal: 'nobody' }), 'principal/unknown', 404],
]);

const SESSIONS = [
  ...post('/v1/sessions', JSON_TYPE, [
    ['a session with a wish for its length', { expiresAt: '2030-01-01T00:00:00.000Z' }, 'http/invalid-body'],
    ['a session for somebody else', { principal: 'admin' }, 'http/invalid-body'],
    ['a token in the body', { token: `wbt_${'0'.repeat(16)}` }, 'http/invalid-body'],
    ['a session as a list', [], 'http/invalid-body'],
  ]),
  ...post('/v1/sessions/0123456789abcdef/end', JSON_TYPE, [
    ['an end that names others', { principal: 'admin' }, 'http/invalid-body'],
    ['a session that nobody has', {}, 'session/not-found', 404],
  ]),
  ...post('/v1/sessions/wbs_0123456789abcdef/end', JSON_TYPE, [['a cookie as id', {}, 'http/malformed-parameter']]),
];

const CONTRACTS = [
  ...post('/v1/contracts', JSON_TYPE, [
    ['a stage twice', contract({ stages: [{ stage: 'a' }, { stage: 'a' }] }), 'contract/duplicate-stage'],
    [
      'a circle',
      contract({
        stages: [
          { stage: 'a', after: ['b'] },
          { stage: 'b', after: ['a'] },
        ],
      }),
      'contract/cyclic-order',
    ],
    ['an unknown stage', contract({ stages: [{ stage: 'a', after: ['z'] }] }), 'contract/unknown-stage'],
    [
      'a type that is no URI',
      contract({ stages: [{ stage: 'a', predicateTypes: ['junit'] }] }),
      'contract/unknown-predicate-type',
    ],
    [
      '65 stages',
      contract({ stages: Array.from({ length: 65 }, (_, index) => ({ stage: `s${index}` })) }),
      'contract/malformed',
    ],
    [
      '17 globs',
      contract({ repositories: Array.from({ length: 17 }, (_, index) => `r${index}`) }),
      'contract/malformed',
    ],
    ['a glob twice', contract({ repositories: ['a', 'a'] }), 'contract/malformed'],
    ['a member that nobody knows', contract({ rules: ['true'] }), 'contract/malformed'],
    ['a number as contract', '1', 'contract/malformed'],
  ]),
  ...post('/v1/contracts', YAML_TYPE, [
    ['a billion laughs', billionLaughsYaml(), 'http/malformed-yaml'],
    ['an alias', 'contract: &a c\nrepositories: [*a]\nstages: []', 'http/malformed-yaml'],
    ['a merge', 'a: &a {b: 1}\nc:\n  <<: *a', 'http/malformed-yaml'],
    ['a tag', 'contract: !!js/function "a"', 'http/malformed-yaml'],
    ['a directive', '%YAML 1.1\n---\na: 1', 'http/malformed-yaml'],
    ['two documents of YAML', 'a: 1\n---\nb: 2', 'http/malformed-yaml'],
    ['a name twice', 'contract: a\ncontract: b', 'http/malformed-yaml'],
    ['a number that YAML calls infinite', 'contract: .inf', 'http/malformed-yaml'],
    ['brackets 100,000 deep', '['.repeat(100_000), 'http/malformed-yaml'],
    ['YAML with a NUL byte', 'a: "\u0000"', 'http/malformed-yaml'],
  ]),
];

const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${'a1'.repeat(32)}`, size: 2 };
const image = (over: object) => ({
  schemaVersion: 2,
  config: { ...layer, mediaType: 'application/vnd.oci.image.config.v1+json' },
  layers: [layer],
  ...over,
});
const IMAGES = post('/v1/images/sign?repository=shop/api', {}, [
  ['an image that is an index too', image({ manifests: [] }), 'image/ambiguous-manifest'],
  ['schema 1', { schemaVersion: 1, fsLayers: [] }, 'image/schema1'],
  ['a member of the manifest twice', '{"schemaVersion":2,"schemaVersion":2}', 'image/duplicate-member'],
  ['a layer of negative size', image({ layers: [{ ...layer, size: -1 }] }), 'image/malformed-descriptor'],
  ['a layer beyond exact numbers', image({ layers: [{ ...layer, size: 2 ** 60 }] }), 'image/malformed-descriptor'],
  ['1,025 layers', image({ layers: Array(1_025).fill(layer) }), 'image/too-many-layers', 422],
  ['65 children', { schemaVersion: 2, manifests: Array(65).fill(layer) }, 'image/too-many-children', 422],
  ['neither image nor index', { schemaVersion: 2 }, 'image/not-a-manifest'],
  ['a manifest with a byte order mark', `\ufeff${JSON.stringify(image({}))}`, 'image/malformed-manifest'],
]);

const OTHERS: readonly BadRequest[] = [
  ...post(`/v1/signers/${OTHER_SIGNER}/revoke`, JSON_TYPE, [
    ['the end of an unknown signer', {}, 'signer/unknown', 404],
  ]),
  ...post(`/v1/signers/${OTHER_SIGNER}/rotate`, JSON_TYPE, [
    ['a rotation of nothing', {}, 'http/invalid-body'],
    ['a rotation that is signed by nobody', { payloadType: 'a', payload: 'e30=', signatures: [] }, 'dsse/no-signature'],
  ]),
  ...post('/v1/control-keys', JSON_TYPE, [
    ['control keys without an agreement', { controlKeys: ['AAAA'], controlThreshold: 1 }, 'http/invalid-body'],
    ['no control key', controlKeys({ controlKeys: [] }), 'http/invalid-body'],
    ['17 control keys', controlKeys({ controlKeys: Array(17).fill('AAAA') }), 'http/invalid-body'],
    ['an agreement in other letters', controlKeys({ control: 'ä' }), 'http/invalid-body'],
    ['control keys of a log that has none', controlKeys({}), 'control/no-keys', 422],
  ]),
  ...post('/v1/contracts', { 'Content-Type': CONTROLLED_MEDIA_TYPE }, [
    ['an agreement without its contract', { control: 'x' }, 'http/invalid-body'],
    ['an agreement that nothing takes', { document: contract({}), control: 'x' }, 'control/not-needed', 422],
  ]),
  ...post('/v1/verifications', JSON_TYPE, [
    ['a question about a commit', { subject: `gitCommit:${'ab'.repeat(20)}` }, 'http/invalid-body'],
    ['a question with its own answer', { subject: DIGEST, verdict: 'pass' }, 'http/invalid-body'],
    ['a question about an unknown image', { subject: `sha256:${'00'.repeat(32)}`, record: true }, 'image/unknown', 404],
  ]),
  ...post('/v1/principals/bootstrap-admin/revoke', JSON_TYPE, [
    ['the end of the last admin', {}, 'principal/last-admin', 409],
  ]),
  ...post('/v1/principals/service/revoke', JSON_TYPE, [['the end of the service', {}, 'principal/unknown', 404]]),
  ...post('/v1/tokens/0123456789abcdef/revoke', JSON_TYPE, [['the end of an unknown token', {}, 'token/unknown', 404]]),
  ...post('/v1/contracts/none/withdraw', JSON_TYPE, [
    ['the end of a contract, with a reason', { a: 1 }, 'http/invalid-body'],
  ]),
  ...post('/v1/attestations/batch', {}, [
    ['a batch of 1,001 lines', '{}\n'.repeat(1_001), 'http/too-many-lines', 413],
    ['a batch of nothing', '', 'http/body-missing'],
  ]),
];

/** Writes that no schema or use case takes, on every route that could append an entry. */
export const BAD_WRITES: readonly BadRequest[] = [
  ...SIGNERS,
  ...PRINCIPALS,
  ...TOKENS,
  ...SESSIONS,
  ...CONTRACTS,
  ...BAD_ATTESTATIONS,
  ...BAD_CHANGES,
  ...BAD_WEBHOOKS,
  ...BAD_DECISIONS,
  ...BAD_RUNS,
  ...IMAGES,
  ...OTHERS,
];
