import { DSSE_MEDIA_TYPE, type Envelope, parseEnvelope } from '../core/dsse/envelope.ts';
import { BUNDLE_MEDIA_TYPE, parseSigstoreBundle } from '../core/dsse/sigstore-bundle.ts';
import { decode, json, object, string } from '../core/encoding/decode.ts';
import { isJsonObject, type Json, parseJson } from '../core/encoding/json.ts';
import { GIT_COMMIT, IMAGE_DIGEST, NAME, REPOSITORY } from '../core/entry/names.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { envelopeStatement } from '../core/statement/envelope-statement.ts';
import { statementPlacement } from '../core/statement/placement.ts';
import { recogniseDocument } from '../core/statement/recognise-document.ts';
import type { Statement } from '../core/statement/statement.ts';
import { namesSubject, subjectsOf } from '../core/statement/subjects.ts';

export type SubmittedAttestation = {
  readonly body: Uint8Array;
  readonly subject?: string;
  readonly repository?: string;
  readonly stage?: string;
};

/** Where an attestation is to be filed. */
export type FilingPlace = { readonly repository: string; readonly stage: string };

/** An attestation that came signed: the exact bytes become the payload. */
export type SignedAttestation = FilingPlace & {
  readonly signed: true;
  readonly form: 'envelope' | 'bundle';
  readonly mediaType: string;
  readonly envelope: Envelope;
  readonly statement: Statement;
  readonly subjects: readonly string[];
  readonly recognised: string;
};

/** A document that the service wraps into a statement and signs for the caller. */
export type UnsignedAttestation = FilingPlace & {
  readonly signed: false;
  readonly subject: string;
  readonly predicateType: string;
  readonly predicate: Json;
  readonly recognised: string;
};

const SUBJECT = new RegExp(`${IMAGE_DIGEST.source}|${GIT_COMMIT.source}`);
const repository = string({ max: 255, pattern: REPOSITORY });
const stage = string({ max: 64, pattern: NAME });
const subject = string({ max: 74, pattern: SUBJECT });

const plainPredicate = object({
  subject,
  repository,
  stage,
  predicateType: string({ min: 1, max: 255, pattern: /^[a-z][a-z0-9+.-]*:[!-;=-~]+$/i }),
  predicate: json(),
});

/**
 * What was submitted, by its own shape and not by a content type: a DSSE envelope, a key-signed Sigstore bundle, a
 * `{subject, repository, stage, predicateType, predicate}`, or a tool's own file, which needs all three parameters.
 * Signed statements bring their place in annotations; a parameter that says otherwise is `attestation/filed-elsewhere`.
 */
export function readAttestation(submitted: SubmittedAttestation): Result<SignedAttestation | UnsignedAttestation> {
  const parameters = checkParameters(submitted);
  if (!parameters.ok) return parameters;
  const document = parseJson(submitted.body);
  const value = document.ok && isJsonObject(document.value) ? document.value : undefined;
  if (value !== undefined && 'payloadType' in value && 'signatures' in value) return readEnvelopeForm(submitted);
  if (value !== undefined && ('dsseEnvelope' in value || 'messageSignature' in value)) return readBundleForm(submitted);
  if (value !== undefined && typeof value.subject === 'string' && 'predicateType' in value)
    return readPlain(value, submitted);
  return readToolFile(submitted);
}

function checkParameters(submitted: SubmittedAttestation): Result<unknown> {
  for (const [name, reader] of [
    ['repository', repository],
    ['stage', stage],
    ['subject', subject],
  ] as const) {
    const value = submitted[name];
    if (value === undefined) continue;
    const read = reader(value, name);
    if (!read.ok)
      return fail('http/malformed-parameter', `The parameter ${name} does not have the form of one.`, name, read.fault);
  }
  return ok(undefined);
}

function readEnvelopeForm(submitted: SubmittedAttestation): Result<SignedAttestation> {
  const envelope = parseEnvelope(submitted.body);
  return envelope.ok ? readSigned(submitted, 'envelope', DSSE_MEDIA_TYPE, envelope.value) : envelope;
}

function readBundleForm(submitted: SubmittedAttestation): Result<SignedAttestation> {
  const bundle = parseSigstoreBundle(submitted.body);
  return bundle.ok ? readSigned(submitted, 'bundle', BUNDLE_MEDIA_TYPE, bundle.value.envelope) : bundle;
}

function readSigned(
  submitted: SubmittedAttestation,
  form: 'envelope' | 'bundle',
  mediaType: string,
  envelope: Envelope,
): Result<SignedAttestation> {
  const statement = envelopeStatement(envelope);
  if (!statement.ok) return statement;
  const place = filingPlace(statement.value, submitted);
  if (!place.ok) return place;
  const subjects = subjectsOf(statement.value);
  if (!subjects.ok) return subjects;
  if (subjects.value.length === 0)
    return fail('attestation/no-subject', 'The statement names no image digest and no commit.');
  if (submitted.subject !== undefined && !namesSubject(statement.value, submitted.subject)) {
    return fail('attestation/subject-not-named', `The statement does not name ${submitted.subject}.`, 'subject');
  }
  const distinct = [...new Set(subjects.value)];
  return ok({
    ...place.value,
    signed: true,
    form,
    mediaType,
    envelope,
    statement: statement.value,
    subjects: distinct,
    recognised: form,
  });
}

function filingPlace(statement: Statement, submitted: SubmittedAttestation): Result<FilingPlace> {
  const placement = statementPlacement(statement);
  if (!placement.ok) return placement;
  for (const name of ['repository', 'stage'] as const) {
    const said = placement.value[name];
    if (said !== undefined && submitted[name] !== undefined && said !== submitted[name]) {
      return fail('attestation/filed-elsewhere', `The statement belongs to the ${name} ${said}.`, name);
    }
  }
  return requirePlace({ ...submitted, ...placement.value });
}

function requirePlace(place: { readonly repository?: string; readonly stage?: string }): Result<FilingPlace> {
  if (place.repository === undefined)
    return fail('http/parameter-missing', 'Say which repository: ?repository=', 'repository');
  if (place.stage === undefined) return fail('http/parameter-missing', 'Say which stage: ?stage=', 'stage');
  return ok({ repository: place.repository, stage: place.stage });
}

function readPlain(value: Json, submitted: SubmittedAttestation): Result<UnsignedAttestation> {
  const plain = decode(plainPredicate, value);
  if (!plain.ok) return plain;
  for (const name of ['subject', 'repository', 'stage'] as const) {
    if (submitted[name] !== undefined && submitted[name] !== plain.value[name]) {
      return fail('attestation/filed-elsewhere', `The body names another ${name} than the parameter.`, name);
    }
  }
  return ok({ ...plain.value, signed: false, recognised: 'predicate' });
}

function readToolFile(submitted: SubmittedAttestation): Result<UnsignedAttestation> {
  const recognised = recogniseDocument(submitted.body);
  if (!recognised.ok) return recognised;
  const place = requirePlace(submitted);
  if (!place.ok) return place;
  if (submitted.subject === undefined) return fail('http/parameter-missing', 'Say which subject: ?subject=', 'subject');
  const { statement, predicateType, predicate, format } = recognised.value;
  if (statement !== undefined && !namesSubject(statement, submitted.subject)) {
    return fail(
      'attestation/subject-not-named',
      `The statement in the file does not name ${submitted.subject}.`,
      'subject',
    );
  }
  const inner = statement === undefined ? ok(undefined) : filingPlace(statement, submitted);
  if (!inner.ok) return inner;
  return ok({
    ...place.value,
    signed: false,
    subject: submitted.subject,
    predicateType,
    predicate,
    recognised: format,
  });
}
