import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import type { Entry } from '../entry/entry.ts';
import { imageKey, waiverKey } from '../entry/keys.ts';
import type { WaiverRequested } from '../entry/kinds/waiver-requested.ts';
import { formatTime, parseTime } from '../entry/time.ts';
import type { FaultCode } from '../fault.ts';
import { parseWaiverDocument, WAIVER_MEDIA_TYPE } from '../trust/waiver-document.ts';
import { type Act, actOf } from './act.ts';
import type { Check, CheckList } from './check.ts';
import type { Counted } from './counted.ts';
import type { Question } from './evidence.ts';
import { kindFault } from './kind-fault.ts';
import type { Material, ProvedEntry } from './material.ts';
import { waiverAsked } from './needed-lists.ts';
import type { TrustState } from './trust-state.ts';
import { covers, isWaivable } from './waived-check.ts';
import { type Builders, buildersOf, personFault } from './waiver-people.ts';

/** Longest that a waiver may last, from the time at which it was asked for. The service accepts a day less. */
export const WAIVER_MS_MAX = 91 * 86_400_000;
/** For how long a waiver by break-glass is in force without a second person. */
export const BREAK_GLASS_MS = 86_400_000;

/** A waiver about the image, as of the time of evaluation. */
export type Waiver = Omit<WaiverRequested, 'digest'> & {
  readonly requested: Act;
  readonly approved?: Act;
  readonly revoked?: Act;
  /** Why it was asked for, in the words of whoever did. */
  readonly reason?: string;
  /** Until when a second person must have approved it, where it is in force by break-glass alone, or was. */
  readonly approveBefore?: string;
  readonly inForce: boolean;
  /** There where nothing but the approval of a second person is missing: nobody approved it, or nobody who counts. */
  readonly awaitsApproval?: true;
  /** Why it exempts nothing; absent while it is in force. */
  readonly fault?: FaultCode;
  /** Whether a check of this result is waived by it. */
  readonly exempts: boolean;
};

/** What waivers are judged from. */
type Grounds = {
  readonly question: Question;
  readonly material: Material;
  readonly trust: TrustState;
  readonly counted: readonly Counted[];
  /** The instant by which what depends on time is judged. */
  readonly judgedAt: string;
  /** Whether the log has control keys: nobody breaks the glass without their agreement. */
  readonly isControlled: boolean;
};

/** The waivers about the image, in the order in which they were asked for. */
export function readWaivers(grounds: Grounds): readonly Waiver[] {
  const { question, material } = grounds;
  const listed = material.lists.get(imageKey(question.subject)) ?? [];
  // Who broke the glass for what so far, as long as nobody approved it.
  const broken = new Set<string>();
  return listed.flatMap((request) => {
    const asked = waiverAsked(question, request.entry);
    if (asked === undefined) return [];
    const glass = glassOf(asked, grounds.trust.personOf(request.entry));
    const waiver = readWaiver(asked, request, { ...grounds, isBrokenAgain: broken.has(glass) });
    if (isBrokenAlone(waiver)) broken.add(glass);
    return [waiver];
  });
}

/**
 * Whether a person broke the glass for that check before, and nobody approved it: nobody goes on without a second person by
 * breaking the same glass anew. Source: docs/spec/waivers.md.
 */
export function brokeSameGlass(waivers: readonly Waiver[], wanted: CheckExempted, person: string | undefined): boolean {
  const glass = glassOf(wanted, person);
  return waivers.some((waiver) => isBrokenAlone(waiver) && glassOf(waiver, waiver.requested.person) === glass);
}

function isBrokenAlone({ breakGlass, approved }: Waiver): boolean {
  return breakGlass && approved === undefined;
}

type CheckExempted = Pick<WaiverRequested, 'contract' | 'check' | 'stage' | 'rule'>;

/** A person, and the check that they exempt. */
function glassOf({ contract, check, stage, rule }: CheckExempted, person: string | undefined): string {
  return formatCanonicalJson([person ?? null, contract, check, stage ?? null, rule ?? null]);
}

/**
 * Lets waivers in force stand in for checks of contracts that did not pass, each for exactly the check that it names, and
 * for what was not run for want of that one. Where none is in force, every waiver that would have is told of with the
 * reason why not. Source: docs/spec/waivers.md §4.
 */
export function applyWaivers(waivers: readonly Waiver[], checks: CheckList): readonly Waiver[] {
  const used = new Set<string>();
  const failed = new Map<string, FaultCode>();
  const inForce = waivers.filter((waiver) => waiver.inForce);
  const open = checks.sorted().filter((check) => check.outcome !== 'pass' && isWaivable(check));
  // A waiver of a stage that is met stands in for nothing, neither there nor for what rests on the stage.
  const ofGrounds = new Set(inForce.filter((waiver) => open.some((check) => covers(waiver, check))));
  checks.change((check) => {
    if (check.outcome === 'pass' || !isWaivable(check)) return check;
    const covering = inForce.find(
      (waiver) => covers(waiver, check) || (ofGrounds.has(waiver) && coversGround(waiver, check)),
    );
    if (covering !== undefined) {
      used.add(covering.waiver);
      return { ...check, outcome: 'waived', waiver: covering.waiver };
    }
    for (const waiver of waivers) {
      if (covers(waiver, check) && waiver.fault !== undefined) failed.set(waiver.waiver, waiver.fault);
    }
    return check;
  });
  for (const { waiver, contract, stage, rule, requested, expires } of waivers) {
    const about = {
      seq: requested.seq,
      contract,
      ...(stage === undefined ? {} : { stage }),
      ...(rule === undefined ? {} : { rule }),
      waiver,
      detail: expires,
    };
    const fault = failed.get(waiver);
    if (used.has(waiver)) checks.pass('waiver/in-force', about);
    else if (fault !== undefined) checks.fail('waiver/in-force', fault, about);
  }
  return waivers.map((waiver) => ({ ...waiver, exempts: used.has(waiver.waiver) }));
}

/** Instants at which a waiver that stands in for a check ends by itself, in milliseconds since 1970. */
export function endsOfWaiversMs(waivers: readonly Waiver[]): readonly (number | undefined)[] {
  return waivers.flatMap(({ exempts, expires, approved, approveBefore }) => {
    if (!exempts) return [];
    const lapses = approved === undefined ? approveBefore : undefined;
    return [parseTime(expires), lapses === undefined ? undefined : parseTime(lapses)];
  });
}

/** What was not run because the stage did not bring what it must goes with the waiver of the stage. */
function coversGround(waiver: Waiver, { reason, contract, stage }: Check): boolean {
  return (
    reason === 'custody/blocked' &&
    waiver.check === 'contract/stage' &&
    waiver.contract === contract &&
    waiver.stage === stage &&
    waiver.rule === undefined &&
    stage !== undefined
  );
}

/** What one waiver is judged from; whether its person broke the same glass before, and nobody approved that. */
type GroundsOfOne = Grounds & { readonly isBrokenAgain: boolean };

function readWaiver(wanted: WaiverRequested, request: ProvedEntry, grounds: GroundsOfOne): Waiver {
  const { entry } = request;
  const { digest: _digest, ...asked } = wanted;
  const list = grounds.material.lists.get(waiverKey(asked.waiver));
  const builders = buildersOf(grounds.counted, asked.stage, grounds.trust);
  const document = request.payload === undefined ? undefined : parseWaiverDocument(request.payload);
  const approval = firstApproval(request.entry, list ?? [], builders, grounds);
  const revocation = list?.find((one) => one.entry.kind === 'waiver.revoked')?.entry;
  const approveBefore = asked.breakGlass ? later(entry.time, BREAK_GLASS_MS) : undefined;
  const faultBefore =
    faultOfList(entry, list) ??
    (revocation === undefined ? undefined : ('waiver/revoked' as const)) ??
    faultOfRequest(request, builders, grounds) ??
    faultOfTime(asked.expires, grounds.judgedAt);
  const fault = faultBefore ?? faultOfApproval(approval, approveBefore, grounds);
  const isLapsed = approveBefore !== undefined && grounds.judgedAt >= approveBefore;
  return {
    ...asked,
    requested: actOf(entry, grounds.trust),
    ...(typeof approval === 'object' ? { approved: actOf(approval, grounds.trust) } : {}),
    ...(revocation === undefined ? {} : { revoked: actOf(revocation, grounds.trust) }),
    ...(document?.ok === true ? { reason: document.value.reason } : {}),
    ...(approveBefore === undefined ? {} : { approveBefore }),
    inForce: fault === undefined,
    ...(faultBefore === undefined && typeof approval !== 'object' && !isLapsed ? { awaitsApproval: true } : {}),
    ...(fault === undefined ? {} : { fault }),
    exempts: false,
  };
}

/** The list begins with its one request; approvals and revocations of the same image in the same repository follow. */
function faultOfList(request: Entry, list: readonly ProvedEntry[] | undefined): FaultCode | undefined {
  if (list === undefined) return 'list/gap';
  const [first, ...later] = list;
  if (first?.entry.seq !== request.seq) return 'waiver/inconsistent';
  for (const { entry } of later) {
    const fault = kindFault(entry.kind);
    if (fault !== undefined) return fault;
    const follows = entry.kind === 'waiver.approved' || entry.kind === 'waiver.revoked';
    if (!follows || !isSameImage(entry, request)) return 'waiver/inconsistent';
  }
  return undefined;
}

function isSameImage(entry: Entry, request: Entry): boolean {
  const digestOf = ({ body }: Entry) => (body as WaiverRequested).digest;
  return entry.repository === request.repository && digestOf(entry) === digestOf(request);
}

function faultOfRequest(
  { entry, payload }: ProvedEntry,
  builders: Builders,
  { trust }: Grounds,
): FaultCode | undefined {
  const { breakGlass, expires } = entry.body as WaiverRequested;
  const fault = trust.writerFault(entry);
  if (fault !== undefined) return fault;
  if (breakGlass && trust.grantOf(entry)?.role !== 'release-manager') return 'principal/wrong-role';
  if (payload === undefined) return 'payload/absent';
  if (entry.payload?.mediaType !== WAIVER_MEDIA_TYPE) return 'payload/media-type-wrong';
  const document = parseWaiverDocument(payload);
  if (!document.ok) return document.fault.code;
  if (expires > (later(entry.time, WAIVER_MS_MAX) ?? '')) return 'waiver/too-long';
  return personFault(trust.personOf(entry), builders);
}

function faultOfTime(expires: string, judgedAt: string): FaultCode | undefined {
  if (parseTime(judgedAt) === undefined) return 'custody/bad-evaluation-time';
  return judgedAt < expires ? undefined : 'waiver/expired';
}

/** The first approval that is one; otherwise why the first of them is none, or undefined where nobody approved. */
function firstApproval(
  request: Entry,
  list: readonly ProvedEntry[],
  builders: Builders,
  { trust }: Grounds,
): Entry | FaultCode | undefined {
  let fault: FaultCode | undefined;
  for (const { entry } of list) {
    if (entry.kind !== 'waiver.approved') continue;
    const found = faultOfApprover(entry, request, builders, trust);
    if (found === undefined) return entry;
    fault ??= found;
  }
  return fault;
}

function faultOfApprover(entry: Entry, request: Entry, builders: Builders, trust: TrustState): FaultCode | undefined {
  const { breakGlass, expires } = request.body as WaiverRequested;
  const person = trust.personOf(entry);
  const fault = trust.writerFault(entry) ?? personFault(person, builders);
  if (fault !== undefined) return fault;
  if (person === trust.personOf(request)) return 'waiver/same-person';
  if (entry.time >= expires) return 'waiver/expired';
  return breakGlass && entry.time >= (later(request.time, BREAK_GLASS_MS) ?? '')
    ? 'waiver/break-glass-lapsed'
    : undefined;
}

function faultOfApproval(
  approval: Entry | FaultCode | undefined,
  approveBefore: string | undefined,
  { judgedAt, isControlled, isBrokenAgain }: GroundsOfOne,
): FaultCode | undefined {
  if (typeof approval === 'object') return undefined;
  if (approveBefore !== undefined && isControlled) return approval ?? 'waiver/no-break-glass';
  if (approveBefore !== undefined && isBrokenAgain) return 'waiver/break-glass-again';
  if (approveBefore !== undefined) return judgedAt < approveBefore ? undefined : 'waiver/break-glass-lapsed';
  return approval ?? 'waiver/not-approved';
}

/** The time that is so much later; undefined beyond the years that can be spelled, where nothing is earlier than it. */
function later(time: string, milliseconds: number): string | undefined {
  const then = parseTime(time);
  return then === undefined || then >= LAST_MS - milliseconds ? undefined : formatTime(then + milliseconds);
}

/** 10000-01-01T00:00:00Z, which no time reaches. */
const LAST_MS = 253_402_300_800_000;
