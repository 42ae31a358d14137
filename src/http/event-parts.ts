import { type Fault, fail, ok, type Result } from '../core/fault.ts';
import type { Caller } from '../service/caller.ts';
import type { ProvedEvent } from '../service/proved-events.ts';
import type { EventsAnswer, EventsRequest, ReadEvents } from '../service/read-events.ts';

/** How events, and what keeps a connection alive between them, are written. */
export type EventForm = {
  /** What the answer begins with; `reached` is the entry that it goes on behind, −1 where there is none. */
  readonly opening: (reached: number) => string;
  readonly event: (event: ProvedEvent) => string;
  /** Sent where there was nothing else for a while; `reached` is the last entry that was looked at, −1 where there is none. */
  readonly heartbeat: (reached: number) => string;
  /** Tells why nothing more follows. */
  readonly refusal: (fault: Fault) => string;
};

/** One JSON object a line; an empty line between them says that the connection is alive. */
export const LINES: EventForm = {
  opening: () => '',
  event: ({ line }) => `${line}\n`,
  heartbeat: () => '\n',
  refusal: () => '',
};

/** How long a client waits until it comes again, in milliseconds. */
const RETRY_MS = 2_000;

/**
 * Server-sent events, each with its seq as id. Opening and heartbeats have an id without data: clients then remember it and tell
 * nobody, so that one which is cut off before its first event goes on from where it began.
 * Source: HTML, section 9.2.6, "Interpreting an event stream".
 */
export const SERVER_SENT: EventForm = {
  opening: (reached) => `retry: ${RETRY_MS}\n${idOf(reached)}\n`,
  event: ({ event, line }) => `id: ${event.seq}\ndata: ${line}\n\n`,
  heartbeat: (reached) => `:\n${idOf(reached)}\n`,
  refusal: ({ code }) => `event: refused\ndata: ${JSON.stringify({ code })}\n\n`,
};

function idOf(reached: number): string {
  return reached < 0 ? '' : `id: ${reached}\n`;
}

/** Characters of one part, about. */
const PART_CHARACTERS = 64 * 1024;
/** How long one look waits for entries: after each, who may still read is asked again. */
const LOOK_MS = 1_000;
/** Proxies and clients give up connections on which nothing moves, the most impatient of them after 30 seconds. */
const HEARTBEAT_MS = 15_000;
/** How old an authentication may be where nothing is sent. */
const ADMISSION_AGE_MS_MAX = 500;
const EVENTS_AT_ONCE = 256;

export type Following = {
  readonly readEvents: ReadEvents;
  readonly caller: Caller;
  readonly request: Pick<EventsRequest, 'kinds' | 'repository'> & { readonly after: number };
  /** Who calls by now; a refusal ends the stream. */
  readonly readmit: () => Promise<Result<Caller>>;
  readonly ending: AbortSignal;
  readonly form: EventForm;
  /** Hears of what failed inside; the stream then ends, and its reader comes again. */
  readonly noteError: (error: unknown) => void;
  readonly heartbeatMs?: number;
};

/**
 * What happens from now on, as parts of an answer, until `ending`, or until the caller may not read it any more. Never
 * throws; nothing is read ahead of who reads it.
 */
export async function* followEvents(following: Following): AsyncGenerator<string, void, undefined> {
  const { form, ending, noteError, request } = following;
  try {
    const opening = form.opening(request.after);
    if (opening !== '') yield opening;
    yield* follow(following);
  } catch (error) {
    if (!ending.aborted) noteError(error);
  }
}

async function* follow(following: Following): AsyncGenerator<string, void, undefined> {
  const { readEvents, request, ending, form, heartbeatMs = HEARTBEAT_MS } = following;
  let { caller } = following;
  let { after } = request;
  let told = performance.now();
  let admitted = told;
  while (!ending.aborted) {
    const waiting = { milliseconds: LOOK_MS, signal: ending };
    const awaited = await readEvents(caller, { ...request, after, limit: EVENTS_AT_ONCE, waiting });
    if (!awaited.ok) return yield form.refusal(awaited.fault);
    let answer: typeof awaited | Awaited<ReturnType<ReadEvents>> = awaited;
    // After the reading, so that a change of the grant that stands before what was read counts for it.
    if (awaited.value.events.length > 0 || performance.now() - admitted > ADMISSION_AGE_MS_MAX) {
      const current = await following.readmit();
      if (!current.ok) return yield form.refusal(current.fault);
      // What was read is thrown away where the grant is another one by now: it may reach less.
      if (current.value.grants !== caller.grants)
        answer = await readEvents(current.value, { ...request, after, limit: EVENTS_AT_ONCE });
      if (!answer.ok) return yield form.refusal(answer.fault);
      caller = current.value;
      admitted = performance.now();
    }
    const part = firstPart(answer.value, form);
    after = part.reached;
    const isQuiet = part.text === '';
    if (isQuiet && performance.now() - told < heartbeatMs) continue;
    told = performance.now();
    yield isQuiet ? form.heartbeat(after) : part.text;
  }
}

/**
 * As many events as one part has room for, and the last entry behind which the next goes on. What is left is read again: a reader may
 * take half a minute over each part, and who may have it is asked before each.
 */
function firstPart(
  { events, reached }: EventsAnswer,
  form: EventForm,
): { readonly text: string; readonly reached: number } {
  let text = '';
  let last = reached;
  for (const each of events) {
    const next = form.event(each);
    if (text !== '' && text.length + next.length > PART_CHARACTERS) return { text, reached: last };
    text += next;
    last = each.event.seq;
  }
  return { text, reached };
}

/** The place to go on from that a client names when it comes again. Fault: `http/malformed-header`. */
export function readLastEventId(text: string | undefined): Result<number | undefined> {
  if (text === undefined || text === '') return ok(undefined);
  const seq = Number(text);
  if (/^(?:0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(seq)) return ok(seq);
  return fail('http/malformed-header', 'Last-Event-ID is none of this stream.', 'header/last-event-id');
}
