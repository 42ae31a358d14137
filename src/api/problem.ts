import { z } from 'zod';

/** Media type of every refusal (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The `type` of a problem is this and its code; docs/spec/faults.md describes each. */
export const PROBLEM_TYPE_BASE = 'https://waybill.dev/faults/';

/** Body of every refusal. Branch on `code`; `detail` is for people and changes. Source: RFC 9457. */
export const problem = z
  .strictObject({
    type: z.string().meta({ description: `\`${PROBLEM_TYPE_BASE}\` and the code.` }),
    title: z.string().meta({ description: 'What the code means; the same for every occurrence.' }),
    status: z.int().min(400).max(599),
    code: z.string().meta({ description: 'Stable code: `area/what`.', example: 'auth/token-missing' }),
    detail: z.string().meta({ description: 'What happened here, for people.' }),
    remedy: z.string().meta({ description: 'What can be done about it; the same for every occurrence, for people.' }),
    at: z
      .string()
      .exactOptional()
      .meta({ description: 'Place in the input: a JSON pointer, `query/name`, `path/name`, a line or an offset.' }),
    requestId: z.string().meta({ description: 'The `X-Request-Id` of this answer; quote it when you ask for help.' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.output<typeof problem>;
