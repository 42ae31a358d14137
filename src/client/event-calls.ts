import { EVENT_LINES, REACHED_HEADER } from '../api/events.ts';
import { EVENT_CHARACTERS_MAX, type LedgerEvent, parseLedgerEvent } from '../core/event/ledger-event.ts';
import { ClientError } from './client-error.ts';
import type { ApiRequest, Streaming, Transport } from './transport.ts';

/** Which events: after a seq, or after the newest entry; of some kinds; of one repository. */
export type EventsQuestion = {
  readonly after?: number | 'newest' | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly repository?: string | undefined;
};

/** An event, and its line exactly as it was sent. */
export type ReceivedEvent = { readonly event: LedgerEvent; readonly line: string };

/** After how long without a part a stream of events has broken off: longer than two heartbeats of the service. */
export const EVENTS_SILENCE_MS = 45_000;
/** The first pause after a break, and the longest: each is twice the one before, until something came. */
const PAUSE_MS = { first: 250, longest: 15_000 } as const;
const LF = 0x0a;

/** What happens, as pages and as it comes. */
export function eventCalls(send: Transport, open: Streaming) {
  return {
    /** A page of events, and the seq of the last entry that was looked at: undefined where the log has none after `after`. */
    events: async (question: EventsQuestion, limit: number) => {
      const { body, headers } = await send(requestOf(question, { limit }));
      const lines = splitLines(body);
      if (lines.rest.length > 0) throw malformed('a line without an end');
      return { events: lines.whole.flatMap(readLine), reached: readReached(headers) };
    },

    /**
     * Events as they come, without end; after a break it goes on behind the last one that came, for as long as the service does
     * not refuse. `onBreak` hears why it broke and how long the pause is.
     */
    followEvents: async function* (
      question: EventsQuestion,
      onBreak: (error: ClientError, pauseMs: number) => void = () => undefined,
    ): AsyncGenerator<ReceivedEvent, void, undefined> {
      let { after } = question;
      let pauseMs: number = PAUSE_MS.first;
      for (;;) {
        try {
          const { headers, parts } = await open(requestOf({ ...question, after }, { follow: 'true' }));
          // Whoever began with what is to come goes on from there, and not from what is newest by then.
          if (after === 'newest') after = readReached(headers) ?? after;
          for await (const received of readLines(parts)) {
            after = received.event.seq;
            pauseMs = PAUSE_MS.first;
            yield received;
          }
        } catch (error) {
          if (!(error instanceof ClientError) || isFinal(error)) throw error;
          onBreak(error, pauseMs);
        }
        await pause(pauseMs * (0.5 + Math.random()));
        pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest);
      }
    },
  };
}

/** The last entry that was looked at; undefined where the log has none. */
function readReached(headers: Headers): number | undefined {
  const reached = headers.get(REACHED_HEADER);
  return reached === null ? undefined : Number(reached);
}

/** Whether asking again changes nothing. */
function isFinal(error: ClientError): boolean {
  return error.refused || error.problem.code === 'client/malformed-answer';
}

function requestOf({ after, kinds, repository }: EventsQuestion, more: ApiRequest['query']): ApiRequest {
  const query = { after, kind: kinds, repository, ...more };
  return { method: 'GET', path: '/v1/events', query, accept: EVENT_LINES };
}

async function* readLines(parts: AsyncIterable<Uint8Array>): AsyncGenerator<ReceivedEvent, void, undefined> {
  let rest: Uint8Array = new Uint8Array();
  for await (const part of parts) {
    const lines = splitLines(Buffer.concat([rest, part]));
    rest = lines.rest;
    for (const line of lines.whole) yield* readLine(line);
    if (rest.length > EVENT_CHARACTERS_MAX) throw malformed('a line that is too long');
  }
}

/** Lines that have ended, and what there is of the next. */
function splitLines(bytes: Uint8Array): { readonly whole: readonly Uint8Array[]; readonly rest: Uint8Array } {
  const whole: Uint8Array[] = [];
  let from = 0;
  for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, from)) {
    whole.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return { whole, rest: bytes.subarray(from) };
}

/** The event of a line; none of an empty one, which only says that the connection is alive. */
function readLine(line: Uint8Array): readonly ReceivedEvent[] {
  if (line.length === 0) return [];
  const event = parseLedgerEvent(line);
  if (!event.ok) throw malformed(`${event.fault.code}${event.fault.at === undefined ? '' : ` at ${event.fault.at}`}`);
  return [{ event: event.value, line: new TextDecoder().decode(line) }];
}

function malformed(what: string): ClientError {
  const message = `The events are not what the API promises (${what}).`;
  return new ClientError({ code: 'client/malformed-answer', message });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
