import { sha256 } from '#sha256';
import { verifySignature } from '../crypto/verify-signature.ts';
import { type Envelope, parseEnvelope } from '../dsse/envelope.ts';
import { parseSigstoreBundle } from '../dsse/sigstore-bundle.ts';
import { verifyEnvelope } from '../dsse/verify-envelope.ts';
import { equalBytes } from '../encoding/bytes.ts';
import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Assurance, Entry } from '../entry/entry.ts';
import { imageKey } from '../entry/keys.ts';
import type { AttestationRecorded } from '../entry/kinds/attestation-recorded.ts';
import type { ImageSigned } from '../entry/kinds/image-signed.ts';
import { type FaultCode, ok, type Result } from '../fault.ts';
import { parseManifest } from '../image/manifest.ts';
import { childDigests, parseSignedImage } from '../image/signed-image.ts';
import { simpleSigningPayload } from '../image/simple-signing.ts';
import { envelopeStatement } from '../statement/envelope-statement.ts';
import { statementPlacement } from '../statement/placement.ts';
import { predicateTypeUri } from '../statement/predicate-types.ts';
import type { Statement } from '../statement/statement.ts';
import { namesSubject } from '../statement/subjects.ts';
import { scopeHasRepository, scopeHasStage } from '../trust/scope.ts';
import type { CheckList } from './check.ts';
import type { Question } from './evidence.ts';
import type { Material, ProvedEntry } from './material.ts';
import { principalFault, readSigner } from './trust-state.ts';

/** An entry that custody of the image counts: a signature or an attestation, of it or of an index that contains it. */
export type Counted = {
  readonly entry: Entry;
  readonly what: 'signature' | 'attestation';
  /** The index that it is about, where it is not about the image itself. */
  readonly via?: string;
  readonly predicateType: string;
  readonly assurance: Assurance;
  /** The statement carries its own repository and stage, signed. */
  readonly placed: boolean;
  /** Seq and time of the first entry with the same statement bytes: an envelope posted again is not new. */
  readonly first: { readonly seq: number; readonly time: string };
  /** Whether every check of it passed. */
  readonly sound: boolean;
};

/** Predicate types that an index hands down to its images (DESIGN 6): signatures and provenance, nothing else. */
const INHERITED = new Set<string>([
  predicateTypeUri('cosign-sign'),
  'https://slsa.dev/provenance/v1',
  'https://slsa.dev/provenance/v0.2',
]);

/** Checks every entry about the image in the repository, and gives those that count, sound or not. */
export function checkCounted(question: Question, material: Material, checks: CheckList): readonly Counted[] {
  const firsts = new Map<string, { readonly seq: number; readonly time: string }>();
  const counted: Counted[] = [];
  const parents = provedParents(question, material);
  for (const image of material.images) {
    if (image !== question.subject && !parents.has(image)) continue;
    for (const proved of material.lists.get(imageKey(image)) ?? []) {
      const { entry } = proved;
      if (entry.repository !== question.repository || counted.some((other) => other.entry.seq === entry.seq)) continue;
      const one = checkOne(question, image, proved, material, firsts, checks);
      if (one !== undefined) counted.push(one);
    }
  }
  return counted.sort((a, b) => a.entry.seq - b.entry.seq);
}

/** Indexes whose exact manifest bytes contain the image, directly or through another such index. */
function provedParents(question: Question, material: Material): ReadonlySet<string> {
  const proved = new Set([question.subject]);
  for (let known = 0; known !== proved.size; ) {
    known = proved.size;
    for (const image of material.images) {
      for (const { entry, payload } of material.lists.get(imageKey(image)) ?? []) {
        if (entry.kind !== 'image.signed' || payload === undefined || entry.repository !== question.repository)
          continue;
        const signed = parseSignedImage(payload);
        const manifest = signed.ok ? parseManifest(signed.value.manifest) : signed;
        if (!manifest.ok) continue;
        if (manifest.value.children.some(({ digest }) => proved.has(digest))) proved.add(manifest.value.digest);
      }
    }
  }
  return proved;
}

function checkOne(
  question: Question,
  image: string,
  proved: ProvedEntry,
  material: Material,
  firsts: Map<string, { readonly seq: number; readonly time: string }>,
  checks: CheckList,
): Counted | undefined {
  const { entry } = proved;
  const isSignature = entry.kind === 'image.signed';
  if (!isSignature && entry.kind !== 'attestation.recorded') return undefined;
  // An index is filed under its children too, so that they find it; there it is about the index, not about them.
  if (isSignature && (entry.body as ImageSigned).digest !== image) return undefined;
  const via = image === question.subject ? {} : { via: image };
  const about = { seq: entry.seq, ...(entry.stage === undefined ? {} : { stage: entry.stage }) };
  const read = readPayload(proved);
  if (!read.ok) {
    const reason = read.fault.code;
    checks.notRun(isSignature ? 'signature/image' : 'signature/envelope', reason, about);
    return {
      entry,
      what: isSignature ? 'signature' : 'attestation',
      ...via,
      predicateType: entry.predicateType ?? '',
      assurance: entry.assurance ?? 'unsigned',
      placed: false,
      first: { seq: entry.seq, time: entry.time },
      sound: false,
    };
  }
  const { statement, envelope, simple } = read.value;
  if (via.via !== undefined && !INHERITED.has(statement.predicateType)) return undefined;
  const results = [
    isSignature ? checkManifest(entry, simple?.manifest, checks) : true,
    checkSigner(entry, envelope, simple, material, checks, about),
    checkPrincipal(entry, material, checks, about),
    checkSubject(entry, image, statement, checks, about),
    checkPlace(entry, statement, checks, about),
  ];
  const name = formatHex(sha256(envelope.payload));
  const first = firsts.get(name) ?? { seq: entry.seq, time: entry.time };
  firsts.set(name, first);
  return {
    entry,
    what: isSignature ? 'signature' : 'attestation',
    ...via,
    predicateType: statement.predicateType,
    assurance: entry.assurance ?? 'unsigned',
    placed: isPlaced(statement),
    first,
    sound: results.every(Boolean),
  };
}

type ReadPayload = {
  readonly envelope: Envelope;
  readonly statement: Statement;
  readonly simple?: { readonly manifest: Uint8Array; readonly payload: Uint8Array; readonly signature: Uint8Array };
};

function readPayload({ entry, payload }: ProvedEntry): Result<ReadPayload> {
  if (payload === undefined)
    return { ok: false, fault: { code: 'payload/absent', message: 'The payload is not shown.' } };
  if (entry.kind === 'image.signed') {
    const signed = parseSignedImage(payload);
    if (!signed.ok) return signed;
    const bundle = parseSigstoreBundle(signed.value.bundle);
    if (!bundle.ok) return bundle;
    const statement = envelopeStatement(bundle.value.envelope);
    if (!statement.ok) return statement;
    const { manifest, simpleSigning } = signed.value;
    return ok({ envelope: bundle.value.envelope, statement: statement.value, simple: { manifest, ...simpleSigning } });
  }
  const { form } = entry.body as AttestationRecorded;
  const bundle = form === 'bundle' ? parseSigstoreBundle(payload) : undefined;
  if (bundle?.ok === false) return bundle;
  const envelope = bundle === undefined ? parseEnvelope(payload) : ok(bundle.value.envelope);
  if (!envelope.ok) return envelope;
  const statement = envelopeStatement(envelope.value);
  return statement.ok ? ok({ envelope: envelope.value, statement: statement.value }) : statement;
}

function checkManifest(entry: Entry, bytes: Uint8Array | undefined, checks: CheckList): boolean {
  const about = { seq: entry.seq };
  const image = entry.body as ImageSigned;
  const manifest = parseManifest(bytes ?? new Uint8Array(), image.mediaType);
  if (!manifest.ok) return checks.fail('image/manifest', manifest.fault.code, about);
  const { digest, sizeBytes, kind } = manifest.value;
  if (digest !== image.digest || sizeBytes !== image.size || kind !== image.shape)
    return checks.fail('image/manifest', 'image/manifest-differs', about);
  const children = childDigests(manifest.value);
  const same =
    children.length === image.children.length && children.every((child, index) => child === image.children[index]);
  return same ? checks.pass('image/manifest', about) : checks.fail('image/manifest', 'image/child-not-in-index', about);
}

type About = { readonly seq: number; readonly stage?: string };

function checkSigner(
  entry: Entry,
  envelope: Envelope,
  simple: ReadPayload['simple'],
  material: Material,
  checks: CheckList,
  about: About,
): boolean {
  const code = entry.kind === 'image.signed' ? 'signature/image' : 'signature/envelope';
  const signer = readSigner(material, entry.signer ?? '');
  if (typeof signer === 'string') {
    checks.notRun(code, 'custody/blocked', about);
    return checks.fail('signer/known', signer, { ...about, detail: entry.signer ?? '' });
  }
  const { key } = signer.document;
  checks.pass('signer/known', { ...about, detail: entry.signer ?? '' });
  const verified = verifyEnvelope(envelope, [key]);
  const signed = verified.ok ? checks.pass(code, about) : checks.fail(code, verified.fault.code, about);
  const legacy = simple === undefined || checkSimpleSigning(entry, simple, key, checks, about);
  const inForce = checkInForce(entry, signer.registeredSeq, signer.revokedFrom, checks, about);
  const fault = allowedFault(entry, signer);
  const allowed =
    fault === undefined ? checks.pass('signer/allowed', about) : checks.fail('signer/allowed', fault, about);
  return signed && legacy && inForce && allowed;
}

function checkSimpleSigning(
  entry: Entry,
  simple: NonNullable<ReadPayload['simple']>,
  key: Parameters<typeof verifySignature>[0],
  checks: CheckList,
  about: About,
): boolean {
  const expected = simpleSigningPayload(entry.repository ?? '', (entry.body as ImageSigned).digest);
  const good = equalBytes(expected, simple.payload) && verifySignature(key, simple.payload, simple.signature);
  return good || checks.fail('signature/image', 'image/simple-signing-wrong', about);
}

function checkInForce(
  entry: Entry,
  registeredSeq: number,
  revokedFrom: string | undefined,
  checks: CheckList,
  about: About,
): boolean {
  if (registeredSeq > entry.seq) return checks.fail('signer/in-force', 'signer/registered-later', about);
  if (revokedFrom !== undefined && entry.time >= revokedFrom) {
    return checks.fail('signer/in-force', 'signer/revoked', { ...about, detail: revokedFrom });
  }
  return checks.pass('signer/in-force', about);
}

function allowedFault(entry: Entry, signer: Exclude<ReturnType<typeof readSigner>, string>): FaultCode | undefined {
  const { use, document } = signer;
  const uses = entry.kind === 'image.signed' ? ['image'] : entry.assurance === 'pipeline' ? ['attest'] : ['service'];
  if (entry.kind === 'attestation.recorded' && !['pipeline', 'service'].includes(entry.assurance ?? ''))
    return 'signer/assurance-wrong';
  if (!uses.includes(use)) return entry.kind === 'image.signed' ? 'signer/wrong-use' : 'signer/assurance-wrong';
  if (!scopeHasRepository(document, entry.repository ?? '')) return 'signer/wrong-repository';
  if (entry.stage !== undefined && !scopeHasStage(document, entry.stage)) return 'signer/wrong-stage';
  return undefined;
}

function checkPrincipal(entry: Entry, material: Material, checks: CheckList, about: About): boolean {
  const fault = principalFault(material, entry);
  const named = { ...about, detail: entry.principal };
  return fault === undefined ? checks.pass('principal/allowed', named) : checks.fail('principal/allowed', fault, named);
}

function checkSubject(entry: Entry, image: string, statement: Statement, checks: CheckList, about: About): boolean {
  const named = { ...about, detail: image };
  if (!namesSubject(statement, image)) return checks.fail('statement/subject', 'statement/other-subject', named);
  const expected = entry.kind === 'image.signed' ? predicateTypeUri('cosign-sign') : entry.predicateType;
  if (expected !== undefined && statement.predicateType !== expected) {
    const reason = entry.kind === 'image.signed' ? 'image/wrong-predicate-type' : 'attestation/type-differs';
    return checks.fail('statement/subject', reason, named);
  }
  if (entry.kind === 'image.signed' && formatCanonicalJson(statement.predicate ?? {}) !== '{}') {
    return checks.fail('statement/subject', 'image/wrong-predicate-type', named);
  }
  return checks.pass('statement/subject', named);
}

function isPlaced(statement: Statement): boolean {
  const placement = statementPlacement(statement);
  return placement.ok && placement.value.repository !== undefined && placement.value.stage !== undefined;
}

function checkPlace(entry: Entry, statement: Statement, checks: CheckList, about: About): boolean {
  const placement = statementPlacement(statement);
  if (!placement.ok) return checks.fail('statement/place', placement.fault.code, about);
  const { repository, stage, run } = placement.value;
  const elsewhere =
    (repository !== undefined && repository !== entry.repository) ||
    (stage !== undefined && stage !== entry.stage) ||
    (run !== undefined && run !== entry.run);
  return elsewhere
    ? checks.fail('statement/place', 'attestation/filed-elsewhere', about)
    : checks.pass('statement/place', about);
}
