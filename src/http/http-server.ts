import { createServer, type RequestListener, type Server } from 'node:http';
import { PROBLEM_MEDIA_TYPE } from '../api/problem.ts';
import { problemOf } from './problem-response.ts';
import { awaitContinue } from './raw-body.ts';

/** Times in milliseconds. */
export type ServerTimeouts = {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs?: number;
  /** From the first byte of a request to its last: a 44 MiB attestation over a slow line, and no more. */
  readonly requestMs?: number;
  /** An idle connection, longer than that of the usual proxies, which must be the first to close. */
  readonly keepAliveMs?: number;
};

/** A server for the app, not listening yet, that gives slow and malformed requests an end. */
export function createHttpServer(app: RequestListener, timeouts: ServerTimeouts = {}): Server {
  const server = createServer({ requireHostHeader: true, maxHeaderSize: 16_384 }, app);
  server.headersTimeout = timeouts.headersMs ?? 10_000;
  server.requestTimeout = timeouts.requestMs ?? 120_000;
  server.keepAliveTimeout = timeouts.keepAliveMs ?? 75_000;
  server.maxHeadersCount = 64;
  server.on('checkContinue', (request, response) => {
    awaitContinue(request);
    app(request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const fault = { code: 'http/malformed-request', message: 'This is not an HTTP/1.1 request.' } as const;
    const body = JSON.stringify(problemOf(fault, 'none'));
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
  return server;
}
