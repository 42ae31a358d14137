import { z } from 'zod';
import { DUAL_KINDS } from '../core/entry/kinds/change-proposed.ts';
import { MEDIA_TYPE } from '../core/entry/names.ts';
import { control, page, pageQuery, principalName, recorded, seq, time } from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, CHANGE_REFUSALS, defineRoute } from './route.ts';

const change = {
  kind: z.enum(DUAL_KINDS).meta({ description: 'Kind of the entry that is proposed.', example: 'contract.withdrawn' }),
  body: z.record(z.string(), z.unknown()).meta({
    description: 'Its body, as docs/spec/entry.md has it.',
    example: { contract: 'shop', version: 2, repositories: ['shop/*'] },
  }),
  mediaType: z
    .string()
    .max(255)
    .regex(MEDIA_TYPE)
    .exactOptional()
    .meta({ description: 'Media type of its payload, where it has one.' }),
  document: z
    .string()
    .max(JSON_BODY_BYTES_MAX * 2)
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
    .exactOptional()
    .meta({ description: 'The payload in base64: the exact canonical bytes of the document.' }),
};
const proposedFields = {
  key: z.string().meta({ description: 'List of what is changed.', example: 'contract:shop' }),
  ...change,
  proposal: seq.meta({ description: 'Seq of the proposal.' }),
  proposedAt: time,
  principal: principalName,
  person: z
    .string()
    .exactOptional()
    .meta({ description: 'The person behind the principal, who cannot be the second.' }),
};
const proposed = z.strictObject(proposedFields).meta({ id: 'ProposedChange' });
const recordedChange = z.strictObject({ ...proposedFields, ...recorded }).meta({ id: 'RecordedChange' });

const settingsFields = {
  dualControl: z
    .boolean()
    .meta({ description: 'Whether changes of trust take two people. See docs/spec/dual-control.md.' }),
};
const settings = z.strictObject(settingsFields).meta({ id: 'Settings' });
const recordedSettings = z.strictObject({ ...settingsFields, ...recorded }).meta({ id: 'RecordedSettings' });

export const proposeChange = defineRoute({
  operation: 'proposeChange',
  method: 'post',
  path: '/v1/changes',
  tag: 'Dual control',
  summary: 'Propose a change of trust, as the first of two people',
  description:
    'Another person makes the change by its own route, with exactly these contents, before anything else moves the list. Whether it would be accepted is judged then.',
  access: ['admin'],
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z.strictObject(change).meta({ id: 'ChangeRequest' }),
    bytesMax: 2 * JSON_BODY_BYTES_MAX,
  },
  answers: {
    201: { description: 'Proposed.', schema: recordedChange, location: true },
    200: { description: 'Was proposed so before, and waits.', schema: recordedChange },
  },
  faults: ['dual-control/off', 'dual-control/malformed-change', 'dual-control/person-unknown'],
});

export const listChanges = defineRoute({
  operation: 'listChanges',
  method: 'get',
  path: '/v1/changes',
  tag: 'Dual control',
  summary: 'List changes that wait for a second person',
  description: 'A page may have fewer items than asked for, and more may follow.',
  access: ['auditor', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of changes.', schema: page(proposed) } },
});

export const readSettings = defineRoute({
  operation: 'readSettings',
  method: 'get',
  path: '/v1/settings',
  tag: 'Dual control',
  summary: 'What holds in this log',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({}),
  answers: { 200: { description: 'The settings.', schema: settings } },
});

export const changeSettings = defineRoute({
  operation: 'changeSettings',
  method: 'post',
  path: '/v1/settings',
  tag: 'Dual control',
  summary: 'Turn dual control on or off, as the second of two people',
  access: ['admin'],
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z.strictObject({ ...settingsFields, control: control.exactOptional() }).meta({ id: 'SettingsChange' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: { 200: { description: 'Changed, or so already.', schema: recordedSettings } },
  faults: CHANGE_REFUSALS,
});
