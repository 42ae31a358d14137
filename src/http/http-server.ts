import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_MEDIA_TYPE } from '../api/problem.ts';
import type { Fault } from '../core/fault.ts';
import { problemOf } from './problem-response.ts';
import { addressKey } from './rate-limits.ts';
import { awaitContinue } from './raw-body.ts';

const MALFORMED: Fault = { code: 'http/malformed-request', message: 'This is not an HTTP/1.1 request.' };

const TOO_MANY_CONNECTIONS: Fault = {
  code: 'http/too-many-connections',
  message: 'Too many connections are open from this address.',
};

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
  /** A connection on which nothing moves: neither a byte of a request nor one of an answer. */
  readonly stalledMs?: number;
  /** How often the first two are looked at. */
  readonly checkMs?: number;
};

/** Connections at once. More from everywhere are closed; more from one address are told why. */
export type ConnectionLimits = {
  readonly connectionsMax?: number;
  /** Unbounded where absent, as it must be behind a proxy: there everybody has one address. */
  readonly connectionsPerAddressMax?: number;
};

/** A server for the app, not listening yet, that gives slow and malformed requests an end. */
export function createHttpServer(
  app: RequestListener,
  timeouts: ServerTimeouts = {},
  connections: ConnectionLimits = {},
): Server {
  const server = createServer(
    { requireHostHeader: true, maxHeaderSize: 16_384, connectionsCheckingInterval: timeouts.checkMs ?? 5_000 },
    app,
  );
  server.headersTimeout = timeouts.headersMs ?? 10_000;
  server.requestTimeout = timeouts.requestMs ?? 120_000;
  server.keepAliveTimeout = timeouts.keepAliveMs ?? 75_000;
  server.timeout = timeouts.stalledMs ?? 150_000;
  // All of them, within their 16 KiB: what Node leaves out here would be missing without a word.
  server.maxHeadersCount = 0;
  if (connections.connectionsMax !== undefined) server.maxConnections = connections.connectionsMax;
  limitAddresses(server, connections.connectionsPerAddressMax ?? Number.POSITIVE_INFINITY);
  // The app refuses these, with a code.
  server.on('checkExpectation', app);
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
  server.prependListener('checkExpectation', noteNewest);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const last = newest.get(socket);
    // An answer to the request that breaks off is on its way, or done: another one would be taken for the next.
    const spoken = last !== undefined && !last.request.complete && last.response.headersSent;
    if (error.code === 'ECONNRESET' || !socket.writable || spoken) socket.destroy();
    else socket.end(refusalOf(error.code));
  });
  return server;
}

/** Closes connections of an address that has too many, before anything is read from them. */
function limitAddresses(server: Server, perAddressMax: number): void {
  const open = new Map<string, number>();
  server.prependListener('connection', (socket: Socket) => {
    const address = addressKey(socket.remoteAddress);
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    if (count <= perAddressMax) return;
    socket.write(answerTo(TOO_MANY_CONNECTIONS, 'Retry-After: 1\r\n'));
    socket.destroySoon();
  });
}

/** A whole answer to what no request could be made of. */
function refusalOf(code: string | undefined): string {
  return answerTo(FAULTS_OF_PARSER[code ?? ''] ?? MALFORMED);
}

/** An answer as it goes over the wire, after which the connection ends. */
function answerTo(fault: Fault, headers = ''): string {
  const problem = problemOf(fault, 'none');
  const body = JSON.stringify(problem);
  return (
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\n${headers}` +
    `Content-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
