import assert from 'node:assert/strict';
import { createParser } from 'eventsource-parser';

type Event = { readonly [member: string]: unknown };

/** Reads a stream as any client would: server-sent events by a parser that is not ours, lines by their line feeds. */
/** Opens a stream; rejects where it is refused by a status. */
export async function openFollower(url: string, headers: Readonly<Record<string, string>>) {
  const leaving = new AbortController();
  const response = await fetch(url, { headers, signal: leaving.signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`refused with ${response.status}`);
  }
  const contentType = response.headers.get('content-type') ?? '';
  const reached = response.headers.get('waybill-reached');
  let sent = '';
  const events: Event[] = [];
  const ids: string[] = [];
  const refusals: unknown[] = [];
  let retryMs: number | undefined;
  let heartbeats = 0;
  let wake = () => {};
  const parser = createParser({
    onEvent: ({ id, event, data }) => {
      if (event === 'refused') {
        refusals.push((JSON.parse(data) as Event).code);
        return;
      }
      events.push(JSON.parse(data) as Event);
      ids.push(id ?? '');
    },
    onRetry: (milliseconds) => {
      retryMs = milliseconds;
    },
    onComment: () => {
      heartbeats += 1;
    },
    onError: (error) => assert.fail(error),
  });
  let rest = '';
  const takeLines = (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') heartbeats += 1;
      else events.push(JSON.parse(line) as Event);
    }
  };
  const ended = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const part of response.body ?? []) {
        const text = decoder.decode(part, { stream: true });
        sent += text;
        if (contentType === 'text/event-stream') parser.feed(text);
        else takeLines(text);
        wake();
      }
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
    }
    wake();
  })();
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  return {
    contentType,
    /** The entry behind which it said to go on. */
    reached,
    /** Everything that came, as it came. */
    sent: () => sent,
    events,
    ids,
    refusals,
    retryMs: () => retryMs,
    heartbeats: () => heartbeats,
    /** Resolves when the service has ended the stream. */
    ended,
    /** Resolves once `holds` does, which is looked at whenever something came. */
    until: async (holds: () => boolean) => {
      while (!holds()) {
        assert(!isOver, 'the stream ended before');
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    [Symbol.asyncDispose]: async () => {
      leaving.abort();
      await ended;
    },
  };
}
