import type { ControlSet, SetInForce } from '../control/control-keys.ts';
import { grantsTrust, takesControl } from '../control/takes-control.ts';
import { changeControlSet, verifyControl } from '../control/verify-control.ts';
import type { Entry } from '../entry/entry.ts';
import type { PrincipalGranted } from '../entry/kinds/principal-granted.ts';
import type { SignerRegistered } from '../entry/kinds/signer-registered.ts';
import { entryKind } from '../entry/kinds.ts';
import type { FaultCode } from '../fault.ts';
import { BOOTSTRAP_PRINCIPAL, parseGrantDocument, SERVICE_PRINCIPAL } from '../trust/grant-document.ts';

/** Entries of a log's opening: the service's own keys, and the bootstrap administrator. */
const OPENING_SEQ_MAX = 4;

/** What is known while entries are followed in the ledger's order. */
export type ControlCourse = {
  set: SetInForce;
  /** Principals whose grant is one of trust, by the entries that have effect, whoever wrote them. */
  readonly trusted: Set<string>;
};

/** An entry and the exact bytes that it commits to, undefined where they are not shown. */
export type Shown = { readonly entry: Entry; readonly payload?: Uint8Array | undefined };

/** How an entry stands to the control keys: it is `free` of them, agreed to, not, or that cannot be told. */
export type ControlStep =
  | { readonly outcome: 'free' | 'pass'; readonly reason?: undefined }
  | { readonly outcome: 'fail' | 'not-run'; readonly reason: FaultCode };

/**
 * Takes the next entry of the course, and makes what it changes. One that did not pass has no effect, and changes nothing.
 * Source: docs/spec/control.md §5.
 */
export function followControl(shown: Shown, course: ControlCourse): ControlStep {
  const step = judge(shown, course);
  if (step.outcome === 'free' || step.outcome === 'pass') noteTrusted(shown, course.trusted);
  // An envelope that is not needed takes nothing from the entry.
  else if (step.reason === 'control/not-needed') noteTrusted(shown, course.trusted);
  return step;
}

function judge({ entry, payload }: Shown, course: ControlCourse): ControlStep {
  const { set } = course;
  const takes = opensLog({ entry, payload })
    ? false
    : takesControl(entry, payload, course.trusted.has(principalOf(entry) ?? ''));
  if (set === 'none' || takes === false) {
    if (entry.kind === 'control-keys.changed') return { outcome: 'fail', reason: 'control/no-keys' };
    if (entry.control !== undefined && entryKind(entry.kind) !== undefined)
      return { outcome: 'fail', reason: 'control/not-needed' };
    return { outcome: 'free' };
  }
  if (set === undefined) return { outcome: 'not-run', reason: 'custody/blocked' };
  const reason = takes === undefined ? 'payload/absent' : controlFault({ entry, payload }, set, course);
  if (reason === undefined) return { outcome: 'pass' };
  return { outcome: reason === 'payload/absent' ? 'not-run' : 'fail', reason };
}

/** Why the entry has no effect, or undefined; a change of the set is made on the way. */
function controlFault({ entry, payload }: Shown, set: ControlSet, course: ControlCourse): FaultCode | undefined {
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
function opensLog({ entry: { seq, kind, principal, body }, payload }: Shown): boolean {
  if (principal !== SERVICE_PRINCIPAL || seq > OPENING_SEQ_MAX) return false;
  if (kind === 'signer.registered') return (body as SignerRegistered).use !== 'attest';
  if (kind !== 'principal.granted') return false;
  const granted = body as PrincipalGranted;
  const grant = payload === undefined ? undefined : parseGrantDocument(payload);
  const isPerson = grant?.ok === true && grant.value.person !== undefined;
  return granted.principal === BOOTSTRAP_PRINCIPAL && granted.role === 'admin' && !isPerson;
}

/** Notes who holds a grant of trust after an entry with effect. */
export function noteTrusted({ entry, payload }: Shown, trusted: Set<string>): void {
  const principal = principalOf(entry);
  if (principal === undefined) return;
  const grants =
    entry.kind === 'principal.granted' &&
    grantsTrust({ role: (entry.body as PrincipalGranted).role, document: payload }) !== false;
  if (grants) trusted.add(principal);
  else trusted.delete(principal);
}

/** The principal that a grant or its end is about. */
export function principalOf({ kind, body }: Pick<Entry, 'kind' | 'body'>): string | undefined {
  if (kind !== 'principal.granted' && kind !== 'principal.revoked') return undefined;
  return (body as { readonly principal: string }).principal;
}
