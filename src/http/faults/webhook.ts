import type { WebhookFaultCode } from '../../core/fault-codes/webhook.ts';
import type { FaultRow } from './faults.ts';

/** What keeps a webhook from being made; the last five are why a delivery did not succeed, and no request is answered with one. */
export const WEBHOOK_FAULTS = {
  'webhook/unknown': [404, 'There is no such webhook.', 'List them: GET /v1/webhooks.'],
  'webhook/malformed-url': [
    422,
    'The address is none that notices can be sent to.',
    'Give an https URL without user, password and fragment.',
  ],
  'webhook/address-refused': [
    422,
    'The address lies in a network that nothing is sent to.',
    'Use a public address, or have whoever runs the service name the network in WAYBILL_WEBHOOK_NETWORKS.',
  ],
  'webhook/too-many': [
    422,
    'There are as many webhooks as there may be, of all or of one maker.',
    'Remove one that nobody needs.',
  ],
  'webhook/delivery-unknown': [404, 'The webhook has no such dead letter.', 'List them: GET …/deliveries?state=dead.'],
  'webhook/not-ours': [
    503,
    'What the database holds of the webhook is not what the service wrote; nothing is sent.',
    'Find out who wrote to the database; then remove the webhook and make a new one.',
  ],
  'webhook/unresolved': [409, 'The name of the receiver has no address.', 'Check the name and the resolver.'],
  'webhook/no-answer': [
    409,
    'The receiver did not answer within 15 seconds.',
    'Check that it listens, and its certificate.',
  ],
  'webhook/redirected': [409, 'The receiver answered with a redirect, which is not followed.', 'Use its own address.'],
  'webhook/gone': [
    409,
    'The receiver answered 410: it wants no more notices.',
    'Enable the webhook if that was an error.',
  ],
  'webhook/answered-no': [409, 'The receiver did not answer with 2xx.', 'Its own log says why.'],
} as const satisfies Record<WebhookFaultCode, FaultRow>;
