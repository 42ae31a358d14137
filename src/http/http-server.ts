import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { PROBLEM_MEDIA_TYPE } from '../api/problem.ts';
import type { Fault } from '../core/fault.ts';
import { problemOf } from './problem-response.ts';
import { awaitContinue } from './raw-body.ts';

const MALFORMED: Fault = { code: 'http/malformed-request', message: 'This is not an HTTP/1.1 request.' };

/** What Node says of connections that it gives up. */
const FAULTS_OF_PARSER: Readonly<Record<string, Fault>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'http/request-timeout', message: 'The rest of the request did not come.' },
  HPE_HEADER_OVERFLOW: { code: 'http/headers-too-large', message: 'The headers have over 16 KiB.' },
};

/** Times in milliseconds. */
export type ServerTimeouts = {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs?: number;
  /** From the first byte of a request to its last: a 44 MiB attestation over a slow line, and no more. */
  readonly requestMs?: number;
  /** An idle connection, longer than that of the usual proxies, which must be the first to close. */
  readonly keepAliveMs?: number;
  /** How often the first two are looked at. */
  readonly checkMs?: number;
};

/** A server for the app, not listening yet, that gives slow and malformed requests an end. */
export function createHttpServer(app: RequestListener, timeouts: ServerTimeouts = {}): Server {
  const server = createServer(
    { requireHostHeader: true, maxHeaderSize: 16_384, connectionsCheckingInterval: timeouts.checkMs ?? 5_000 },
    app,
  );
  server.headersTimeout = timeouts.headersMs ?? 10_000;
  server.requestTimeout = timeouts.requestMs ?? 120_000;
  server.keepAliveTimeout = timeouts.keepAliveMs ?? 75_000;
  server.maxHeadersCount = 64;
  server.on('checkContinue', (request, response) => {
    awaitContinue(request);
    app(request, response);
  });
  const newest = new WeakMap<object, { readonly request: IncomingMessage; readonly response: ServerResponse }>();
  const noteNewest: RequestListener = (request, response) => {
    newest.set(request.socket, { request, response });
  };
  server.prependListener('request', noteNewest);
  server.prependListener('checkContinue', noteNewest);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const last = newest.get(socket);
    // An answer to the request that breaks off is on its way, or done: another one would be taken for the next.
    const spoken = last !== undefined && !last.request.complete && last.response.headersSent;
    if (error.code === 'ECONNRESET' || !socket.writable || spoken) socket.destroy();
    else socket.end(refusalOf(error.code));
  });
  return server;
}

/** A whole answer to what no request could be made of. */
function refusalOf(code: string | undefined): string {
  const fault = FAULTS_OF_PARSER[code ?? ''] ?? MALFORMED;
  const problem = problemOf(fault, 'none');
  const body = JSON.stringify(problem);
  return (
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\n` +
    `Content-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
