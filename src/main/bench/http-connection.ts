import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import type { LoadTarget } from './load-job.ts';

/** One answer: its status and its body. */
export type Answer = { readonly status: number; readonly body: Buffer };

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/**
 * One kept-alive HTTP/1.1 connection that takes whole requests as bytes, one at a time. It understands what the servers
 * under test send, and no more: a status line, a body of a told length or in chunks. So it costs a small share of what
 * they cost.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #settle: ((answer: Answer) => void) | undefined;
  #refuse: ((error: Error) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#break(error));
    socket.on('close', () => this.#break(new Error('the server closed a connection')));
  }

  static async open(target: LoadTarget): Promise<HttpConnection> {
    const socket = createConnection(target.port, target.host);
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  /** Sends one request and resolves with its answer; rejects when the connection ends before that, or has ended. */
  send(request: Buffer): Promise<Answer> {
    return new Promise((settle, refuse) => {
      if (this.#socket.destroyed) {
        refuse(new Error('the server had closed a connection'));
        return;
      }
      this.#settle = settle;
      this.#refuse = refuse;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const read = readBody(head, this.#received, headEnd + HEAD_END.length);
    if (read === undefined) return;
    if (read === 'unknown') {
      this.#break(new Error('an answer whose length is not told'));
      return;
    }
    this.#received = this.#received.subarray(read.end);
    const settle = this.#settle;
    this.#settle = undefined;
    this.#refuse = undefined;
    settle?.({ status: Number(head.slice(9, 12)), body: read.body });
  }

  #break(error: Error): void {
    const refuse = this.#refuse;
    this.#settle = undefined;
    this.#refuse = undefined;
    this.#socket.destroy();
    refuse?.(error);
  }
}

type ReadBody = { readonly body: Buffer; readonly end: number };

/** The body that starts at `start`, and where it ends; undefined while it is not whole. */
function readBody(head: string, received: Buffer, start: number): ReadBody | 'unknown' | undefined {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = start + Number(length);
    return received.length < end ? undefined : { body: received.subarray(start, end), end };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return 'unknown';
  // Whoever has not sent the last chunk is not looked at any closer.
  return received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ? readChunks(received, start) : undefined;
}

/** A chunked body, without trailers. Source: RFC 9112 section 7.1. */
function readChunks(received: Buffer, start: number): ReadBody | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = received.indexOf('\r\n', at);
    const size = lineEnd === -1 ? Number.NaN : Number.parseInt(received.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size;
    if (!(end + 2 <= received.length)) return undefined;
    if (size === 0) return { body: Buffer.concat(chunks), end: end + 2 };
    chunks.push(received.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}
