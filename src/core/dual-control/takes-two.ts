import { controlKeyOf } from '../control/control-statement.ts';
import { takesControl } from '../control/takes-control.ts';
import { principalKey } from '../entry/keys.ts';
import { DUAL_KINDS } from '../entry/kinds/change-proposed.ts';
import type { TokenIssued } from '../entry/kinds/token-issued.ts';
import { SERVICE_PRINCIPAL } from '../trust/grant-document.ts';

/** An entry, or what is to become one. */
type Changing = { readonly kind: string; readonly principal: string; readonly body: unknown };

/** Kinds that say how a change came about, and that nothing follows from. */
const BESIDE: ReadonlySet<string> = new Set(['change.proposed', 'token.issued']);

/** Whether something follows from an entry of the kind, wherever it stands. */
export function isAct({ kind }: { readonly kind: string }): boolean {
  return !BESIDE.has(kind);
}

const KINDS: ReadonlySet<string> = new Set(DUAL_KINDS);

/**
 * Whether an entry takes two people where dual control is on, or `settings.changed`, always: contracts, pipelines' signers,
 * grants of trust and their end, settings, and tokens for other people; a change of control keys takes theirs. `before` is whether the principal of
 * a grant or revocation held a grant of trust. Undefined where only a document that is not shown could tell.
 * What the service itself writes takes none, settings apart: nobody but two people changes those. Source: docs/spec/dual-control.md §2.
 */
export function takesTwo(
  entry: Changing,
  document: Uint8Array | undefined,
  { isOn, before }: { readonly isOn: boolean; readonly before: boolean },
): boolean | undefined {
  if (entry.kind === 'settings.changed') return true;
  if (!isOn || entry.principal === SERVICE_PRINCIPAL || !KINDS.has(entry.kind)) return false;
  return entry.kind === 'token.issued' || takesControl(entry, document, before);
}

/** The list in which the proposal of an entry stands right before it: that of what is changed. */
export function dualKeyOf(
  { kind, body }: Pick<Changing, 'kind' | 'body'>,
  keys: readonly string[],
): string | undefined {
  if (kind === 'token.issued') return principalKey((body as TokenIssued).principal);
  return controlKeyOf({ kind, body }, keys);
}
