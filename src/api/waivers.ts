import { z } from 'zod';
import { RULE_OR_LIMIT, WAIVER_ID } from '../core/entry/names.ts';
import {
  contractName,
  digest,
  onlyControl,
  page,
  pageQuery,
  principalName,
  recorded,
  repository,
  seq,
  stage,
  time,
} from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, CONTROL_REFUSALS, defineRoute } from './route.ts';

export const waiverId = z
  .string()
  .regex(WAIVER_ID)
  .meta({ description: 'Waiver: an id that the service issued.', example: `w-${'k5'.repeat(13)}` });

/** A check that belongs to a contract. */
const check = z
  .string()
  .max(64)
  .regex(/^contract\/[a-z]+(?:-[a-z]+)*$/)
  .meta({ description: 'The check, by its code as a verification shows it.', example: 'contract/stage' });

/** Why, for people: 1 to 2,000 characters, lines allowed. */
const reason = z
  .string()
  .min(1)
  .max(2000)
  .regex(/^(?:\n|[^\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff])*$/u)
  .meta({
    description: 'Why, for people. Kept for good: name no customers and no secrets.',
    example: 'SHOP-113: no fix yet',
  });

const state = z.enum(['requested', 'break-glass', 'in-force', 'lapsed', 'expired', 'revoked']).meta({
  description:
    '`break-glass`: in force without a second person, for 24 hours; `lapsed`: it never got one. Whether a waiver in force exempts anything is said by a verification.',
});

export const act = z
  .strictObject({
    seq,
    time,
    principal: principalName,
    assurance: z.literal('service').meta({
      description: 'Signed by the service on behalf of the authenticated principal, and by no key of their own.',
    }),
  })
  .meta({ id: 'Act' });

const scope = {
  contract: contractName,
  check,
  stage: stage.exactOptional(),
  rule: z.string().max(64).regex(RULE_OR_LIMIT).exactOptional().meta({
    description: 'Rule of the contract, or its limit, where the check is about one.',
    example: 'layersMax',
  }),
};

const waiverFields = {
  waiver: waiverId,
  state,
  repository,
  digest,
  ...scope,
  expires: time,
  breakGlass: z.boolean(),
  approveBefore: time.exactOptional(),
  reason: z.string().exactOptional(),
  requested: act,
  approved: act.exactOptional(),
  revoked: act.exactOptional(),
};
const waiver = z.strictObject(waiverFields).meta({ id: 'Waiver' });
const recordedWaiver = z.strictObject({ ...waiverFields, ...recorded }).meta({ id: 'RecordedWaiver' });
const waiverParams = z.strictObject({ waiver: waiverId });
const nothing = { form: 'json', optional: true, schema: z.strictObject({}), bytesMax: JSON_BODY_BYTES_MAX } as const;

export const requestWaiver = defineRoute({
  operation: 'requestWaiver',
  method: 'post',
  path: '/v1/waivers',
  tag: 'Waivers',
  summary: 'Ask that one check of a contract be waived for an image',
  description:
    'Exempts nothing before another person approved it. By break-glass (release managers only) it is in force at once, and ends after 24 hours unless a second person approves it by then.',
  access: ['release-manager', 'admin'],
  idempotencyKey: true,
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({
        digest,
        repository: repository.exactOptional(),
        ...scope,
        expires: time.meta({ description: 'From when on it exempts nothing: after now, and within 90 days.' }),
        breakGlass: z.boolean().exactOptional(),
        reason,
      })
      .meta({ id: 'WaiverRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    201: { description: 'Asked for.', schema: recordedWaiver, location: true },
    200: { description: 'Was asked for so before.', schema: recordedWaiver },
  },
  faults: [
    'image/unknown',
    'waiver/no-such-check',
    'waiver/expires-out-of-range',
    'waiver/person-unknown',
    'waiver/builder-unknown',
    'waiver/by-builder',
    'waiver/break-glass-again',
    'attestation/subject-full',
    'http/idempotency-key-reused',
  ],
});

export const listWaivers = defineRoute({
  operation: 'listWaivers',
  method: 'get',
  path: '/v1/waivers',
  tag: 'Waivers',
  summary: 'List waivers, the newest request first',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({
    repository: repository.exactOptional(),
    digest: digest.exactOptional(),
    state: state.exactOptional(),
    expiresBefore: time.exactOptional(),
    ...pageQuery,
  }),
  answers: { 200: { description: 'A page of waivers.', schema: page(waiver) } },
});

export const readWaiver = defineRoute({
  operation: 'readWaiver',
  method: 'get',
  path: '/v1/waivers/{waiver}',
  tag: 'Waivers',
  summary: 'One waiver',
  access: ANY_ROLE,
  params: waiverParams,
  query: z.strictObject({}),
  answers: { 200: { description: 'The waiver.', schema: waiver } },
  faults: ['waiver/unknown'],
});

export const approveWaiver = defineRoute({
  operation: 'approveWaiver',
  method: 'post',
  path: '/v1/waivers/{waiver}/approve',
  tag: 'Waivers',
  summary: 'Approve a waiver as the second person',
  access: ['release-manager', 'admin'],
  idempotencyKey: true,
  params: waiverParams,
  query: z.strictObject({}),
  body: { ...nothing, schema: onlyControl },
  answers: { 200: { description: 'Approved.', schema: recordedWaiver } },
  faults: [
    'waiver/unknown',
    'waiver/already-approved',
    'waiver/same-person',
    'waiver/by-builder',
    'waiver/person-unknown',
    'waiver/builder-unknown',
    'waiver/revoked',
    'waiver/expired',
    'waiver/break-glass-lapsed',
    'http/idempotency-key-reused',
    ...CONTROL_REFUSALS,
  ],
});

export const revokeWaiver = defineRoute({
  operation: 'revokeWaiver',
  method: 'post',
  path: '/v1/waivers/{waiver}/revoke',
  tag: 'Waivers',
  summary: 'Revoke a waiver; one person can',
  access: ['release-manager', 'admin'],
  idempotencyKey: true,
  params: waiverParams,
  query: z.strictObject({}),
  body: nothing,
  answers: { 200: { description: 'Revoked.', schema: recordedWaiver } },
  faults: ['waiver/unknown', 'http/idempotency-key-reused'],
});
