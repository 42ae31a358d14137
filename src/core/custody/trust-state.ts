import type { Entry } from '../entry/entry.ts';
import { principalKey, signerKey } from '../entry/keys.ts';
import type { PrincipalGranted } from '../entry/kinds/principal-granted.ts';
import type { SignerRegistered } from '../entry/kinds/signer-registered.ts';
import type { SignerRevoked } from '../entry/kinds/signer-revoked.ts';
import type { FaultCode } from '../fault.ts';
import {
  BOOTSTRAP_PRINCIPAL,
  type GrantDocument,
  parseGrantDocument,
  SERVICE_PRINCIPAL,
} from '../trust/grant-document.ts';
import { scopeHasRepository, scopeHasStage } from '../trust/scope.ts';
import { parseSignerDocument, type SignerDocument } from '../trust/signer-document.ts';
import { kindFault } from './kind-fault.ts';
import type { Material, ProvedEntry } from './material.ts';

/** A registered key as of the checkpoint. */
export type RegisteredSigner = {
  readonly use: SignerRegistered['use'];
  readonly document: SignerDocument;
  readonly registeredSeq: number;
  /** Earliest effective time of any revocation. */
  readonly revokedFrom?: string;
};

/** What the ledger says of keys and of people, each question answered once. */
export type TrustState = {
  /** The signer of that id, or why there is none. */
  readonly signer: (signer: string) => RegisteredSigner | FaultCode;
  /** Why the principal of an entry could not write it at that place of the ledger; undefined where they could. */
  readonly writerFault: (entry: Entry) => FaultCode | undefined;
};

/** What an entry of a principal's list makes of the principal: a grant in force, or why there is none. */
type Standing = { readonly seq: number; readonly grant: GrantDocument | FaultCode };
type Standings = Map<string, Standing[]>;

/** Roles that may write an entry of a kind (DESIGN 5); kinds that are not named are an administrator's. */
const WRITERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['image.signed', ['pipeline', 'admin']],
  ['attestation.recorded', ['pipeline', 'admin']],
]);

/**
 * Trust as of the checkpoint, out of lists that are complete. Grants are followed in the ledger's order, each judged by
 * the standing of its writer at that place, so that a chain of grants of any length costs one step for each.
 */
export function readTrustState(material: Material): TrustState {
  const standings = readStandings(material);
  const writerFault = (entry: Entry) => faultOfWriter(entry, standings);
  const signers = new Map<string, RegisteredSigner | FaultCode>();
  return {
    writerFault,
    signer: (signer) => {
      const known = signers.get(signer) ?? readSigner(material, signer, writerFault);
      signers.set(signer, known);
      return known;
    },
  };
}

function readStandings(material: Material): Standings {
  const standings: Standings = new Map();
  const steps: { readonly principal: string; readonly proved: ProvedEntry; readonly index: number }[] = [];
  for (const [key, list] of material.lists) {
    if (!key.startsWith(principalKey(''))) continue;
    const principal = key.slice(principalKey('').length);
    standings.set(principal, []);
    for (const [index, proved] of list.entries()) steps.push({ principal, proved, index });
  }
  steps.sort((a, b) => a.proved.entry.seq - b.proved.entry.seq);
  for (const { principal, proved, index } of steps) {
    const grant = readStanding(proved, index, standings);
    standings.get(principal)?.push({ seq: proved.entry.seq, grant });
  }
  return standings;
}

function readStanding({ entry, payload }: ProvedEntry, index: number, standings: Standings): Standing['grant'] {
  // Whoever took a role away: it is gone. Somebody who had no right to does no harm that way, and hides nothing.
  if (entry.kind === 'principal.revoked') return 'principal/revoked';
  if (entry.kind !== 'principal.granted') return kindFault(entry.kind) ?? 'principal/no-grant';
  const { principal, role } = entry.body as PrincipalGranted;
  if (entry.principal === SERVICE_PRINCIPAL) {
    const bootstrap = principal === BOOTSTRAP_PRINCIPAL && role === 'admin' && index === 0;
    if (!bootstrap) return 'principal/name-reserved';
  } else {
    const fault = faultOfWriter(entry, standings);
    if (fault !== undefined) return fault;
  }
  if (payload === undefined) return 'payload/absent';
  const grant = parseGrantDocument(payload);
  if (!grant.ok) return grant.fault.code;
  return grant.value.role === role ? grant.value : 'grant/malformed-document';
}

function faultOfWriter(entry: Entry, standings: Standings): FaultCode | undefined {
  const { principal, seq, kind, repository, stage } = entry;
  if (principal === SERVICE_PRINCIPAL) return 'principal/name-reserved';
  const list = standings.get(principal);
  if (list === undefined) return 'list/gap';
  const newest = list.findLast((standing) => standing.seq < seq);
  if (newest === undefined) return 'principal/no-grant';
  const { grant } = newest;
  if (typeof grant === 'string') return grant;
  if (!(WRITERS.get(kind) ?? ['admin']).includes(grant.role)) return 'principal/wrong-role';
  if (repository !== undefined && !scopeHasRepository(grant, repository)) return 'principal/wrong-repository';
  if (grant.role === 'pipeline' && stage !== undefined && !scopeHasStage(grant, stage)) return 'principal/wrong-stage';
  return undefined;
}

/** The list begins with its one registration; revocations follow, and nothing else. */
function readSigner(
  material: Material,
  signer: string,
  writerFault: TrustState['writerFault'],
): RegisteredSigner | FaultCode {
  const list = material.lists.get(signerKey(signer));
  if (list === undefined) return 'list/gap';
  const [first, ...later] = list;
  if (first?.entry.kind !== 'signer.registered') return 'signer/not-registered';
  const { use } = first.entry.body as SignerRegistered;
  let revokedFrom: string | undefined;
  for (const { entry } of later) {
    if (entry.kind === 'signer.registered') return 'signer/registered-twice';
    if (entry.kind !== 'signer.revoked') return kindFault(entry.kind) ?? 'signer/not-registered';
    const fault = ownByService(use, entry) ? undefined : writerFault(entry);
    if (fault !== undefined) return fault;
    const { effective } = entry.body as SignerRevoked;
    if (revokedFrom === undefined || effective < revokedFrom) revokedFrom = effective;
  }
  if (first.payload === undefined) return 'payload/absent';
  const document = parseSignerDocument(first.payload);
  if (!document.ok) return document.fault.code;
  if (document.value.signer !== signer) return 'signer/id-differs';
  const fault = registrationFault(use, first.entry, writerFault);
  if (fault !== undefined) return fault;
  return {
    use,
    document: document.value,
    registeredSeq: first.entry.seq,
    ...(revokedFrom === undefined ? {} : { revokedFrom }),
  };
}

/** Pipeline keys are registered by administrators; the service's own by the service, and by nobody else. */
function registrationFault(
  use: SignerRegistered['use'],
  entry: Entry,
  writerFault: TrustState['writerFault'],
): FaultCode | undefined {
  if (use === 'attest') return writerFault(entry);
  return ownByService(use, entry) ? undefined : 'principal/wrong-role';
}

function ownByService(use: SignerRegistered['use'], entry: Entry): boolean {
  return use !== 'attest' && entry.principal === SERVICE_PRINCIPAL;
}
