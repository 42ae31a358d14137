/** Webhooks: what keeps one from being made, and why a delivery did not succeed. */
export const WEBHOOK_FAULT_CODES = [
  'webhook/unknown',
  'webhook/malformed-url',
  /** The address lies in a network that nothing is sent to. */
  'webhook/address-refused',
  'webhook/too-many',
  'webhook/delivery-unknown',
  /** What the database holds of it is not what the service wrote. */
  'webhook/not-ours',
  'webhook/unresolved',
  'webhook/no-answer',
  'webhook/redirected',
  'webhook/gone',
  'webhook/answered-no',
] as const;
export type WebhookFaultCode = (typeof WEBHOOK_FAULT_CODES)[number];
