import type { BadRequest } from '../http/bad-addresses.ts';
import { post } from './bad-requests.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const NOBODY = `/v1/webhooks/wh-${'k7'.repeat(13)}`;

const wanted = (over: object) => ({ url: 'https://hooks.example.com/a', types: ['*'], ...over });

/** Webhooks that nobody makes, and that there are not. */
export const BAD_WEBHOOKS: readonly BadRequest[] = [
  ...post('/v1/webhooks', JSON_TYPE, [
    ['no address', wanted({ url: undefined }), 'http/invalid-body'],
    ['an address of no scheme', wanted({ url: 'hooks.example.com' }), 'http/invalid-body'],
    ['an address of a file', wanted({ url: 'file:///etc/passwd' }), 'http/invalid-body'],
    ['an address with a line in it', wanted({ url: 'https://a.example/\r\nX: y' }), 'http/invalid-body'],
    ['an address with a password', wanted({ url: 'https://u:p@a.example/' }), 'webhook/malformed-url', 422],
    ['an address without TLS', wanted({ url: 'http://a.example/' }), 'webhook/malformed-url', 422],
    ['the machine itself', wanted({ url: 'https://127.0.0.1/' }), 'webhook/address-refused', 422],
    ['the machine itself as a number', wanted({ url: 'https://2130706433/' }), 'webhook/address-refused', 422],
    ['the machine itself as IPv6', wanted({ url: 'https://[::1]/' }), 'webhook/address-refused', 422],
    [
      'what clouds answer with credentials',
      wanted({ url: 'https://169.254.169.254/' }),
      'webhook/address-refused',
      422,
    ],
    ['an address of 3,000 characters', wanted({ url: `https://a.example/${'a'.repeat(3_000)}` }), 'http/invalid-body'],
    ['no type', wanted({ types: [] }), 'http/invalid-body'],
    ['a type that there is not', wanted({ types: ['image.painted'] }), 'http/invalid-body'],
    ['a repository that is none', wanted({ repositories: ['Shop/Api'] }), 'http/invalid-body'],
    ['a title that turns the text around', wanted({ title: '\u202e' }), 'http/invalid-body'],
    ['a secret of the caller', wanted({ secret: 'whsec_AAAA' }), 'http/invalid-body'],
  ]),
  ...post(`${NOBODY}/remove`, JSON_TYPE, [['a webhook that there is not', {}, 'webhook/unknown', 404]]),
  ...post(`${NOBODY}/disable`, JSON_TYPE, [['a webhook that there is not', {}, 'webhook/unknown', 404]]),
  ...post(`${NOBODY}/enable`, JSON_TYPE, [
    ['a webhook that there is not', {}, 'webhook/unknown', 404],
    ['a place before the first', { after: -1 }, 'http/invalid-body'],
  ]),
  ...post(`${NOBODY}/rotate`, JSON_TYPE, [
    ['a webhook that there is not', {}, 'webhook/unknown', 404],
    ['an overlap of a year', { overlapSeconds: 31_536_000 }, 'http/invalid-body'],
  ]),
  ...post(`${NOBODY}/test`, JSON_TYPE, [['a webhook that there is not', {}, 'webhook/unknown', 404]]),
  ...post(`${NOBODY}/redeliver`, JSON_TYPE, [
    ['a webhook that there is not', {}, 'webhook/unknown', 404],
    ['a delivery of no form', { delivery: 'msg_1' }, 'http/invalid-body'],
  ]),
];
