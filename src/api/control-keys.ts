import { z } from 'zod';
import { control, recorded } from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, CONTROL_REFUSALS, defineRoute } from './route.ts';

const key = z
  .string()
  .min(1)
  .max(1024)
  .meta({ description: 'Control key: base64 of its DER SubjectPublicKeyInfo. See docs/spec/control.md.' });

const shown = {
  controlKeys: z.array(key),
  controlThreshold: z.int().min(0).max(16),
};
const viewFields = {
  ...shown,
  opened: z.strictObject(shown).meta({ description: 'Those that the log was opened with, as trust files name them.' }),
};
const view = z.strictObject(viewFields).meta({ id: 'ControlKeys' });
const recordedView = z.strictObject({ ...viewFields, ...recorded }).meta({ id: 'RecordedControlKeys' });

export const readControlKeys = defineRoute({
  operation: 'readControlKeys',
  method: 'get',
  path: '/v1/control-keys',
  tag: 'Control keys',
  summary: 'Control keys in force; none and 0 in a log that was opened without',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({}),
  answers: { 200: { description: 'The set in force.', schema: view } },
});

export const changeControlKeys = defineRoute({
  operation: 'changeControlKeys',
  method: 'post',
  path: '/v1/control-keys',
  tag: 'Control keys',
  summary: 'Change the control keys, by agreement of those before',
  access: ['admin'],
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({
        controlKeys: z.array(key).min(1).max(16),
        controlThreshold: z.int().min(1).max(16),
        control,
      })
      .meta({ id: 'ControlKeysChange' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: { 200: { description: 'Changed, or changed so before.', schema: recordedView } },
  faults: ['control/no-keys', 'control/malformed-keys', ...CONTROL_REFUSALS],
});
