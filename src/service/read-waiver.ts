import { BREAK_GLASS_MS } from '../core/custody/check-waivers.ts';
import type { Entry } from '../core/entry/entry.ts';
import { waiverKey } from '../core/entry/keys.ts';
import type { WaiverRequested } from '../core/entry/kinds/waiver-requested.ts';
import { parseWaiverDocument } from '../core/trust/waiver-document.ts';
import type { ActView, WaiverState, WaiverView } from './answers.ts';
import type { LedgerStore } from './ports.ts';
import { type ListedEntry, readWholeList } from './read-list.ts';
import { projectionDiffers } from './require-mapped.ts';

/** What the ledger says of a waiver now. Whether it exempts anything is for custody to say. */
export type WaiverRecord = {
  readonly waiver: string;
  readonly repository: string;
  readonly body: WaiverRequested;
  /** Absent where the document was erased. */
  readonly reason?: string;
  readonly requested: Entry;
  /** Every approval, whether or not it counts, and the newest: who comes later is let in where the earlier do not count. */
  readonly approvals: readonly Entry[];
  readonly approved?: Entry;
  readonly revoked?: Entry;
  /** Length of the list that this was read from. */
  readonly entries: number;
};

/** Undefined for a waiver that nobody asked for. */
export async function readWaiverRecord(store: LedgerStore, waiver: string): Promise<WaiverRecord | undefined> {
  const list = await readWholeList(store, waiverKey(waiver));
  return list.length === 0 ? undefined : waiverRecord(list);
}

export function waiverRecord(list: readonly ListedEntry[]): WaiverRecord {
  const [request] = list;
  if (request?.entry.kind !== 'waiver.requested') throw projectionDiffers('A waiver is listed that nobody asked for');
  const { entry: requested, payload } = request;
  const body = requested.body as WaiverRequested;
  const document = payload === undefined ? undefined : parseWaiverDocument(payload.bytes);
  const approvals = list.map(({ entry }) => entry).filter(({ kind }) => kind === 'waiver.approved');
  const approved = approvals.at(-1);
  const revoked = list.find(({ entry }) => entry.kind === 'waiver.revoked')?.entry;
  return {
    waiver: body.waiver,
    repository: requested.repository ?? '',
    body,
    ...(document?.ok === true ? { reason: document.value.reason } : {}),
    requested,
    approvals,
    ...(approved === undefined ? {} : { approved }),
    ...(revoked === undefined ? {} : { revoked }),
    entries: list.length,
  };
}

/** Until when a second person has to approve a waiver that is in force by break-glass. */
export function approveBefore({ body, requested }: Pick<WaiverRecord, 'body' | 'requested'>): string | undefined {
  return body.breakGlass ? new Date(Date.parse(requested.time) + BREAK_GLASS_MS).toISOString() : undefined;
}

export function waiverView(record: WaiverRecord, now: Date): WaiverView {
  const { waiver, repository, reason, requested, approved, revoked } = record;
  const { digest, check, contract, stage, rule, expires, breakGlass } = record.body;
  const before = approveBefore(record);
  return {
    waiver,
    state: stateOf(record, now.toISOString()),
    repository,
    digest,
    contract,
    check,
    ...(stage === undefined ? {} : { stage }),
    ...(rule === undefined ? {} : { rule }),
    expires,
    breakGlass,
    ...(before === undefined ? {} : { approveBefore: before }),
    ...(reason === undefined ? {} : { reason }),
    requested: actView(requested),
    ...(approved === undefined ? {} : { approved: actView(approved) }),
    ...(revoked === undefined ? {} : { revoked: actView(revoked) }),
  };
}

function stateOf(record: WaiverRecord, now: string): WaiverState {
  const before = approveBefore(record);
  if (record.revoked !== undefined) return 'revoked';
  if (record.approved === undefined && before !== undefined && now >= before) return 'lapsed';
  if (now >= record.body.expires) return 'expired';
  if (record.approved !== undefined) return 'in-force';
  return before === undefined ? 'requested' : 'break-glass';
}

/** Nobody's own key is asked for: the service signs for the principal that it authenticated. */
function actView({ seq, time, principal }: Entry): ActView {
  return { seq, time, principal, assurance: 'service' };
}
