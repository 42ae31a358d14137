import { buildersAmong, personFault } from '../../core/custody/waiver-people.ts';
import type { Entry } from '../../core/entry/entry.ts';
import { imageKey, principalKey, waiverKey } from '../../core/entry/keys.ts';
import { INTEGER_MAX, SUBJECT_ENTRIES_MAX } from '../../core/limits.ts';
import type { WaiverView } from '../answers.ts';
import type { Caller } from '../caller.ts';
import { personBefore } from '../person-before.ts';
import type { LedgerStore } from '../ports.ts';
import { readWholeLists } from '../read-list.ts';
import { waiverRecord, waiverView } from '../read-waiver.ts';
import { type InboxPart, type InboxQuestion, NOTHING } from './inbox-question.ts';

/** Waivers of one state that are looked at, the newest request first: which of them a caller may approve is seen one by one. */
const LOOKED_AT_MAX = 200;

const DECIDING: readonly string[] = ['release-manager', 'admin'];

/** Waivers that the caller may approve as the second person, as far as is known before they try. */
export async function waiversToApprove(asked: InboxQuestion): Promise<InboxPart> {
  if (!DECIDING.includes(asked.caller.role) || asked.caller.person === undefined) return NOTHING;
  const { waivers, isWhole } = await readWaivers(asked, { state: 'requested' });
  const mayApprove = await approvableBy(asked, waivers);
  const items = waivers.filter(mayApprove).map((waiver) => ({
    kind: 'approve-waiver' as const,
    todo: `Read why ${nameOf(waiver)} should be waived, and approve it or revoke it.`,
    ...placeOf(waiver),
    until: waiver.expires,
  }));
  return { items, isWhole };
}

/** Waivers that are in force by break-glass, until a second person approved them or their time is over. */
export async function brokenGlass(asked: InboxQuestion): Promise<InboxPart> {
  if (!DECIDING.includes(asked.caller.role) && asked.caller.role !== 'auditor') return NOTHING;
  const { waivers, isWhole } = await readWaivers(asked, { state: 'break-glass' });
  const mayApprove = await approvableBy(asked, waivers);
  const items = waivers.map((waiver) => ({
    kind: 'break-glass' as const,
    todo: mayApprove(waiver)
      ? `Approve or revoke the waiver of ${nameOf(waiver)}: it is in force without a second person.`
      : `See that a second person approves the waiver of ${nameOf(waiver)}, or it lapses.`,
    ...placeOf(waiver),
    ...(waiver.approveBefore === undefined ? {} : { until: waiver.approveBefore }),
  }));
  return { items, isWhole };
}

/** Waivers in force that end soon. */
export async function waiversThatEnd(asked: InboxQuestion): Promise<InboxPart> {
  if (!DECIDING.includes(asked.caller.role)) return NOTHING;
  const { waivers, isWhole } = await readWaivers(asked, { state: 'in-force', expiresBefore: asked.soon });
  const items = waivers.map((waiver) => ({
    kind: 'waiver-expires' as const,
    todo: `Mend ${nameOf(waiver)}, or ask for another waiver: from then on it fails again.`,
    ...placeOf(waiver),
    until: waiver.expires,
  }));
  return { items, isWhole };
}

async function readWaivers(
  { context, caller, now }: InboxQuestion,
  filter: { readonly state: string; readonly expiresBefore?: string },
): Promise<{ readonly waivers: readonly WaiverView[]; readonly isWhole: boolean }> {
  const found = await context.projections.waivers({
    ...filter,
    now: now.toISOString(),
    globs: caller.repositories,
    limit: LOOKED_AT_MAX + 1,
  });
  const rows = found.slice(0, LOOKED_AT_MAX);
  const lists = await readWholeLists(
    context.store,
    rows.map(({ waiver }) => waiverKey(waiver)),
  );
  const waivers = rows.map(({ waiver }) => waiverView(waiverRecord(lists.get(waiverKey(waiver)) ?? []), now));
  return { waivers, isWhole: rows.length === found.length };
}

/**
 * Whether the caller is somebody else than who asked, and built nothing of what is to be exempted, by the people that
 * grants name. An approval judges it anew.
 */
async function approvableBy(
  { context, caller }: InboxQuestion,
  waivers: readonly WaiverView[],
): Promise<(waiver: WaiverView) => boolean> {
  const { person } = caller;
  if (person === undefined || !DECIDING.includes(caller.role)) return () => false;
  const keys = [...new Set(waivers.map(({ digest }) => imageKey(digest)))];
  const images = await context.store.listEntries(keys, INTEGER_MAX, SUBJECT_ENTRIES_MAX);
  const built = (waiver: WaiverView) =>
    (images.get(imageKey(waiver.digest)) ?? [])
      .map(({ entry }) => entry)
      .filter(
        ({ kind, repository }) =>
          repository === waiver.repository && (kind === 'image.signed' || kind === 'attestation.recorded'),
      );
  const personBehind = await readPeople(context.store, [
    ...waivers.flatMap(built),
    ...waivers.map(({ requested }) => requested),
  ]);
  return (waiver) => {
    if (isSame(caller, waiver.requested.principal, personBehind(waiver.requested))) return false;
    const builders = built(waiver).map((entry) => ({
      ...(entry.stage === undefined ? {} : { stage: entry.stage }),
      signature: entry.kind === 'image.signed',
      person: personBehind(entry),
    }));
    return personFault(person, buildersAmong(builders, waiver.stage)) === undefined;
  };
}

function isSame(caller: Caller, principal: string, person: string | undefined): boolean {
  return caller.principal === principal || caller.person === person;
}

type Act = Pick<Entry, 'principal' | 'seq'>;

/** The person behind each act, by the grant of its principal that stands before it. */
async function readPeople(store: LedgerStore, acts: readonly Act[]): Promise<(act: Act) => string | undefined> {
  const lists = await readWholeLists(store, [...new Set(acts.map(({ principal }) => principalKey(principal)))]);
  return ({ principal, seq }) => personBefore(lists.get(principalKey(principal)) ?? [], seq);
}

function nameOf({ check, stage, rule, digest }: WaiverView): string {
  const place = [stage, rule].filter((part) => part !== undefined).join(' ');
  return `${check}${place === '' ? '' : ` (${place})`} of ${digest.slice(0, 'sha256:'.length + 12)}`;
}

function placeOf({ waiver, repository, digest, requested }: WaiverView) {
  return { waiver, repository, digest, since: requested.time, seq: requested.seq };
}
