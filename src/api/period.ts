import { z } from 'zod';
import { TIME } from '../core/entry/names.ts';
import { json } from './fields.ts';
import { defineRoute } from './route.ts';

const SEQ = /^(?:0|[1-9][0-9]{0,15})$/;

/** A place in the log: a seq in decimal, or a time in the spelling of entries. */
const bound = (description: string) =>
  z
    .string()
    .max(24)
    .refine((text) => TIME.test(text) || (SEQ.test(text) && Number.isSafeInteger(Number(text))), {
      error: 'a seq, or an RFC 3339 time in UTC with milliseconds',
    })
    .meta({ description, example: '2026-01-02T03:04:05.678Z' });

/** A number of entries, or the seq of one. */
const count = (description: string) =>
  z
    .string()
    .regex(SEQ)
    .refine((text) => Number.isSafeInteger(Number(text)), { error: 'an integer below 2^53' })
    .optional()
    .meta({ description, example: '1234' });

export const exportPeriod = defineRoute({
  operation: 'exportPeriod',
  method: 'get',
  path: '/v1/exports',
  tag: 'Ledger',
  summary: 'The whole population of a period, as lines, with the proof that it is whole',
  description:
    'Every entry from a seq or time on, up to but without another, with what people wrote about it: a line each, between one ' +
    'that names the signed checkpoint and one that leads to it. It streams, however long the period is. An answer that ends ' +
    'without its last line (after five minutes, or where the connection breaks) is gone on with by `after` and `size`, byte ' +
    'for byte. Tables are made of the lines by whoever reads them: `waybill export`.',
  access: ['auditor', 'operator', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject({
    from: bound('First seq, or the time that the period begins at.'),
    to: bound('The seq or time, of the same form as `from`, that the period ends before.'),
    size: count('Size of the checkpoint that an earlier answer named; the newest unless told.'),
    after: count('Seq of the last entry that you have: only what comes after its line is answered.'),
  }),
  answers: {
    200: {
      description: 'Lines of canonical JSON; see docs/spec/export.md.',
      mediaType: 'application/x-ndjson',
    },
  },
  faults: ['service/out-of-range', 'service/not-found'],
});

export const readPeriod = defineRoute({
  operation: 'readPeriod',
  method: 'get',
  path: '/v1/proofs/period',
  tag: 'Ledger',
  summary: 'All entries of a period, with the proof that they are all',
  description:
    'From a seq or time on, up to but without another. The answer holds the entries with both neighbours, the path to a ' +
    'signed checkpoint, and the checkpoint from before the period with the proof that the later one continues it. At ' +
    'most 10,000 entries of 16 MiB; ask for more in parts, by seq.',
  access: ['auditor', 'operator', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject({
    from: bound('First seq, or the time that the period begins at.'),
    to: bound('The seq or time, of the same form as `from`, that the period ends before.'),
  }),
  answers: { 200: { description: 'The proof, canonical JSON; see docs/spec/period.md.', schema: json } },
  faults: ['service/out-of-range', 'period/too-large', 'service/not-found'],
});
