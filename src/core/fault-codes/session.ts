/** Fault codes of signing in with a browser: sessions, and what a page of another origin may not do with one. */
export const SESSION_FAULT_CODES = [
  'session/ended',
  'session/not-found',
  'session/cross-site',
  'session/insecure-transport',
  'session/token-needed',
] as const;
export type SessionFaultCode = (typeof SESSION_FAULT_CODES)[number];
