import { z } from 'zod';
import { KINDS, type Kind } from '../core/entry/kinds.ts';
import { repository, wholeNumber } from './fields.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

const AFTER = /^(?:newest|0|[1-9][0-9]{0,15})$/;

const kind = z
  .enum(Object.keys(KINDS) as [Kind, ...Kind[]])
  .meta({ description: 'Kind of an entry.', example: 'waiver.requested' });

/** Media types that events are answered in. */
export const EVENT_LINES = 'application/x-ndjson';
export const EVENT_STREAM = 'text/event-stream';

/** Header with the seq of the last entry that an answer looked at. */
export const REACHED_HEADER = 'Waybill-Reached';

export const listEvents = defineRoute({
  operation: 'listEvents',
  method: 'get',
  path: '/v1/events',
  tag: 'Ledger',
  summary: 'What happened: an event for each entry, as lines or as a stream',
  description:
    'An event is a JSON object on one line: seq, hash, time, kind, principal, what the entry is about, and its body; nothing of a ' +
    'payload. Each is proved under a signed checkpoint before it is sent. Without `follow` the answer is a page of what is ' +
    'there, and its header `Waybill-Reached` names the last entry that was looked at; with it the answer does not end, and what ' +
    'comes is sent as it comes. `Accept: text/event-stream` follows as server-sent events, whose ids are seqs. After a break it goes on ' +
    'with `after`, or the header `Last-Event-ID`, which goes before it. Entries without a repository are left out for pipelines. See docs/spec/events.md.',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({
    after: z
      .string()
      .refine((text) => AFTER.test(text) && (text === 'newest' || Number.isSafeInteger(Number(text))), {
        error: 'a seq, or newest',
      })
      .exactOptional()
      .meta({
        description: 'Only what comes after this seq; `newest`: after the newest entry. From the first where absent.',
      }),
    kind: z.array(kind).max(64).exactOptional().meta({ description: 'Only these kinds; may be repeated.' }),
    repository: repository.exactOptional(),
    limit: wholeNumber({ min: 1, max: 1_000 }, 'Most events of a page, 1 to 1,000.').default(200),
    follow: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: 'Whether the answer goes on with what comes. `limit` is then of no meaning.' }),
  }),
  answers: {
    200: {
      description: 'Events in the ledger’s order, one a line.',
      mediaType: EVENT_LINES,
      alsoAs: [EVENT_STREAM],
    },
  },
  faults: ['service/out-of-range', 'auth/repository-out-of-scope', 'http/too-many-at-once'],
});
