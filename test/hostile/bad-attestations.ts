import type { BadRequest } from '../http/bad-addresses.ts';
import { DIGEST } from '../http/edge-under-test.ts';
import { post } from './bad-requests.ts';
import { billionLaughsXml } from './bombs.ts';

const envelope = (over: object) => ({
  payloadType: 'application/vnd.in-toto+json',
  payload: Buffer.from(JSON.stringify(statement({}))).toString('base64'),
  signatures: [{ keyid: '', sig: 'AAAA' }],
  ...over,
});
function statement(over: object) {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: DIGEST.slice(7) } }],
    predicateType: 'https://example.org/test',
    predicate: {},
    ...over,
  };
}
const plain = (over: object) => ({
  subject: DIGEST,
  repository: 'shop/api',
  stage: 'test',
  predicateType: 'https://example.org/test',
  predicate: {},
  ...over,
});
const ATTEST = `/v1/attestations?repository=shop/api&stage=test&subject=${DIGEST}`;
const around = (payload: unknown) => envelope({ payload: Buffer.from(JSON.stringify(payload)).toString('base64') });

const ATTESTATIONS = post(ATTEST, {}, [
  ['an envelope that nobody signed', envelope({ signatures: [] }), 'dsse/no-signature'],
  ['17 signatures', envelope({ signatures: Array(17).fill({ sig: 'AAAA' }) }), 'dsse/too-many-signatures'],
  ['a signature of nobody known', envelope({}), 'attestation/signer-unknown', 422],
  ['a payload that is no base64', envelope({ payload: '*' }), 'dsse/malformed-envelope'],
  ['a payload of another type', envelope({ payloadType: 'text/plain' }), 'statement/unsupported-payload-type', 422],
  ['a statement about nothing', around(statement({ subject: [] })), 'statement/no-subject'],
  ['a subject without a digest', around(statement({ subject: [{ name: 'a' }] })), 'statement/subject-without-digest'],
  [
    'a digest in upper case',
    around(statement({ subject: [{ digest: { sha256: 'AB'.repeat(32) } }] })),
    'statement/malformed-digest',
  ],
  [
    '65 subjects',
    around(
      statement({
        subject: Array.from({ length: 65 }, (_, i) => ({ digest: { sha256: String(i).padStart(64, '0') } })),
      }),
    ),
    'statement/too-many-subjects',
    422,
  ],
  [
    'a statement of version 9',
    around(statement({ _type: 'https://in-toto.io/Statement/v9' })),
    'statement/unsupported-version',
    422,
  ],
  [
    'a statement that belongs elsewhere',
    around(
      statement({
        subject: [{ digest: { sha256: DIGEST.slice(7) }, annotations: { 'dev.waybill.repository': 'bank/api' } }],
      }),
    ),
    'attestation/filed-elsewhere',
    422,
  ],
  ['a bundle of version 9', { mediaType: 'application/vnd.dev.sigstore.bundle.v9+json' }, 'dsse/malformed-bundle'],
  ['a plain predicate with a member too many', plain({ verdict: 'pass' }), 'encoding/unknown-member'],
  ['a plain predicate of another stage', plain({ stage: 'UPPER' }), 'encoding/pattern-mismatch'],
  ['a member of the envelope in upper case', { ...envelope({}), Payload: 'AA==' }, 'dsse/malformed-envelope'],
  ['entities in XML', billionLaughsXml(), 'statement/doctype-not-allowed'],
  ['XML that is not JUnit', '<svg onload="a"/>', 'statement/unrecognised-document', 422],
  ['arrays 100,000 deep', '['.repeat(100_000), 'statement/unrecognised-document', 422],
  ['objects 100 deep', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, 'statement/unrecognised-document', 422],
  [
    'two formats at once',
    { bomFormat: 'CycloneDX', specVersion: '1.6', version: '2.1.0', runs: [] },
    'statement/unrecognised-document',
    422,
  ],
  ['zeros', new Uint8Array(4_096), 'statement/unrecognised-document', 422],
  [
    'a gzip that says nothing of it',
    Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0),
    'statement/unrecognised-document',
    422,
  ],
]);

/** Places that no entry can name, under the signature of whoever names them; no parameter says otherwise. */
const placed = (annotations: object) =>
  around(statement({ subject: [{ digest: { sha256: DIGEST.slice(7) }, annotations }] }));
const HERE = { 'dev.waybill.repository': 'shop/api', 'dev.waybill.stage': 'test' };
const PLACES = post('/v1/attestations', {}, [
  [
    'a statement of a repository in upper case',
    placed({ ...HERE, 'dev.waybill.repository': 'shop/API' }),
    'statement/malformed-placement',
  ],
  [
    'a statement of a repository that climbs',
    placed({ ...HERE, 'dev.waybill.repository': 'shop/../api' }),
    'statement/malformed-placement',
  ],
  [
    'a statement of a stage with markup',
    placed({ ...HERE, 'dev.waybill.stage': '<b>' }),
    'statement/malformed-placement',
  ],
  [
    'a statement of a stage of 65 characters',
    placed({ ...HERE, 'dev.waybill.stage': 'a'.repeat(65) }),
    'statement/malformed-placement',
  ],
  ['a statement of a run that never was', placed({ ...HERE, 'dev.waybill.run': 'r1' }), 'run/unknown', 404],
  ['a statement of a run in upper case', placed({ ...HERE, 'dev.waybill.run': 'R1' }), 'statement/malformed-placement'],
]);

/** What the service would sign and nobody could read back. */
const UNREADABLE = post('/v1/attestations', {}, [
  ['a predicate that is a number', plain({ predicate: 5 }), 'statement/malformed-statement'],
  ['a predicate that is a list', plain({ predicate: [{}] }), 'statement/malformed-statement'],
  [
    'numbers that take four times their room when they are spelled out',
    JSON.stringify(plain({})).replace('{}', `{"a":[${'1e20,'.repeat(1_100_000)}0]}`),
    'statement/too-large',
    413,
  ],
  [
    'as many members as are read, and those of the statement around them',
    JSON.stringify(plain({})).replace('{}', `{"a":[${'0,'.repeat(3_999_990)}0]}`),
    'statement/too-large',
    413,
  ],
]);

/** Attestations that are refused before anything is written. */
export const BAD_ATTESTATIONS: readonly BadRequest[] = [...ATTESTATIONS, ...PLACES, ...UNREADABLE];
