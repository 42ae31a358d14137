import type { PublicKey } from '../crypto/public-key.ts';
import { verifyEnvelope } from '../dsse/verify-envelope.ts';
import type { Entry } from '../entry/entry.ts';
import { signerKey } from '../entry/keys.ts';
import type { SignerRegistered } from '../entry/kinds/signer-registered.ts';
import type { SignerRevoked } from '../entry/kinds/signer-revoked.ts';
import type { SignerRotated } from '../entry/kinds/signer-rotated.ts';
import { type FaultCode, fail, ok, type Result } from '../fault.ts';
import { SERVICE_PRINCIPAL } from '../trust/grant-document.ts';
import { parseRotation } from '../trust/rotation-document.ts';
import { mayFollow, parseSignerDocument, type SignerDocument, signerAgeAt } from '../trust/signer-document.ts';
import { kindFault } from './kind-fault.ts';
import type { Material, ProvedEntry } from './material.ts';

/** A key as of the checkpoint: registered, or registered by the rotation of the one before. */
export type RegisteredSigner = {
  readonly use: SignerRegistered['use'];
  readonly document: SignerDocument;
  readonly registeredSeq: number;
  /** Earliest effective time of any revocation. */
  readonly revokedFrom?: string;
  /** Its successor alone counts for entries after that of the rotation, from that time on. */
  readonly retired?: { readonly seq: number; readonly from: string };
  /** When it is too old for what it signs to count. */
  readonly expiresAt?: string;
  /** The key before it was revoked for the time of the rotation, so that nobody vouches for this one. */
  readonly isDisowned: boolean;
  /** Ids of the keys before it, the newest first: it stands for them where a contract names one. */
  readonly follows: readonly string[];
};

type WriterFault = (entry: Entry) => FaultCode | undefined;
type Known = ReadonlyMap<string, RegisteredSigner | FaultCode>;
/** What the first entry of a list makes of the key. */
type Registration = Pick<RegisteredSigner, 'use' | 'isDisowned' | 'follows'> & {
  readonly predecessor?: RegisteredSigner;
};

/** Answers for each id which signer it is, or why there is none; each list is read once. */
export function openSigners(
  material: Material,
  writerFault: WriterFault,
): (signer: string) => RegisteredSigner | FaultCode {
  const known = new Map<string, RegisteredSigner | FaultCode>();
  return (signer) => {
    // The oldest first, so that each finds the one before it: a chain may be long, and nothing here calls itself.
    for (const id of [...chainOf(material, signer, known)].reverse())
      known.set(id, readSigner(material, id, writerFault, known));
    return known.get(signer) ?? 'list/gap';
  };
}

/** The ids that are to be read: that of the signer, then of each key before it as far as none of them was read before. */
function chainOf(material: Material, signer: string, known: Known): ReadonlySet<string> {
  const chain = new Set<string>();
  let next: string | undefined = signer;
  while (next !== undefined && !chain.has(next) && !known.has(next)) {
    chain.add(next);
    next = predecessorOf(material.lists.get(signerKey(next))?.[0]?.entry, next);
  }
  return chain;
}

/** The key that the first entry of a list says to be followed by `signer`. */
function predecessorOf(entry: Entry | undefined, signer: string): string | undefined {
  if (entry?.kind !== 'signer.rotated') return undefined;
  const body = entry.body as SignerRotated;
  return body.successor === signer ? body.signer : undefined;
}

/** The list begins with what registered the key; revocations and one rotation to its successor follow, and nothing else. */
function readSigner(
  material: Material,
  signer: string,
  writerFault: WriterFault,
  known: Known,
): RegisteredSigner | FaultCode {
  const list = material.lists.get(signerKey(signer));
  if (list === undefined) return 'list/gap';
  const [first, ...later] = list;
  const registration = first === undefined ? 'signer/not-registered' : readRegistration(first.entry, signer, known);
  if (first === undefined || typeof registration === 'string') return registration as FaultCode;
  const ends = readEnds(later, signer, registration.use, writerFault);
  if (!ends.ok) return ends.fault.code;
  if (first.payload === undefined) return 'payload/absent';
  const { predecessor, ...rest } = registration;
  const document =
    predecessor === undefined
      ? parseSignerDocument(first.payload)
      : readSuccessor(first.entry, first.payload, predecessor);
  if (!document.ok) return document.fault.code;
  if (document.value.signer !== signer) return 'signer/id-differs';
  const fault = registrationFault(rest.use, first.entry, writerFault);
  if (fault !== undefined) return fault;
  const expiresAt = signerAgeAt(first.entry.time, document.value.ageSecondsMax);
  return {
    ...rest,
    ...ends.value,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    document: document.value,
    registeredSeq: first.entry.seq,
  };
}

function readRegistration(entry: Entry, signer: string, known: Known): Registration | FaultCode {
  if (entry.kind === 'signer.registered') {
    const { use } = entry.body as SignerRegistered;
    return { use, isDisowned: false, follows: [] };
  }
  const before = predecessorOf(entry, signer);
  const predecessor = before === undefined ? undefined : known.get(before);
  if (predecessor === undefined) return 'signer/not-registered';
  if (typeof predecessor === 'string') return predecessor;
  const { revokedFrom } = predecessor;
  return {
    use: predecessor.use,
    isDisowned: predecessor.isDisowned || (revokedFrom !== undefined && entry.time >= revokedFrom),
    follows: [predecessor.document.signer, ...predecessor.follows],
    predecessor,
  };
}

type Ends = Pick<RegisteredSigner, 'revokedFrom' | 'retired'>;

function readEnds(
  later: readonly ProvedEntry[],
  signer: string,
  use: SignerRegistered['use'],
  writerFault: WriterFault,
): Result<Ends> {
  let revokedFrom: string | undefined;
  let retired: RegisteredSigner['retired'];
  for (const { entry } of later) {
    const fault = endFault(entry, signer, use, writerFault, retired !== undefined);
    if (fault !== undefined) return fail(fault, '');
    if (entry.kind === 'signer.rotated') {
      const { until } = entry.body as SignerRotated;
      retired = { seq: entry.seq, from: until };
    } else {
      const { effective } = entry.body as SignerRevoked;
      if (revokedFrom === undefined || effective < revokedFrom) revokedFrom = effective;
    }
  }
  return ok({
    ...(revokedFrom === undefined ? {} : { revokedFrom }),
    ...(retired === undefined ? {} : { retired }),
  });
}

/** Why an entry may not stand in the list of a key after its first. */
function endFault(
  entry: Entry,
  signer: string,
  use: SignerRegistered['use'],
  writerFault: WriterFault,
  isRotated: boolean,
): FaultCode | undefined {
  switch (entry.kind) {
    case 'signer.registered':
      return 'signer/registered-twice';
    case 'signer.revoked':
      return ownByService(use, entry) ? undefined : writerFault(entry);
    case 'signer.rotated':
      if ((entry.body as SignerRotated).signer !== signer) return 'signer/registered-twice';
      return isRotated ? 'signer/rotated-twice' : registrationFault(use, entry, writerFault);
    default:
      return kindFault(entry.kind) ?? 'signer/not-registered';
  }
}

/** The document of a key that follows another: both keys signed it, and it reaches no farther than the one before did. */
function readSuccessor(entry: Entry, payload: Uint8Array, predecessor: RegisteredSigner): Result<SignerDocument> {
  const read = parseRotation(payload);
  if (!read.ok) return read;
  const { envelope, rotation } = read.value;
  const { log, signer, successor, until } = rotation;
  const body = entry.body as SignerRotated;
  if (log !== entry.log || signer !== body.signer || successor.signer !== body.successor || until !== body.until)
    return fail('signer/rotation-differs', 'The envelope is that of another rotation.');
  const keys: readonly PublicKey[] = [predecessor.document.key, successor.key];
  const signed = verifyEnvelope(envelope, keys);
  if (!signed.ok || signed.value.length !== keys.length)
    return fail('signer/rotation-not-signed', 'Not both keys signed the rotation.');
  if (!mayFollow(successor, predecessor.document))
    return fail(
      'signer/wider-than-predecessor',
      'The successor reaches farther, or grows older, than the key before it.',
    );
  return ok(successor);
}

/** Pipeline keys are registered by administrators; the service's own by the service, and by nobody else. */
function registrationFault(
  use: SignerRegistered['use'],
  entry: Entry,
  writerFault: WriterFault,
): FaultCode | undefined {
  if (use === 'attest') return writerFault(entry);
  return ownByService(use, entry) ? undefined : 'principal/wrong-role';
}

function ownByService(use: SignerRegistered['use'], entry: Entry): boolean {
  return use !== 'attest' && entry.principal === SERVICE_PRINCIPAL;
}
