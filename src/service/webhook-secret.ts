import { equalBytes } from '../core/encoding/bytes.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import type { TokenAuthenticator } from './ports.ts';
import type { SecretRow, WebhookRow } from './webhook-ports.ts';

/** What of a webhook its MACs bind: whoever writes to the database can change none of it unnoticed. */
export type WebhookClaim = Pick<WebhookRow, 'id' | 'url' | 'types' | 'repositories' | 'createdBy' | 'createdAt'>;

type Keys = { readonly tokenAuthenticator: TokenAuthenticator };

/** A new secret, and its row. */
export function makeSecret(
  { tokenAuthenticator }: Keys,
  origin: string,
  claim: WebhookClaim,
  generation: number,
): { readonly secret: Uint8Array; readonly row: SecretRow } {
  return {
    secret: tokenAuthenticator.mac(secretMessage(origin, claim, generation)),
    row: { generation, mac: tokenAuthenticator.mac(rowMessage(origin, claim, generation, undefined)) },
  };
}

/** The row of a secret that has a successor by now; undefined where it is none of ours. */
export function endSecret(
  keys: Keys,
  origin: string,
  claim: WebhookClaim,
  row: SecretRow,
  until: Date,
): SecretRow | undefined {
  const place = placeOfKey(keys, origin, claim, row);
  const mac = keys.tokenAuthenticator.macs(rowMessage(origin, claim, row.generation, until))[place];
  return mac === undefined ? undefined : { generation: row.generation, mac, until };
}

/**
 * The secrets that sign at a time, the newest first. They are derived under a key that the database does not have, from the log,
 * the webhook, its address and the generation: they stand nowhere, and one for another address is another. Undefined where
 * a row is none of ours.
 */
export function secretsAt(
  keys: Keys,
  origin: string,
  webhook: WebhookClaim & Pick<WebhookRow, 'secrets'>,
  now: Date,
): readonly Uint8Array[] | undefined {
  const secrets: Uint8Array[] = [];
  for (const row of webhook.secrets) {
    const place = placeOfKey(keys, origin, webhook, row);
    const secret = keys.tokenAuthenticator.macs(secretMessage(origin, webhook, row.generation))[place];
    if (secret === undefined) return undefined;
    if (row.until === undefined || now < row.until) secrets.push(secret);
  }
  return secrets.length === 0 ? undefined : secrets;
}

/** Which of the log's keys the row was made under, so that a secret outlives a rotation of the log's key; −1 for none. */
function placeOfKey({ tokenAuthenticator }: Keys, origin: string, claim: WebhookClaim, row: SecretRow): number {
  const macs = tokenAuthenticator.macs(rowMessage(origin, claim, row.generation, row.until));
  return macs.findIndex((mac) => equalBytes(mac, row.mac));
}

function rowMessage(origin: string, claim: WebhookClaim, generation: number, until: Date | undefined): Uint8Array {
  const { id, url, types, repositories, createdBy, createdAt } = claim;
  const bound = [origin, id, url, types.join(' '), repositories.join(' '), createdBy, createdAt.toISOString()];
  return encodeUtf8(['waybill/webhook/v1', ...bound, String(generation), until?.toISOString() ?? ''].join('\0'));
}

function secretMessage(origin: string, { id, url }: WebhookClaim, generation: number): Uint8Array {
  return encodeUtf8(['waybill/webhook-secret/v1', origin, id, url, String(generation)].join('\0'));
}
