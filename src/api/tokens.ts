import { z } from 'zod';
import { page, pageQuery, principalName, time, title, tokenId } from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { DUAL_REFUSALS, defineRoute } from './route.ts';

const tokenFields = {
  id: tokenId,
  principal: principalName,
  title: z.string(),
  createdAt: time,
  expiresAt: time,
  revokedAt: time.exactOptional(),
};
const token = z.strictObject(tokenFields).meta({ id: 'Token' });

export const createToken = defineRoute({
  operation: 'createToken',
  method: 'post',
  path: '/v1/tokens',
  tag: 'Tokens',
  summary: 'Create a token; its secret is answered once and never again',
  access: ['admin'],
  tokenOnly: true,
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({
        principal: principalName,
        title,
        lifetimeSeconds: z.int().min(1).meta({ description: 'Seconds until it expires.', example: 86_400 }),
      })
      .meta({ id: 'TokenRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    201: {
      description: 'Created.',
      schema: z.strictObject({ ...tokenFields, token: z.string() }).meta({ id: 'NewToken' }),
    },
  },
  faults: ['principal/unknown', 'session/token-needed', 'token/lifetime-out-of-range', ...DUAL_REFUSALS],
});

export const listTokens = defineRoute({
  operation: 'listTokens',
  method: 'get',
  path: '/v1/tokens',
  tag: 'Tokens',
  summary: 'List tokens, without their secrets',
  access: ['auditor', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of tokens.', schema: page(token) } },
});

export const revokeToken = defineRoute({
  operation: 'revokeToken',
  method: 'post',
  path: '/v1/tokens/{id}/revoke',
  tag: 'Tokens',
  summary: 'Revoke a token at once',
  access: ['admin'],
  params: z.strictObject({ id: tokenId }),
  query: z.strictObject({}),
  body: { form: 'json', optional: true, schema: z.strictObject({}), bytesMax: JSON_BODY_BYTES_MAX },
  answers: { 200: { description: 'Revoked.', schema: token } },
  faults: ['token/unknown'],
});
