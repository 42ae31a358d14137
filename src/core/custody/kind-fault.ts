import { entryKind, RESERVED_KINDS } from '../entry/kinds.ts';
import type { FaultCode } from '../fault.ts';

/** Why an entry of the kind cannot be judged by this version, or undefined where it can: its body was read then. */
export function kindFault(kind: string): FaultCode | undefined {
  if (entryKind(kind) !== undefined) return undefined;
  return Object.hasOwn(RESERVED_KINDS, kind) ? 'entry/reserved-kind' : 'entry/unknown-kind';
}
