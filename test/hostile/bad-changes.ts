import type { BadRequest } from '../http/bad-addresses.ts';
import { post } from './bad-requests.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

const withdrawal = (over: object) => ({
  kind: 'contract.withdrawn',
  body: { contract: 'c', version: 1, repositories: ['*'] },
  ...over,
});
const registration = (over: object) => ({
  kind: 'signer.registered',
  body: { signer: 'cd'.repeat(32), use: 'attest' },
  mediaType: 'application/vnd.waybill.signer+json',
  document: 'e30=',
  ...over,
});

/** Changes of trust that nobody proposes, and settings that one person does not change. */
export const BAD_CHANGES: readonly BadRequest[] = [
  ...post('/v1/changes', JSON_TYPE, [
    ['a change by nobody in particular', withdrawal({}), 'dual-control/person-unknown', 422],
    ['a change of a kind that takes one', withdrawal({ kind: 'image.signed' }), 'http/invalid-body'],
    ['a change of control keys by two people', withdrawal({ kind: 'control-keys.changed' }), 'http/invalid-body'],
    ['a change without a body', withdrawal({ body: [] }), 'http/invalid-body'],
    ['a body with more than its entry has', withdrawal({ body: { a: 1 } }), 'dual-control/malformed-change', 422],
    [
      'a version that is no whole number',
      withdrawal({ body: { contract: 'c', version: 1.5, repositories: ['*'] } }),
      'dual-control/malformed-change',
      422,
    ],
    [
      'a name with half a character',
      '{"kind":"contract.withdrawn","body":{"contract":"\\ud800","version":1,"repositories":["*"]}}',
      'encoding/lone-surrogate',
    ],
    ['a document that its kind has not', withdrawal({ document: 'e30=' }), 'dual-control/malformed-change', 422],
    ['a change without its document', registration({ document: undefined }), 'dual-control/malformed-change', 422],
    ['a document in other spelling', registration({ document: 'e30' }), 'http/invalid-body'],
    ['a media type that is none', registration({ mediaType: 'text' }), 'http/invalid-body'],
    ['a document of a megabyte', registration({ document: 'A'.repeat(400_000) }), 'dual-control/malformed-change', 422],
    ['a change in the name of somebody else', withdrawal({ principal: 'anna' }), 'http/invalid-body'],
    ['a change for another list', withdrawal({ key: 'contract:other' }), 'http/invalid-body'],
  ]),
  ...post('/v1/settings', JSON_TYPE, [
    ['dual control by one person', { dualControl: true }, 'dual-control/not-proposed', 422],
    ['dual control as text', { dualControl: 'on' }, 'http/invalid-body'],
    ['settings that there are not', { dualControl: true, control: undefined, other: 1 }, 'http/invalid-body'],
  ]),
];
