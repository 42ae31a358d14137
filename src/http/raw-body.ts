import type { IncomingMessage, ServerResponse } from 'node:http';
import { ATTESTATION_BODY_BYTES_MAX } from '../api/limits.ts';
import { concatBytes } from '../core/encoding/bytes.ts';
import { fail, ok, type Result } from '../core/fault.ts';

/** Bodies up to this size are not counted: as many as there are connections fit into memory. */
const SMALL_BYTES_MAX = 256 * 1024;
/** Larger bodies at once, together: four of the largest. Each takes several times its size while it is worked on. */
const LARGE_BYTES_MAX = 4 * ATTESTATION_BODY_BYTES_MAX;
/** Those of one sender, so that whoever sends slowly keeps nobody else from sending. */
const LARGE_BYTES_PER_SENDER_MAX = 2 * ATTESTATION_BODY_BYTES_MAX;
let largeBytes = 0;
const largeBytesBySender = new Map<string, number>();
const largeBytesOf = new WeakMap<ServerResponse, number>();
/** What a body without an announced length sets aside at a time, as it grows. */
const STEP_BYTES = 1024 * 1024;

const awaitingContinue = new WeakSet<IncomingMessage>();

/** Notes a request whose sender waits for "100 Continue": it is sent when the body is wanted, and not before. */
export function awaitContinue(request: IncomingMessage): void {
  awaitingContinue.add(request);
}

/** Whether a request announces a body. Source: RFC 9112 section 6. */
export function announcesBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * The body, exactly as sent. Resolves only once the last byte is there: a sender that stops early, or sends less than
 * it announced, gets nothing written.
 *
 * Faults: `http/content-encoding-not-supported` (digests are over the bytes as sent), `http/body-too-large` (over
 * `bytesMax`), `http/body-aborted`, `http/too-many-at-once` (this sender has its share of large bodies under way),
 * `service/overloaded` (as many are being worked on as memory is for).
 */
export async function readRawBody(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
  sender: string,
): Promise<Result<Uint8Array>> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return fail('http/content-encoding-not-supported', 'Send the body as it is, without compression.');
  }
  const announced = Number(request.headers['content-length'] ?? 0);
  const waiting = awaitingContinue.delete(request);
  // Who sends already is heard out where it is not much more, since most senders read no answer before they are done.
  if (announced > bytesMax && (waiting || announced > 2 * bytesMax)) return tooLarge(bytesMax);
  const held = holdLarge(response, sender, announced);
  if (!held.ok) return held;
  if (waiting) response.writeContinue();
  const isAnnounced = request.headers['content-length'] !== undefined;
  const body = await collect(
    request,
    bytesMax,
    isAnnounced ? () => ok(undefined) : () => holdLarge(response, sender, STEP_BYTES),
  );
  if (body.ok && isAnnounced && body.value.length !== announced) {
    return fail('http/body-aborted', 'The body is shorter than announced.');
  }
  return body;
}

/** Sets memory aside for a body until its answer is gone; a fault where there is none left. */
function holdLarge(response: ServerResponse, sender: string, bytes: number): Result<void> {
  if (bytes <= SMALL_BYTES_MAX) return ok(undefined);
  const own = largeBytesBySender.get(sender) ?? 0;
  if (own + bytes > LARGE_BYTES_PER_SENDER_MAX)
    return fail('http/too-many-at-once', 'Other large bodies of this principal are on their way.');
  if (largeBytes + bytes > LARGE_BYTES_MAX)
    return fail('service/overloaded', 'Too many large bodies are on their way.');
  countLarge(sender, bytes);
  const before = largeBytesOf.get(response);
  if (before === undefined) response.once('close', () => countLarge(sender, -(largeBytesOf.get(response) ?? 0)));
  largeBytesOf.set(response, (before ?? 0) + bytes);
  return ok(undefined);
}

function countLarge(sender: string, bytes: number): void {
  largeBytes += bytes;
  const own = (largeBytesBySender.get(sender) ?? 0) + bytes;
  if (own > 0) largeBytesBySender.set(sender, own);
  else largeBytesBySender.delete(sender);
}

/** The body once its last byte is there. `hold` is asked for each further {@link STEP_BYTES} beyond what is small. */
function collect(request: IncomingMessage, bytesMax: number, hold: () => Result<void>): Promise<Result<Uint8Array>> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let held = SMALL_BYTES_MAX;
    request.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
      while (held < Math.min(length, bytesMax)) {
        const room = hold();
        if (!room.ok) {
          chunks.length = 0;
          held = Number.POSITIVE_INFINITY;
          resolve(room);
        } else held += STEP_BYTES;
      }
      if (length <= bytesMax && held < Number.POSITIVE_INFINITY) chunks.push(chunk);
      else chunks.length = 0;
      if (length > 2 * bytesMax) resolve(tooLarge(bytesMax));
    });
    request.on('end', () => resolve(length > bytesMax ? tooLarge(bytesMax) : ok(concatBytes(...chunks))));
    const aborted = () => resolve(fail('http/body-aborted', 'The connection ended before the body did.'));
    request.on('error', aborted);
    request.on('close', aborted);
  });
}

function tooLarge(bytesMax: number): Result<never> {
  return fail('http/body-too-large', `The body has at most ${bytesMax} bytes here.`);
}
