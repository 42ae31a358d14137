import type { Entry } from '../entry/entry.ts';
import { principalKey, signerKey } from '../entry/keys.ts';
import type { PrincipalGranted } from '../entry/kinds/principal-granted.ts';
import type { SignerRegistered } from '../entry/kinds/signer-registered.ts';
import type { SignerRevoked } from '../entry/kinds/signer-revoked.ts';
import type { FaultCode } from '../fault.ts';
import { type GrantDocument, parseGrantDocument, SERVICE_PRINCIPAL } from '../trust/grant-document.ts';
import { scopeHasRepository, scopeHasStage } from '../trust/scope.ts';
import { parseSignerDocument, type SignerDocument } from '../trust/signer-document.ts';
import type { Material, ProvedEntry } from './material.ts';

/** A registered key as of the checkpoint. */
export type RegisteredSigner = {
  readonly use: SignerRegistered['use'];
  readonly document: SignerDocument;
  readonly registeredSeq: number;
  /** Earliest effective time of any revocation. */
  readonly revokedFrom?: string;
};

/** The signer of that id, or why there is none. The list must begin with exactly one registration, by an administrator. */
export function readSigner(material: Material, signer: string): RegisteredSigner | FaultCode {
  const list = material.lists.get(signerKey(signer));
  if (list === undefined) return 'list/gap';
  const [first, ...later] = list;
  if (first === undefined) return 'signer/not-registered';
  if (first.entry.kind !== 'signer.registered') return 'signer/not-registered';
  if (later.some(({ entry }) => entry.kind === 'signer.registered')) return 'signer/registered-twice';
  if (first.payload === undefined) return 'payload/absent';
  const document = parseSignerDocument(first.payload);
  if (!document.ok) return document.fault.code;
  if (document.value.signer !== signer) return 'signer/id-differs';
  const body = first.entry.body as SignerRegistered;
  const writer = writerFault(material, first, body.use !== 'attest');
  if (writer !== undefined) return writer;
  const revocations = later.map(({ entry }) => (entry.body as SignerRevoked).effective).sort();
  return {
    use: body.use,
    document: document.value,
    registeredSeq: first.entry.seq,
    ...(revocations[0] === undefined ? {} : { revokedFrom: revocations[0] }),
  };
}

/** Pipeline keys are registered by administrators; the service's own by the service, when the log is opened. */
function writerFault(material: Material, registered: ProvedEntry, own: boolean): FaultCode | undefined {
  if (own) return registered.entry.principal === SERVICE_PRINCIPAL ? undefined : 'principal/wrong-role';
  return principalFault(material, registered.entry);
}

/** Roles that may write an entry of a kind (DESIGN 5). */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  'image.signed': ['pipeline', 'admin'],
  'attestation.recorded': ['pipeline', 'admin'],
};

/** Why the principal of an entry could not write it at that place of the ledger; undefined where they could. */
export function principalFault(material: Material, entry: Entry): FaultCode | undefined {
  const { principal, seq } = entry;
  if (principal === SERVICE_PRINCIPAL) return WRITERS[entry.kind] === undefined ? undefined : 'principal/name-reserved';
  const list = material.lists.get(principalKey(principal));
  if (list === undefined) return 'list/gap';
  const newest = list.findLast((proved) => proved.entry.seq < seq);
  if (newest === undefined) return 'principal/no-grant';
  if (newest.entry.kind !== 'principal.granted') return 'principal/revoked';
  const grant = readGrant(newest);
  if (typeof grant === 'string') return grant;
  return grantFault(grant, entry) ?? grantorFault(material, newest);
}

function readGrant(granted: ProvedEntry): GrantDocument | FaultCode {
  if (granted.payload === undefined) return 'payload/absent';
  const grant = parseGrantDocument(granted.payload);
  if (!grant.ok) return grant.fault.code;
  return grant.value.role === (granted.entry.body as PrincipalGranted).role ? grant.value : 'grant/malformed-document';
}

function grantFault(grant: GrantDocument, entry: Entry): FaultCode | undefined {
  const roles = WRITERS[entry.kind] ?? ['admin'];
  if (!roles.includes(grant.role)) return 'principal/wrong-role';
  if (entry.repository !== undefined && !scopeHasRepository(grant, entry.repository))
    return 'principal/wrong-repository';
  if (grant.role === 'pipeline' && entry.stage !== undefined && !scopeHasStage(grant, entry.stage))
    return 'principal/wrong-stage';
  return undefined;
}

/** A grant counts when whoever wrote it could: back to the one that the service made when it opened the log. */
function grantorFault(material: Material, granted: ProvedEntry): FaultCode | undefined {
  return granted.entry.principal === SERVICE_PRINCIPAL ? undefined : principalFault(material, granted.entry);
}
