import type { HttpFaultCode } from '../../core/fault-codes/http.ts';
import type { FaultRow } from './faults.ts';

/** Requests that no use case gets to see. */
export const HTTP_FAULTS = {
  'http/body-aborted': [
    400,
    'The body ended before it was complete; nothing was written.',
    'Send the request again; repeating a submission is always safe.',
  ],
  'http/body-missing': [400, 'The route needs a body and got none.', 'Send one.'],
  'http/body-too-large': [
    413,
    'The body is larger than the route takes.',
    'Keep large evidence in an object store and attest its digest.',
  ],
  'http/body-unexpected': [400, 'The route takes no body and got one.', 'Leave the body out.'],
  'http/too-many-lines': [
    413,
    'The batch has more lines than one request may have.',
    'Send it in several batches of up to 1,000 lines.',
  ],
  'http/content-encoding-not-supported': [
    415,
    'The body is compressed; digests are over bytes as they are.',
    'Send it without Content-Encoding.',
  ],
  'http/duplicate-header': [
    400,
    'A header that may stand once stands twice.',
    'Look for a proxy or client that adds it.',
  ],
  'http/duplicate-parameter': [400, 'A parameter that may stand once stands twice.', 'Send it once.'],
  'http/expectation-not-supported': [
    417,
    'The Expect header asks for something else than 100-continue.',
    'Leave the header out.',
  ],
  'http/headers-too-large': [431, 'The headers are too large or too many.', 'Keep them below 16 KiB and 64 headers.'],
  'http/idempotency-key-reused': [
    422,
    'The Idempotency-Key was used before, for another request.',
    'Use a new key for each new request, and the same one only to send the same request again.',
  ],
  'http/internal': [
    500,
    'Something failed inside the service.',
    'Try again; if it stays, give the request id to whoever runs the service.',
  ],
  'http/invalid-body': [
    400,
    'The JSON body does not have the form that the route takes.',
    'Correct what `at` points to; /docs shows the form.',
  ],
  'http/malformed-header': [
    400,
    'A header is not written as it must be.',
    'Write `Authorization: Bearer` and the token.',
  ],
  'http/malformed-parameter': [
    400,
    'A parameter is not written as it must be.',
    'Correct the parameter that `at` names; /docs shows its form.',
  ],
  'http/malformed-request': [400, 'The bytes are not an HTTP/1.1 request.', 'Use an HTTP client.'],
  'http/malformed-target': [
    400,
    'The address is not well-formed: percent-encoding, or a character that may not stand there.',
    'Encode path and query as UTF-8 percent-encoding.',
  ],
  'http/malformed-yaml': [
    400,
    'The YAML document is malformed, or uses what makes YAML ambiguous.',
    'No anchors, aliases, tags, directives or repeated names; write names as text.',
  ],
  'http/method-not-allowed': [405, 'The address does not answer this method.', 'Use a method of the Allow header.'],
  'http/not-found': [404, 'Nothing answers at this address.', 'See /docs for what does.'],
  'http/parameter-missing': [
    400,
    'A parameter that the route needs is missing.',
    'Send the parameter that `at` names.',
  ],
  'http/request-timeout': [
    408,
    'The request did not arrive in time; nothing was written.',
    'Send it again, over a faster line.',
  ],
  'http/target-too-long': [414, 'The address is too long.', 'Keep path and query below 8,192 characters.'],
  'http/too-many-at-once': [
    429,
    'The principal has too many verifications, reports, exports, streams or reads under way, or too many large bodies or answers on their way.',
    'Send and read what is under way, or wait for one to end, as long as Retry-After says.',
  ],
  'http/too-many-connections': [
    429,
    'Too many connections are open from this address.',
    'Use those that are open again; they carry any number of requests.',
  ],
  'http/too-many-failed-logins': [
    429,
    'Too many failed attempts came from this address.',
    'Wait as long as Retry-After says, and use a token that is valid.',
  ],
  'http/too-many-requests': [
    429,
    'The principal, or without a token the address, asks faster than the service allows.',
    'Wait as long as Retry-After says.',
  ],
  'http/unknown-parameter': [
    400,
    'The route has no such parameter.',
    'Correct its spelling; parameters are never ignored.',
  ],
  'http/unsupported-media-type': [415, 'The route does not take this Content-Type.', 'Send one that `detail` names.'],
} as const satisfies Readonly<Record<HttpFaultCode, FaultRow>>;
