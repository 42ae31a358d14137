import { z } from 'zod';
import { principalName, time } from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

/** Id of a session; never its cookie. */
const sessionId = z
  .string()
  .regex(/^(?:current|[0-9a-f]{16})$/)
  .meta({ description: 'Id of a session, or `current` for the one that asks.', example: 'current' });

const sessionFields = {
  id: z.string().meta({ description: '16 hex digits.' }),
  createdAt: time,
  seenAt: time.meta({ description: 'When its user was last seen, to about a minute.' }),
  expiresAt: time.meta({ description: 'When it ends at the latest; half an hour without its user ends it before.' }),
};

/** A browser that is signed in. */
export const session = z.strictObject(sessionFields).meta({ id: 'Session' });

export const openSession = defineRoute({
  operation: 'openSession',
  method: 'post',
  path: '/v1/sessions',
  tag: 'Sessions',
  summary: 'Sign a browser in with a token; the cookie that comes back is no token and cannot be read by scripts',
  description:
    'Asks for a token. The session ends with the token, with the role of its principal, after twelve hours, or after half an hour without its user. A session that the browser had is ended.',
  access: ANY_ROLE,
  tokenOnly: true,
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: { form: 'json', optional: true, schema: z.strictObject({}), bytesMax: JSON_BODY_BYTES_MAX },
  answers: {
    201: {
      description: 'Signed in: `Set-Cookie` carries the session.',
      schema: z.strictObject({ ...sessionFields, principal: principalName }).meta({ id: 'NewSession' }),
    },
  },
  faults: ['session/cross-site', 'session/insecure-transport', 'session/token-needed'],
});

export const listSessions = defineRoute({
  operation: 'listSessions',
  method: 'get',
  path: '/v1/sessions',
  tag: 'Sessions',
  summary: 'The caller’s own sessions that have not ended, newest first',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({}),
  answers: {
    200: {
      description: 'All of them, 32 at most.',
      schema: z.strictObject({ items: z.array(session) }).meta({ id: 'Sessions' }),
    },
  },
});

export const endSession = defineRoute({
  operation: 'endSession',
  method: 'post',
  path: '/v1/sessions/{session}/end',
  tag: 'Sessions',
  summary: 'End a session of the caller’s own, at once',
  access: ANY_ROLE,
  params: z.strictObject({ session: sessionId }),
  query: z.strictObject({}),
  body: { form: 'json', optional: true, schema: z.strictObject({}), bytesMax: JSON_BODY_BYTES_MAX },
  answers: {
    200: {
      description: 'Ended; where it was the one that asked, the cookie is taken back.',
      schema: z.strictObject({ id: z.string(), ended: z.literal(true) }).meta({ id: 'EndedSession' }),
    },
  },
  faults: ['session/not-found'],
});
