import { hmacSha256 } from '#sha256';
import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, type Result } from '../fault.ts';

const PREFIX = 'whsec_';

/** A secret as its receiver keeps it: `whsec_` and base64. */
export function formatWebhookSecret(secret: Uint8Array): string {
  return `${PREFIX}${formatBase64(secret)}`;
}

/** The secret in its receiver's spelling, of 24 to 64 bytes. Fault: `encoding/…`. */
export function parseWebhookSecret(text: string): Result<Uint8Array> {
  if (!text.startsWith(PREFIX)) return fail('encoding/pattern-mismatch', 'A secret begins with whsec_.');
  const secret = parseBase64(text.slice(PREFIX.length));
  if (!secret.ok) return secret;
  if (secret.value.length >= 24 && secret.value.length <= 64) return secret;
  return fail('encoding/wrong-length', 'A secret has 24 to 64 bytes.');
}

/** What is signed: the id of the message, when it is sent (seconds since 1970), and the exact body. */
export type SignedMessage = { readonly id: string; readonly timestamp: number; readonly body: string };

/**
 * The value of `webhook-signature`: for each secret `v1,` and HMAC-SHA-256(secret, id ‖ "." ‖ timestamp ‖ "." ‖ body) in
 * base64, parted by spaces. Source: Standard Webhooks, "Signature scheme".
 */
export function signWebhook(secrets: readonly Uint8Array[], { id, timestamp, body }: SignedMessage): string {
  const message = encodeUtf8(`${id}.${timestamp}.${body}`);
  return secrets.map((secret) => `v1,${formatBase64(hmacSha256(secret, message))}`).join(' ');
}
