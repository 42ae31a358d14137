import { lookup as resolve } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type Fault, fail, ok, type Result } from '../core/fault.ts';
import type { WebhookFaultCode } from '../core/fault-codes/webhook.ts';
import type { NoticeSender, SendOutcome, SentNotice } from '../service/webhook-ports.ts';
import { isLoopback, mayReceive, type Networks } from './receiver-address.ts';

/** All of it: name, connection, TLS, request and answer. */
const ANSWER_MS_MAX = 15_000;
/** What is read of an answer: its body says nothing that is used. */
const ANSWER_BYTES_MAX = 16 * 1024;
const URL_CHARACTERS_MAX = 2_048;
/** A day: who asks for more is asked earlier. */
const RETRY_AFTER_SECONDS_MAX = 86_400;

export type SenderOptions = {
  readonly networks: Networks;
  readonly userAgent: string;
  /** How names become addresses; the operating system's resolver where absent. */
  readonly resolve?: typeof resolve;
  readonly answerMsMax?: number;
};

type WebhookFault = Fault & { readonly code: WebhookFaultCode };

/**
 * Sends notices to receivers on the Internet and in named networks, and to nothing else: each address that the name has by now is judged, and
 * the connection goes to one of those that were judged, so that a name which changes between is of no use. https; http to the machine itself only,
 * where loopback is a named network. No redirect is followed, no proxy used, no connection kept.
 */
export function openNoticeSender(options: SenderOptions): NoticeSender {
  return {
    check: (url) => {
      const read = readUrl(url, options);
      return read.ok ? ok(undefined) : read;
    },
    send: (notice) => send(notice, options),
  };
}

/** Faults: `webhook/malformed-url`, `webhook/address-refused` (an address that is written out). */
function readUrl(text: string, { networks }: SenderOptions): Result<URL> {
  const url = text.length <= URL_CHARACTERS_MAX && URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && url.username === '' && url.password === '' && url.hash === '';
  if (!isPlain || !['https:', 'http:'].includes(url.protocol))
    return fail('webhook/malformed-url', 'A webhook is an https URL without user, password and fragment.', '/url');
  const host = hostOf(url);
  const isOpen = url.protocol === 'http:';
  if (isOpen && !(isLoopback(host) || host === 'localhost'))
    return fail('webhook/malformed-url', 'Nothing is sent without TLS, but to the machine itself.', '/url');
  if (isIP(host) !== 0 && !mayReceive(host, networks)) return { ok: false, fault: { ...refused(host), at: '/url' } };
  if (host === 'localhost' && !mayReceive('127.0.0.1', networks))
    return { ok: false, fault: { ...refused(host), at: '/url' } };
  return ok(url);
}

/** The host as it is connected to: an IPv6 address without its brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function refused(host: string): WebhookFault {
  return {
    code: 'webhook/address-refused',
    message: `Nothing is sent to ${host}: it lies in a network that is not named.`,
  };
}

async function send(notice: SentNotice, options: SenderOptions): Promise<SendOutcome> {
  const url = readUrl(notice.url, options);
  if (!url.ok) return { fault: url.fault as WebhookFault };
  try {
    return await exchange(url.value, notice, options);
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

function exchange(url: URL, { headers, body }: SentNotice, options: SenderOptions): Promise<SendOutcome> {
  const isOpen = url.protocol === 'http:';
  return new Promise((settle, refuse) => {
    const request = (isOpen ? requestHttp : requestHttps)(url, {
      method: 'POST',
      agent: false,
      headers: {
        ...headers,
        'user-agent': options.userAgent,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
      lookup: judgedLookup(options, isOpen),
      signal: AbortSignal.timeout(options.answerMsMax ?? ANSWER_MS_MAX),
    });
    request.once('error', refuse);
    request.once('response', (response) => void readAnswer(response).then(settle, refuse));
    // Without a listener Node drops a connection whose protocol was changed, and tells nobody: not as an error, and not as late.
    request.once('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy();
      settle({ status: statusCode });
    });
    request.end(body);
  });
}

/** The resolver's answer, where notices may be sent to every address in it; the connection is then made to one of these. */
function judgedLookup({ networks, resolve: ask = resolve }: SenderOptions, isOpen: boolean): LookupFunction {
  return (hostname, options, done) => {
    ask(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(new RefusedReceiver(unresolved(hostname)), '', 0);
      const wrong = addresses.find(({ address }) => !mayReceive(address, networks) || (isOpen && !isLoopback(address)));
      const [first] = addresses;
      if (wrong !== undefined) return done(new RefusedReceiver(refused(hostname)), '', 0);
      if (first === undefined) return done(new RefusedReceiver(unresolved(hostname)), '', 0);
      if (options.all === true) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
}

function unresolved(hostname: string): WebhookFault {
  return { code: 'webhook/unresolved', message: `The name ${hostname} has no address.` };
}

/** Thrown out of the lookup, so that no connection is made. */
class RefusedReceiver extends Error {
  override name = 'RefusedReceiver';
  readonly fault: WebhookFault;

  constructor(fault: WebhookFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** The status, once the answer is over or as much of it was read as is. */
async function readAnswer(response: IncomingMessage): Promise<SendOutcome> {
  let read = 0;
  for await (const part of response) {
    read += (part as Buffer).length;
    if (read > ANSWER_BYTES_MAX) break;
  }
  response.destroy();
  const retryAfterSeconds = readRetryAfter(response.headers['retry-after'], new Date());
  const status = response.statusCode ?? 0;
  return { status, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

/** Seconds, or a date. Source: RFC 9110 section 10.2.3. */
function readRetryAfter(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^[0-9]{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1_000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, Math.ceil(seconds)), RETRY_AFTER_SECONDS_MAX);
}

function faultOf(error: unknown): WebhookFault {
  if (error instanceof RefusedReceiver) return error.fault;
  const isLate = error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return {
    code: 'webhook/no-answer',
    message: isLate ? 'No answer came in time.' : `The connection failed (${code}).`,
  };
}
