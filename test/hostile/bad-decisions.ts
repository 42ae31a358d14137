import type { BadRequest } from '../http/bad-addresses.ts';
import { DIGEST } from '../http/edge-under-test.ts';
import { post } from './bad-requests.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const UNKNOWN = `w-${'a'.repeat(26)}`;

const waiver = (over: object) => ({
  digest: DIGEST,
  repository: 'shop/api',
  contract: 'c',
  check: 'contract/stage',
  stage: 'a',
  expires: new Date(Date.now() + 3_600_000).toISOString(),
  reason: 'because',
  ...over,
});

/** Decisions of people that no schema or use case takes. */
export const BAD_DECISIONS: readonly BadRequest[] = [
  ...post('/v1/waivers', JSON_TYPE, [
    ['a waiver of a check that nobody makes', waiver({}), 'waiver/no-such-check', 422],
    ['a waiver of integrity', waiver({ check: 'signature/image' }), 'http/invalid-body'],
    ['a waiver of every check', waiver({ check: 'contract/*' }), 'http/invalid-body'],
    ['a waiver of several checks', waiver({ check: ['contract/stage'] }), 'http/invalid-body'],
    ['a waiver that has ended', waiver({ expires: '2020-01-01T00:00:00.000Z' }), 'waiver/expires-out-of-range', 422],
    ['a waiver for ever', waiver({ expires: '9999-12-31T23:59:59.999Z' }), 'waiver/expires-out-of-range', 422],
    ['a waiver until no day', waiver({ expires: '2027-02-30T00:00:00.000Z' }), 'http/invalid-body'],
    ['a waiver without an end', waiver({ expires: undefined }), 'http/invalid-body'],
    ['a waiver without a reason', waiver({ reason: '' }), 'http/invalid-body'],
    ['a reason of 2,001 characters', waiver({ reason: 'x'.repeat(2_001) }), 'http/invalid-body'],
    ['a reason that turns text around', waiver({ reason: 'a \u202e b' }), 'http/invalid-body'],
    ['a reason that moves the cursor', waiver({ reason: '\u001b[2J' }), 'http/invalid-body'],
    ['a waiver with an id of its own', waiver({ waiver: UNKNOWN }), 'http/invalid-body'],
    ['a waiver that is approved already', waiver({ approved: true }), 'http/invalid-body'],
    ['broken glass as text', waiver({ breakGlass: 'yes' }), 'http/invalid-body'],
    ['glass that an administrator breaks', waiver({ breakGlass: true }), 'auth/role-not-allowed', 403],
    ['a waiver of an unknown image', waiver({ digest: `sha256:${'00'.repeat(32)}` }), 'image/unknown', 404],
  ]),
  ...post(`/v1/waivers/${UNKNOWN}/approve`, JSON_TYPE, [
    ['the approval of an unknown waiver', {}, 'waiver/unknown', 404],
    ['an approval in the name of somebody else', { principal: 'ben' }, 'http/invalid-body'],
  ]),
  ...post(`/v1/waivers/${UNKNOWN}/revoke`, JSON_TYPE, [['the end of an unknown waiver', {}, 'waiver/unknown', 404]]),
  ...post(`/v1/images/${DIGEST}/release`, JSON_TYPE, [
    ['a release of what nobody judges', { environment: 'production' }, 'release/verdict-not-passed', 422],
    ['a release to nowhere', {}, 'http/invalid-body'],
    ['a release to a path', { environment: '../production' }, 'http/invalid-body'],
    ['a release on a verdict of its own', { environment: 'production', verdict: 'pass' }, 'http/invalid-body'],
    ['a release on a verdict that is none', { environment: 'production', verdict: 1 }, 'release/verdict-unknown', 422],
    ['a release beyond exact numbers', { environment: 'production', verdict: 2 ** 60 }, 'http/invalid-body'],
  ]),
  ...post(`/v1/images/${DIGEST}/retire`, JSON_TYPE, [
    ['the end in an environment that it never reached', { environment: 'production' }, 'release/not-released', 422],
    ['an end with a reason', { reason: 'because' }, 'http/invalid-body'],
  ]),
  ...post(`/v1/images/sha256:${'00'.repeat(32)}/retire`, JSON_TYPE, [
    ['the end of an unknown image', {}, 'image/unknown', 404],
  ]),
  ...post(`/v1/waivers/${UNKNOWN.toUpperCase()}/revoke`, JSON_TYPE, [
    ['a waiver in upper case', {}, 'http/malformed-parameter'],
  ]),
];
