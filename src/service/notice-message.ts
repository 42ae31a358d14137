import { sha256 } from '#sha256';
import { formatHex } from '../core/encoding/hex.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { globMatches } from '../core/entry/names.ts';
import type { LedgerEvent } from '../core/event/ledger-event.ts';
import { formatNotice, isNoticeOf, type NoticeType } from '../core/event/notice.ts';
import { signWebhook } from '../core/event/webhook-signature.ts';
import type { NoticeRow, SentNotice, WebhookRow } from './webhook-ports.ts';

/** The id of a notice to a webhook, the same over all attempts: by it a receiver knows what it has had already. */
export function noticeId(webhook: string, type: NoticeType, seq: number): string {
  return `msg_${formatHex(sha256(encodeUtf8(`waybill/notice/v1\0${webhook}\0${type}\0${seq}`))).slice(0, 40)}`;
}

/** Whether the webhook wants notices of the type about the event. What is of no repository is everybody's. */
export function isWanted(
  { types, repositories }: Pick<WebhookRow, 'types' | 'repositories'>,
  type: NoticeType,
  { repository }: Pick<LedgerEvent, 'repository'>,
): boolean {
  const isType = types.includes('*') || types.includes(type);
  return isType && (repository === undefined || repositories.some((glob) => globMatches(glob, repository)));
}

/** The body of a notice about a proved event; undefined where it cannot be about it, whatever the row says. */
export function noticeBody(webhook: WebhookRow, notice: NoticeRow, event: LedgerEvent): string | undefined {
  const { type, occurredAt } = notice;
  if (!isNoticeOf(type, event) || !isWanted(webhook, type, event)) return undefined;
  return formatNotice(type, occurredAt?.toISOString() ?? event.time, event);
}

/** A message with the headers that prove it. Source: Standard Webhooks, "Webhook headers". */
export function signedNotice(
  url: string,
  secrets: readonly Uint8Array[],
  { id, body, now }: { readonly id: string; readonly body: string; readonly now: Date },
): SentNotice {
  const timestamp = Math.floor(now.getTime() / 1_000);
  return {
    url,
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook(secrets, { id, timestamp, body }),
    },
  };
}
