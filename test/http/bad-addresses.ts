import { DIGEST } from './sample-requests.ts';

/** A request that the edge refuses, and how. */
export type BadRequest = {
  readonly what: string;
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** 400 where absent. */
  readonly status?: number;
  readonly code: string;
  readonly at?: string;
};

export const BAD_TARGETS: readonly BadRequest[] = [
  { what: 'percent-encoding cut short', target: '/v1/images/%e', code: 'http/malformed-target' },
  { what: 'percent-encoding that is not hex', target: '/v1/images/%zz', code: 'http/malformed-target' },
  { what: 'percent-encoding that is not UTF-8', target: '/v1/images/%ff', code: 'http/malformed-target' },
  { what: 'overlong UTF-8', target: '/v1/contracts/%c0%ae', code: 'http/malformed-target' },
  { what: 'an encoded surrogate', target: '/v1/contracts/%ed%a0%80', code: 'http/malformed-target' },
  { what: 'a NUL byte in the path', target: '/v1/contracts/a%00', code: 'http/malformed-target' },
  { what: 'a line break in the path', target: '/v1/contracts/a%0d%0ab', code: 'http/malformed-target' },
  { what: 'a NUL byte in the query', target: '/v1/images?cursor=%00', code: 'http/malformed-target' },
  { what: 'a malformed query', target: '/v1/images?cursor=%', code: 'http/malformed-target' },
  { what: 'a malformed query name', target: '/v1/images?%ff=1', code: 'http/malformed-target' },
  { what: 'a malformed query of a public route', target: '/healthz?%', code: 'http/malformed-target' },
  { what: 'a fragment', target: '/v1/images#x', code: 'http/malformed-target' },
  { what: 'a target without a path', method: 'OPTIONS', target: '*', code: 'http/malformed-target' },
  {
    what: 'a very long target',
    target: `/v1/images?cursor=${'a'.repeat(9_000)}`,
    status: 414,
    code: 'http/target-too-long',
  },
];

export const BAD_PARAMETERS: readonly BadRequest[] = [
  { what: 'an unknown parameter', target: '/v1/images?repo=shop', code: 'http/unknown-parameter', at: 'query/repo' },
  { what: 'a parameter named as a property', target: '/v1/images?__proto__=1', code: 'http/unknown-parameter' },
  { what: 'a parameter named constructor', target: '/v1/images?constructor=1', code: 'http/unknown-parameter' },
  { what: 'a parameter without a name', target: '/v1/images?=1', code: 'http/unknown-parameter' },
  { what: 'a nested parameter', target: '/v1/images?repository[a]=b', code: 'http/unknown-parameter' },
  { what: 'a token in the query', target: '/v1/whoami?access_token=x', code: 'http/unknown-parameter' },
  { what: 'a parameter of a public route', target: '/log/checkpoint?size=1', code: 'http/unknown-parameter' },
  {
    what: 'a parameter twice',
    target: '/v1/images?limit=1&limit=2',
    code: 'http/duplicate-parameter',
    at: 'query/limit',
  },
  { what: 'a parameter twice, alike', target: '/v1/images?limit=1&limit=1', code: 'http/duplicate-parameter' },
  {
    what: 'an annotation twice',
    method: 'POST',
    target: '/v1/images/sign?repository=a&annotation=k=1&annotation=k=2',
    body: '{}',
    code: 'http/duplicate-parameter',
  },
  {
    what: 'an annotation without a value',
    method: 'POST',
    target: '/v1/images/sign?repository=a&annotation=k',
    body: '{}',
    code: 'http/malformed-parameter',
  },
  { what: 'limit 0', target: '/v1/images?limit=0', code: 'http/malformed-parameter', at: 'query/limit' },
  { what: 'limit 201', target: '/v1/images?limit=201', code: 'http/malformed-parameter' },
  { what: 'a negative limit', target: '/v1/images?limit=-1', code: 'http/malformed-parameter' },
  { what: 'a limit in another spelling', target: '/v1/images?limit=010', code: 'http/malformed-parameter' },
  { what: 'a limit in hex', target: '/v1/images?limit=0x10', code: 'http/malformed-parameter' },
  { what: 'a limit with an exponent', target: '/v1/images?limit=1e2', code: 'http/malformed-parameter' },
  { what: 'an empty limit', target: '/v1/images?limit=', code: 'http/malformed-parameter' },
  { what: 'a cursor of other characters', target: '/v1/images?cursor=a%20b', code: 'http/malformed-parameter' },
  { what: 'a verdict that is none', target: '/v1/images?verdict=maybe', code: 'http/malformed-parameter' },
  { what: 'an upper-case repository', target: '/v1/images?repository=Shop/api', code: 'http/malformed-parameter' },
  { what: 'a repository that climbs', target: '/v1/images?repository=../x', code: 'http/malformed-parameter' },
  {
    what: 'a digest in upper case',
    target: `/v1/images/${DIGEST.toUpperCase()}`,
    code: 'http/malformed-parameter',
    at: 'path/digest',
  },
  { what: 'a digest cut short', target: '/v1/images/sha256:abcd', code: 'http/malformed-parameter' },
  {
    what: 'a digest of another algorithm',
    target: `/v1/gate/sha512:${'a'.repeat(128)}`,
    code: 'http/malformed-parameter',
  },
  {
    what: 'a report in another format',
    target: `/v1/images/${DIGEST}/report?format=pdf`,
    code: 'http/malformed-parameter',
  },
  { what: 'an entry before the first', target: '/v1/entries/-1', code: 'http/malformed-parameter', at: 'path/seq' },
  { what: 'an entry beyond exact numbers', target: '/v1/entries/9007199254740992', code: 'http/malformed-parameter' },
  { what: 'an entry in another spelling', target: '/v1/entries/00', code: 'http/malformed-parameter' },
  {
    what: 'a consistency proof without an end',
    target: '/v1/consistency?from=1',
    code: 'http/parameter-missing',
    at: 'query/to',
  },
  {
    what: 'a signing without a repository',
    method: 'POST',
    target: '/v1/images/sign',
    body: '{}',
    code: 'http/parameter-missing',
  },
  { what: 'a signer id that is none', target: '/v1/signers/abc', code: 'http/malformed-parameter' },
  { what: 'a slash inside a name', target: '/v1/contracts/a%2Fb', code: 'http/malformed-parameter' },
  { what: 'a file of the docs that is none', target: '/docs/..%2Fapp.ts', code: 'http/malformed-parameter' },
];

export const BAD_HEADERS: readonly BadRequest[] = [
  {
    what: 'another scheme',
    target: '/v1/whoami',
    headers: { Authorization: 'Basic YTpi' },
    status: 401,
    code: 'auth/token-missing',
  },
  {
    what: 'a scheme without a token',
    target: '/v1/whoami',
    headers: { Authorization: 'Bearer' },
    code: 'http/malformed-header',
  },
  {
    what: 'a token of other characters',
    target: '/v1/whoami',
    headers: { Authorization: 'Bearer a b' },
    code: 'http/malformed-header',
  },
  {
    what: 'a very long token',
    target: '/v1/whoami',
    headers: { Authorization: `Bearer ${'a'.repeat(600)}` },
    code: 'http/malformed-header',
  },
  {
    what: 'an unknown token',
    target: '/v1/whoami',
    headers: { Authorization: 'Bearer wbt_x' },
    status: 401,
    code: 'auth/token-unknown',
  },
];
