import type { SessionFaultCode } from '../../core/fault-codes/session.ts';
import type { FaultRow } from './faults.ts';

export const SESSION_FAULTS = {
  'session/ended': [401, 'The browser is not signed in, or not any more.', 'Sign in again with a token.'],
  'session/not-found': [
    404,
    'The caller has no such session.',
    'See which there are: `GET /v1/sessions`. One that has ended is not listed.',
  ],
  'session/cross-site': [
    403,
    'The request uses a session, and nothing shows that a page of this service sent it.',
    'Use the console of this service, or a token in `Authorization`.',
  ],
  'session/insecure-transport': [
    403,
    'A browser signs in over HTTPS, or over plain HTTP on the machine itself.',
    'Put a proxy that speaks TLS in front, and set `WAYBILL_TRUSTED_PROXIES` to the number of proxies.',
  ],
  'session/token-needed': [
    403,
    'A session may not do this: what outlives it is made with a token.',
    'Send a token in `Authorization`.',
  ],
} as const satisfies Readonly<Record<SessionFaultCode, FaultRow>>;
