import type { PrincipalGranted, Role } from '../entry/kinds/principal-granted.ts';
import { entryKind } from '../entry/kinds.ts';
import { parseGrantDocument } from '../trust/grant-document.ts';

/** Roles whose holders change trust. */
const TRUSTED_ROLES: ReadonlySet<string> = new Set<Role>(['admin', 'release-manager']);

/** What a grant is made of: its role, and the exact bytes of its document, undefined where they are not shown. */
export type Granted = { readonly role: string; readonly document: Uint8Array | undefined };

/**
 * Whether a grant lets its holder change trust, or makes them a person, who counts where people are counted; undefined
 * where only its document could tell, and is not shown.
 */
export function grantsTrust({ role, document }: Granted): boolean | undefined {
  if (TRUSTED_ROLES.has(role)) return true;
  if (document === undefined) return undefined;
  const grant = parseGrantDocument(document);
  return grant.ok && grant.value.person !== undefined;
}

/**
 * Whether an entry takes a control envelope in a log that has control keys: kinds that name a list for it do, but grants
 * and revocations only where the grant that is made, or the one that `before` it was in force, is one of trust. Undefined
 * where only a document that is not shown could tell. Source: docs/spec/control.md §2.
 */
export function takesControl(
  { kind, body }: { readonly kind: string; readonly body: unknown },
  document: Uint8Array | undefined,
  before: boolean,
): boolean | undefined {
  const area = entryKind(kind)?.controlList;
  if (area !== 'principal' || before) return area !== undefined;
  return kind === 'principal.granted' ? grantsTrust({ role: (body as PrincipalGranted).role, document }) : false;
}
