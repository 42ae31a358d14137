import type { PublicKey } from '../crypto/public-key.ts';
import { verifySignature } from '../crypto/verify-signature.ts';
import { verifyEnvelope } from '../dsse/verify-envelope.ts';
import { equalBytes } from '../encoding/bytes.ts';
import type { Entry } from '../entry/entry.ts';
import type { ImageSigned } from '../entry/kinds/image-signed.ts';
import type { SignerRegistered } from '../entry/kinds/signer-registered.ts';
import type { FaultCode } from '../fault.ts';
import { simpleSigningPayload } from '../image/simple-signing.ts';
import { scopeHasRepository, scopeHasStage } from '../trust/scope.ts';
import type { CheckList } from './check.ts';
import type { ReadPayload } from './read-payload.ts';
import type { RegisteredSigner } from './signer-state.ts';
import type { TrustState } from './trust-state.ts';

/** The entry, and the stage that it names: what every check of it says that it is about. */
export type About = { readonly seq: number; readonly stage?: string };

/**
 * Checks the signer that the entry names: known, in force then, allowed here, and that it made the signature. Without a
 * payload that reads the first three run all the same; the signature then has its outcome already. True where all pass.
 */
export function checkSigner(
  entry: Entry,
  read: ReadPayload | undefined,
  trust: TrustState,
  checks: CheckList,
  about: About,
): boolean {
  const code = entry.kind === 'image.signed' ? 'signature/image' : 'signature/envelope';
  const named = { ...about, detail: entry.signer ?? '' };
  const signer = trust.signer(entry.signer ?? '');
  if (typeof signer === 'string') {
    if (read !== undefined) checks.notRun(code, 'custody/blocked', about);
    checks.notRun('signer/in-force', 'custody/blocked', about);
    checks.notRun('signer/allowed', 'custody/blocked', about);
    return checks.fail('signer/known', signer, named);
  }
  checks.pass('signer/known', named);
  const signed = read !== undefined && checkSignature(entry, read, signer.document.key, checks, about);
  const inForce = checkInForce(entry, signer, checks, about);
  const fault = allowedFault(entry, signer);
  const allowed =
    fault === undefined ? checks.pass('signer/allowed', about) : checks.fail('signer/allowed', fault, about);
  return signed && inForce && allowed;
}

function checkSignature(entry: Entry, read: ReadPayload, key: PublicKey, checks: CheckList, about: About): boolean {
  const { envelope, image } = read;
  const code = image === undefined ? 'signature/envelope' : 'signature/image';
  const verified = verifyEnvelope(envelope, [key]);
  if (!verified.ok) return checks.fail(code, verified.fault.code, about);
  if (image !== undefined) {
    const expected = simpleSigningPayload(entry.repository ?? '', (entry.body as ImageSigned).digest);
    const { payload, signature } = image.simple;
    const good = equalBytes(expected, payload) && verifySignature(key, payload, signature);
    if (!good) return checks.fail(code, 'image/simple-signing-wrong', about);
  }
  return checks.pass(code, about);
}

function checkInForce(entry: Entry, signer: RegisteredSigner, checks: CheckList, about: About): boolean {
  const { registeredSeq, isDisowned, revokedFrom, retired, expiresAt } = signer;
  if (registeredSeq > entry.seq) return checks.fail('signer/in-force', 'signer/registered-later', about);
  if (isDisowned) return checks.fail('signer/in-force', 'signer/predecessor-revoked', about);
  if (revokedFrom !== undefined && entry.time >= revokedFrom) {
    return checks.fail('signer/in-force', 'signer/revoked', { ...about, detail: revokedFrom });
  }
  if (retired !== undefined && entry.seq > retired.seq && entry.time >= retired.from) {
    return checks.fail('signer/in-force', 'signer/rotated', { ...about, detail: retired.from });
  }
  if (expiresAt !== undefined && entry.time >= expiresAt) {
    return checks.fail('signer/in-force', 'signer/too-old', { ...about, detail: expiresAt });
  }
  return checks.pass('signer/in-force', about);
}

/** Which key an entry must be signed by follows from its kind and from the assurance that it claims. */
function usesOf(entry: Entry): SignerRegistered['use'] | undefined {
  const { kind, assurance } = entry;
  if (kind === 'image.signed') return assurance === 'service' ? 'image' : undefined;
  if (assurance === 'pipeline') return 'attest';
  return assurance === 'service' ? 'service' : undefined;
}

function allowedFault(entry: Entry, { use, document }: RegisteredSigner): FaultCode | undefined {
  const wanted = usesOf(entry);
  if (wanted !== use)
    return wanted === undefined || entry.kind !== 'image.signed' ? 'signer/assurance-wrong' : 'signer/wrong-use';
  if (!scopeHasRepository(document, entry.repository ?? '')) return 'signer/wrong-repository';
  if (entry.stage !== undefined && !scopeHasStage(document, entry.stage)) return 'signer/wrong-stage';
  return undefined;
}
