import type { Request, Response } from 'express';
import type { Reply, StreamedBody } from './edge.ts';
import { sendFault } from './problem-response.ts';
import type { ReadingTimes, SlowReaders } from './slow-readers.ts';

/** Who reads an answer, how long they may take, and how much may wait for them. */
export type Reading = {
  readonly reader: string;
  readonly readingTimes: ReadingTimes;
  readonly slowReaders: SlowReaders;
};

/** Sends an answer, or the refusal where too much waits to be read already. */
export async function sendReply(request: Request, response: Response, reply: Reply, reading: Reading): Promise<void> {
  if (response.destroyed) return;
  const { body } = reply;
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  const length = isWhole ? Buffer.byteLength(body) : body.bytesExpected;
  const size = { held: isWhole ? length : body.bytesKept, expected: length };
  const bounded = reading.slowReaders.bound(response, reading.reader, size, reading.readingTimes);
  if (!bounded.ok) {
    sendFault(response, bounded.fault);
    return;
  }
  response.statusCode = reply.status;
  response.setHeader('Cache-Control', 'no-store');
  if (reply.status !== 304) response.setHeader('Content-Type', reply.mediaType);
  if (isWhole && reply.status !== 304) response.setHeader('Content-Length', length);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (request.method === 'HEAD') response.end();
  else if (isWhole) response.end(body);
  else await sendParts(response, body, reading);
}

/** Whoever is gone or does not read gets nothing made: the next part is asked for when this one was taken. */
async function sendParts(response: Response, { parts, isLive }: StreamedBody, reading: Reading): Promise<void> {
  if (isLive === true) response.flushHeaders();
  for await (const part of parts) {
    if (response.destroyed) return;
    if (response.write(part)) continue;
    const taken = reading.slowReaders.hold(reading.reader, Buffer.byteLength(part));
    await drainedOrClosed(response, isLive === true ? reading.readingTimes.graceMs : undefined);
    taken();
  }
  response.end();
}

/** Resolves when what was written is taken or the connection is gone; it is cut off where that takes longer than `milliseconds`. */
function drainedOrClosed(response: Response, milliseconds: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const cut = milliseconds === undefined ? undefined : setTimeout(() => response.destroy(), milliseconds);
    const done = () => {
      clearTimeout(cut);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
