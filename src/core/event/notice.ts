import type { VerdictRecorded } from '../entry/kinds/verdict-recorded.ts';
import type { LedgerEvent } from './ledger-event.ts';

/** Notices that an entry gives rise to, at once. */
const OF_ENTRIES = [
  'contract.published',
  'contract.withdrawn',
  'image.released',
  'image.retired',
  'run.expired',
  'signer.revoked',
  'verdict.failed',
  'waiver.approved',
  'waiver.requested',
  'waiver.revoked',
] as const;

/** Notices that time gives rise to, once for each entry, and the kinds of the entries that they are about. */
const OF_TIME = {
  'signer.ageing': ['signer.registered', 'signer.rotated'],
  'waiver.break-glass-unconfirmed': ['waiver.requested'],
  'waiver.expiring': ['waiver.requested'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type TimedNotice = keyof typeof OF_TIME;

/** What can be subscribed to. */
export const NOTICE_TYPES = [...OF_ENTRIES, ...(Object.keys(OF_TIME) as TimedNotice[])].sort();
export type NoticeType = (typeof OF_ENTRIES)[number] | TimedNotice;

/** The notice that an entry gives rise to; undefined for most. */
export function noticeOf({ kind, body }: Pick<LedgerEvent, 'kind' | 'body'>): NoticeType | undefined {
  if (kind === 'verdict.recorded') return (body as VerdictRecorded).verdict === 'fail' ? 'verdict.failed' : undefined;
  return OF_ENTRIES.find((type) => type === kind);
}

/** Whether a notice of this type can be about the event. */
export function isNoticeOf(type: NoticeType, event: Pick<LedgerEvent, 'kind' | 'body'>): boolean {
  if (!isTimed(type)) return noticeOf(event) === type;
  return (OF_TIME[type] as readonly string[]).includes(event.kind);
}

export function isTimed(type: NoticeType): type is TimedNotice {
  return Object.hasOwn(OF_TIME, type);
}

/**
 * The body of a notice: JSON with `type`, `timestamp` (RFC 3339, when it came about) and `data`. The same arguments give the
 * same bytes. Source: Standard Webhooks, "Payload structure".
 */
export function formatNotice(type: string, timestamp: string, data: object): string {
  return JSON.stringify({ type, timestamp, data });
}
