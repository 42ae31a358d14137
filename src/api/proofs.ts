import { z } from 'zod';
import { ENTRY_KEY } from '../core/entry/names.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

const key = z
  .string()
  .max(160)
  .regex(ENTRY_KEY)
  .meta({
    description: 'The list: what entries are filed under, as docs/spec/entry.md section 4 lists them.',
    example: `image:sha256:${'4f'.repeat(32)}`,
  });

export const proveCompleteness = defineRoute({
  operation: 'proveCompleteness',
  method: 'get',
  path: '/v1/proofs/completeness',
  tag: 'Ledger',
  summary: 'Proof that a list has these entries and no others, or none',
  description:
    'For auditors, operators and administrators with the scope `*` of any list; for others of a list with an entry that they may read, and of no other are they told that it is there. Check it with `waybill verify FILE`.',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({ key }),
  answers: { 200: { description: 'The proof, canonical JSON: see docs/spec/completeness.md.' } },
  faults: ['completeness/too-many-entries', 'service/not-found'],
});
