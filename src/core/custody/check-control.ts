import { type ControlSet, readControlSet, sameControlSet } from '../control/control-keys.ts';
import { grantsTrust, takesControl } from '../control/takes-control.ts';
import { changeControlSet, verifyControl } from '../control/verify-control.ts';
import type { Entry } from '../entry/entry.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import type { LogOpened } from '../entry/kinds/log-opened.ts';
import type { PrincipalGranted } from '../entry/kinds/principal-granted.ts';
import type { SignerRegistered } from '../entry/kinds/signer-registered.ts';
import { entryKind } from '../entry/kinds.ts';
import { type FaultCode, ok } from '../fault.ts';
import { BOOTSTRAP_PRINCIPAL, parseGrantDocument, SERVICE_PRINCIPAL } from '../trust/grant-document.ts';
import type { CheckList } from './check.ts';
import type { Material, ProvedEntry } from './material.ts';
import type { TrustFile } from './trust-file.ts';

/** What the agreement of control keys makes of the material. */
export type Control = {
  /** The material without the entries that have no effect, since they lack an agreement that they take. */
  readonly material: Material;
  /** Seqs of those entries. */
  readonly withoutEffect: ReadonlySet<number>;
  /** Whether reader or log name control keys, whichever they are. */
  readonly isControlled: boolean;
  /** The reader brought the control keys, and every change of trust that is shown carries their agreement. */
  readonly signed: boolean;
};

/** Entries of a log's opening: the service's own keys, and the bootstrap administrator. */
const OPENING_SEQ_MAX = 4;

/** The set in force, `none` in a log without control keys, undefined where it cannot be known. */
type SetInForce = ControlSet | 'none' | undefined;

/** What is known while the entries are followed in the ledger's order. */
type Course = {
  set: SetInForce;
  /** Principals whose grant is one of trust, by the entries that have effect, whoever wrote them. */
  readonly trusted: Set<string>;
};

/**
 * Checks the control keys of the log against the reader's, and every shown entry that takes their agreement or carries
 * one. What lacks an agreement that it takes is as if it had not been written, but for its place in the list.
 * Without control keys, and without an entry that carries an envelope, nothing is checked. Source: docs/spec/control.md §5.
 */
export function checkControl(material: Material, trust: TrustFile | undefined, checks: CheckList): Control {
  const first = checkKeys(material, trust, checks);
  const course: Course = { set: first.set, trusted: new Set() };
  const withoutEffect = new Set<number>();
  for (const proved of shownEntries(material)) {
    if (!checkEntry(proved, course, checks)) withoutEffect.add(proved.entry.seq);
    else follow(proved, course);
  }
  const lists = [...material.lists].map(
    ([key, list]) => [key, list.filter(({ entry }) => !withoutEffect.has(entry.seq))] as const,
  );
  return {
    material: withoutEffect.size === 0 ? material : { ...material, lists: new Map(lists) },
    withoutEffect,
    isControlled: first.set !== 'none',
    // Under keys that are not known to be in force nothing is shown to be agreed to.
    signed: first.confirmed && first.set !== undefined && checks.passed('control/envelope'),
  };
}

/**
 * The set that the log was opened with: the reader's where there is one, so that nothing under other keys has any effect.
 * `confirmed` where the log names the very set that the reader brought.
 */
function checkKeys(
  { entries, lists }: Material,
  trust: TrustFile | undefined,
  checks: CheckList,
): { readonly set: SetInForce; readonly confirmed: boolean } {
  const first = entries.get(0)?.entry;
  const named = first?.kind === 'log.opened' ? readControlSet(first.body as LogOpened) : ok(undefined);
  const trusted = trust?.control;
  if (trusted === undefined && named.ok && named.value === undefined) return { set: 'none', confirmed: false };
  const confirmed = trusted !== undefined && named.ok && sameControlSet(trusted, named.value);
  if (first?.kind !== 'log.opened') checks.notRun('control/keys', 'custody/blocked');
  else if (!named.ok) checks.fail('control/keys', named.fault.code);
  else if (trusted === undefined) checks.notRun('control/keys', 'control/keys-not-confirmed');
  else if (confirmed) checks.pass('control/keys');
  else checks.fail('control/keys', 'control/keys-differ');
  // Where a change of the set may be hidden, none is known to be in force.
  const isKnown = lists.has(TRUST_KEY) && (trusted !== undefined || named.ok);
  return { set: isKnown ? (trusted ?? (named.ok ? named.value : undefined)) : undefined, confirmed };
}

/** The entries of the lists that hold together, each once, in the ledger's order. */
function shownEntries({ lists }: Material): readonly ProvedEntry[] {
  const entries = new Map([...lists.values()].flat().map((proved) => [proved.entry.seq, proved]));
  return [...entries.values()].sort((a, b) => a.entry.seq - b.entry.seq);
}

/** Whether the entry has effect. */
function checkEntry(proved: ProvedEntry, course: Course, checks: CheckList): boolean {
  const { entry, payload } = proved;
  const { set } = course;
  const about = { seq: entry.seq, detail: entry.kind };
  const takes = opensLog(proved) ? false : takesControl(entry, payload, course.trusted.has(principalOf(entry) ?? ''));
  if (set === 'none' || takes === false) {
    if (entry.kind === 'control-keys.changed') return checks.fail('control/envelope', 'control/no-keys', about);
    if (entry.control !== undefined && entryKind(entry.kind) !== undefined)
      checks.fail('control/envelope', 'control/not-needed', about);
    return true;
  }
  if (set === undefined) return checks.notRun('control/envelope', 'custody/blocked', about);
  const fault = takes === undefined ? 'payload/absent' : controlFault(proved, set, course);
  if (fault === undefined) return checks.pass('control/envelope', about);
  return fault === 'payload/absent'
    ? checks.notRun('control/envelope', fault, about)
    : checks.fail('control/envelope', fault, about);
}

/** Why the entry has no effect, or undefined; a change of the set is made on the way. */
function controlFault({ entry, payload }: ProvedEntry, set: ControlSet, course: Course): FaultCode | undefined {
  if (entry.kind !== 'control-keys.changed') {
    const verified = verifyControl(entry, payload, set);
    return verified.ok ? undefined : verified.fault.code;
  }
  const next = changeControlSet(entry, set);
  if (next.ok) course.set = next.value;
  return next.ok ? undefined : next.fault.code;
}

/**
 * The service's own keys, and the first administrator: what a log is opened with, and nothing that comes later. That one is
 * nobody: people are counted, and whoever runs the log makes none.
 */
function opensLog({ entry: { seq, kind, principal, body }, payload }: ProvedEntry): boolean {
  if (principal !== SERVICE_PRINCIPAL || seq > OPENING_SEQ_MAX) return false;
  if (kind === 'signer.registered') return (body as SignerRegistered).use !== 'attest';
  if (kind !== 'principal.granted') return false;
  const granted = body as PrincipalGranted;
  const grant = payload === undefined ? undefined : parseGrantDocument(payload);
  const isPerson = grant?.ok === true && grant.value.person !== undefined;
  return granted.principal === BOOTSTRAP_PRINCIPAL && granted.role === 'admin' && !isPerson;
}

/** Who holds a grant of trust after an entry with effect. */
function follow(proved: ProvedEntry, { trusted }: Course): void {
  const { entry, payload } = proved;
  const principal = principalOf(entry);
  if (principal === undefined) return;
  const grants =
    entry.kind === 'principal.granted' &&
    grantsTrust({ role: (entry.body as PrincipalGranted).role, document: payload }) !== false;
  if (grants) trusted.add(principal);
  else trusted.delete(principal);
}

/** The principal that a grant or its end is about. */
function principalOf({ kind, body }: Entry): string | undefined {
  if (kind !== 'principal.granted' && kind !== 'principal.revoked') return undefined;
  return (body as { readonly principal: string }).principal;
}
