import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { type Decoded, decode, object, oneOf, optional, string } from '../encoding/decode.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { ROLES } from '../entry/kinds/principal-granted.ts';
import { NAME } from '../entry/names.ts';
import { fail, type Result } from '../fault.ts';
import { scopeRepositories, scopeStages, scopeTitle } from './scope.ts';

/** Media type of the payload of `principal.granted`. */
export const GRANT_MEDIA_TYPE = 'application/vnd.waybill.grant+json';

/** Principal of the service's own entries. It holds no grant and cannot be given one. */
export const SERVICE_PRINCIPAL = 'service';
/** The one principal that the service itself grants a role to, at first start. */
export const BOOTSTRAP_PRINCIPAL = 'bootstrap-admin';

const reader = object({
  role: oneOf(ROLES),
  repositories: scopeRepositories,
  stages: scopeStages,
  /** Pseudonym that ties several principals to one human. */
  person: optional(string({ max: 64, pattern: NAME })),
  title: optional(scopeTitle),
});

/** What a principal may do from an entry on; it replaces every earlier grant to that principal. */
export type GrantDocument = Decoded<typeof reader>;

/**
 * The grant in a document of canonical JSON: `person`, `repositories`, `role`, `stages`, `title`.
 * An `admin` holds the repository glob and the stage `*`: one who may grant could widen any scope of their own.
 * Faults: `grant/malformed-document` with the cause, `grant/admin-limited`. Source: docs/spec/entry.md §6.
 */
export function parseGrantDocument(bytes: Uint8Array): Result<GrantDocument> {
  const value = parseCanonicalJson(bytes);
  const read = value.ok ? decode(reader, value.value) : value;
  if (read.ok && read.value.role === 'admin' && !isUnlimited(read.value)) {
    return fail(
      'grant/admin-limited',
      'Whoever grants, registers and publishes does so for everything: an admin has the scope *.',
      '/repositories',
    );
  }
  if (read.ok) return read;
  return fail('grant/malformed-document', 'The document does not describe a grant.', read.fault.at, read.fault);
}

function isUnlimited({ repositories, stages }: GrantDocument): boolean {
  return repositories.includes('*') && stages.includes('*');
}

/** Canonical bytes of a grant document; what {@link parseGrantDocument} reads. */
export function formatGrantDocument(grant: GrantDocument): Uint8Array {
  return encodeUtf8(formatCanonicalJson(grant as unknown as Json));
}
