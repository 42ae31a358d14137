import { z } from 'zod';
import {
  control,
  globs,
  onlyControl,
  page,
  pageQuery,
  principalName,
  recorded,
  role,
  stages,
  time,
  title,
} from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, CHANGE_REFUSALS, defineRoute } from './route.ts';
import { session } from './sessions.ts';

const principalFields = {
  principal: principalName,
  role,
  repositories: z.array(z.string()),
  stages: z.array(z.string()),
  person: z.string().exactOptional(),
  title: z.string().exactOptional(),
  grantedAt: time,
  revoked: z.boolean(),
};
const principal = z.strictObject(principalFields).meta({ id: 'Principal' });
const recordedPrincipal = z.strictObject({ ...principalFields, ...recorded }).meta({ id: 'RecordedPrincipal' });
const principalParams = z.strictObject({ principal: principalName });

export const grantPrincipal = defineRoute({
  operation: 'grantPrincipal',
  method: 'post',
  path: '/v1/principals',
  tag: 'Principals',
  summary: 'Grant a principal a role; replaces its earlier grants',
  access: ['admin'],
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({
        principal: principalName,
        role,
        repositories: globs,
        stages,
        person: principalName.exactOptional().meta({ description: 'Pseudonym that ties principals to one human.' }),
        title: title.exactOptional(),
        control: control.exactOptional(),
      })
      .meta({ id: 'GrantRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    201: { description: 'Granted.', schema: recordedPrincipal, location: true },
    200: { description: 'Was granted so before.', schema: recordedPrincipal },
  },
  faults: ['principal/name-reserved', 'principal/last-admin', ...CHANGE_REFUSALS],
});

export const listPrincipals = defineRoute({
  operation: 'listPrincipals',
  method: 'get',
  path: '/v1/principals',
  tag: 'Principals',
  summary: 'List principals',
  access: ['auditor', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of principals.', schema: page(principal) } },
});

export const readPrincipal = defineRoute({
  operation: 'readPrincipal',
  method: 'get',
  path: '/v1/principals/{principal}',
  tag: 'Principals',
  summary: 'One principal',
  access: ['auditor', 'admin'],
  params: principalParams,
  query: z.strictObject({}),
  answers: { 200: { description: 'The principal.', schema: principal } },
  faults: ['principal/unknown'],
});

export const revokePrincipal = defineRoute({
  operation: 'revokePrincipal',
  method: 'post',
  path: '/v1/principals/{principal}/revoke',
  tag: 'Principals',
  summary: 'Take a principal’s role away',
  access: ['admin'],
  params: principalParams,
  query: z.strictObject({}),
  body: { form: 'json', optional: true, schema: onlyControl, bytesMax: JSON_BODY_BYTES_MAX },
  answers: { 200: { description: 'Revoked.', schema: recordedPrincipal } },
  faults: ['principal/unknown', 'principal/last-admin', ...CHANGE_REFUSALS],
});

export const whoami = defineRoute({
  operation: 'whoami',
  method: 'get',
  path: '/v1/whoami',
  tag: 'Principals',
  summary: 'Who the token or the session speaks for, and what they may do',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({}),
  answers: {
    200: {
      description: 'The caller.',
      schema: z
        .strictObject({
          principal: principalName,
          role,
          repositories: z.array(z.string()),
          stages: z.array(z.string()),
          person: z.string().exactOptional().meta({ description: 'Pseudonym of the human behind the principal.' }),
          session: session.exactOptional().meta({ description: 'The session that asked, where it was one.' }),
        })
        .meta({ id: 'Caller' }),
    },
  },
});
