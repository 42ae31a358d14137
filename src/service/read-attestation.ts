import { DSSE_MEDIA_TYPE, type Envelope, readEnvelope } from '../core/dsse/envelope.ts';
import { BUNDLE_MEDIA_TYPE, parseSigstoreBundle } from '../core/dsse/sigstore-bundle.ts';
import { decode, json, object, optional, string } from '../core/encoding/decode.ts';
import { isJsonObject, JSON_MEMBERS_MAX, type Json, parseJson } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { GIT_COMMIT, IMAGE_DIGEST, NAME, REPOSITORY } from '../core/entry/names.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { PAYLOAD_BYTES_MAX } from '../core/limits.ts';
import { buildStatement } from '../core/statement/build-statement.ts';
import { envelopeStatement } from '../core/statement/envelope-statement.ts';
import { PLACEMENT_ANNOTATIONS, statementPlacement } from '../core/statement/placement.ts';
import { recogniseDocument } from '../core/statement/recognise-document.ts';
import { formatStatement, parseStatement, STATEMENT_BYTES_MAX, type Statement } from '../core/statement/statement.ts';
import { namesSubject, subjectsOf } from '../core/statement/subjects.ts';

export type SubmittedAttestation = {
  readonly body: Uint8Array;
  /** The value of `body`, where the caller has parsed it already. */
  readonly document?: Json;
  readonly subject?: string;
  readonly repository?: string;
  readonly stage?: string;
  readonly run?: string;
};

/** Where an attestation is to be filed. */
export type FilingPlace = { readonly repository: string; readonly stage: string; readonly run?: string };

/** An attestation that came signed: the exact bytes become the payload. */
export type SignedAttestation = FilingPlace & {
  readonly signed: true;
  readonly form: 'envelope' | 'bundle';
  readonly mediaType: string;
  readonly envelope: Envelope;
  readonly predicateType: string;
  readonly subjects: readonly string[];
  readonly recognised: string;
};

/** A document in the statement, as canonical bytes, that the service signs for the caller. */
export type UnsignedAttestation = FilingPlace & {
  readonly signed: false;
  readonly subject: string;
  readonly predicateType: string;
  readonly statement: Uint8Array;
  readonly recognised: string;
};

/** What was submitted, without the tree of values that it was read into: bytes, and a few names. */
export type ReadAttestation = SignedAttestation | UnsignedAttestation;

/** Reads submissions of any size away from the thread that answers requests. Throws ServiceError `service/overloaded`. */
export type LargeReader = (submitted: SubmittedAttestation) => Promise<Result<ReadAttestation>>;

/** Up to this size a submission is read on the spot: the worst of them takes some 20 ms. */
const ON_THE_SPOT_BYTES_MAX = 256 * 1024;

/** As {@link readAttestation}, by `readLarge` where the body is large. What is parsed already is small enough. */
export async function readSubmitted(
  submitted: SubmittedAttestation,
  readLarge: LargeReader,
): Promise<Result<ReadAttestation>> {
  const small = submitted.document !== undefined || submitted.body.length <= ON_THE_SPOT_BYTES_MAX;
  return small ? readAttestation(submitted) : readLarge(submitted);
}

/** A statement below this cannot have as many members as to be refused for that: each takes two bytes. */
const CROWDED_BYTES_MIN = 2 * (JSON_MEMBERS_MAX - 64);

const SUBJECT = new RegExp(`${IMAGE_DIGEST.source}|${GIT_COMMIT.source}`);
const repository = string({ max: 255, pattern: REPOSITORY });
const stage = string({ max: 64, pattern: NAME });
const subject = string({ max: 74, pattern: SUBJECT });
const run = string({ max: 64, pattern: NAME });

const plainPredicate = object({
  subject,
  repository,
  stage,
  run: optional(run),
  predicateType: string({ min: 1, max: 255, pattern: /^[a-z][a-z0-9+.-]*:[!-;=-~]+$/i }),
  predicate: json(),
});

/**
 * What was submitted, by its own shape and not by a content type: a DSSE envelope, a key-signed Sigstore bundle, a
 * `{subject, repository, stage, run?, predicateType, predicate}`, or a tool's own file, which needs all parameters but `run`.
 * Signed statements bring their place in annotations; a parameter that says otherwise is `attestation/filed-elsewhere`.
 */
export function readAttestation(submitted: SubmittedAttestation): Result<ReadAttestation> {
  const parameters = checkParameters(submitted);
  if (!parameters.ok) return parameters;
  const document = submitted.document === undefined ? parseJson(submitted.body) : ok(submitted.document);
  const value = document.ok && isJsonObject(document.value) ? document.value : undefined;
  if (value !== undefined && 'payloadType' in value && 'signatures' in value) return readEnvelopeForm(value, submitted);
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
    ['run', run],
  ] as const) {
    const value = submitted[name];
    if (value === undefined) continue;
    const read = reader(value, name);
    if (!read.ok)
      return fail('http/malformed-parameter', `The parameter ${name} does not have the form of one.`, name, read.fault);
  }
  return ok(undefined);
}

function readEnvelopeForm(value: Json, submitted: SubmittedAttestation): Result<SignedAttestation> {
  if (submitted.body.length > PAYLOAD_BYTES_MAX) return fail('dsse/too-large', 'An envelope has at most 32 MiB.');
  const envelope = readEnvelope(value);
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
    predicateType: statement.value.predicateType,
    subjects: distinct,
    recognised: form,
  });
}

function filingPlace(statement: Statement, submitted: SubmittedAttestation): Result<FilingPlace> {
  const placement = statementPlacement(statement);
  if (!placement.ok) return placement;
  for (const [name, reader] of [
    ['repository', repository],
    ['stage', stage],
    ['run', run],
  ] as const) {
    const said = placement.value[name];
    if (said === undefined) continue;
    const at = `/subject/0/annotations/${PLACEMENT_ANNOTATIONS[name]}`;
    // What was signed is as foreign as a parameter: an entry could not name such a place.
    const read = reader(said, at);
    if (!read.ok)
      return fail('statement/malformed-placement', `The statement names no ${name} by its annotation.`, at, read.fault);
    if (submitted[name] !== undefined && said !== submitted[name])
      return fail('attestation/filed-elsewhere', `The statement belongs to the ${name} ${said}.`, name);
  }
  return requirePlace({ ...submitted, ...placement.value });
}

function requirePlace(place: Partial<FilingPlace>): Result<FilingPlace> {
  if (place.repository === undefined)
    return fail('http/parameter-missing', 'Say which repository: ?repository=', 'repository');
  if (place.stage === undefined) return fail('http/parameter-missing', 'Say which stage: ?stage=', 'stage');
  const { repository, stage, run } = place;
  return ok({ repository, stage, ...(run === undefined ? {} : { run }) });
}

function readPlain(value: Json, submitted: SubmittedAttestation): Result<UnsignedAttestation> {
  const plain = decode(plainPredicate, value);
  if (!plain.ok) return plain;
  if (plain.value.predicate !== null && !isJsonObject(plain.value.predicate))
    return fail('statement/malformed-statement', 'The predicate is not an object.', '/predicate');
  for (const name of ['subject', 'repository', 'stage', 'run'] as const) {
    const said = plain.value[name];
    if (submitted[name] !== undefined && said !== undefined && submitted[name] !== said) {
      return fail('attestation/filed-elsewhere', `The body names another ${name} than the parameter.`, name);
    }
  }
  return wrap({
    ...plain.value,
    ...(submitted.run === undefined ? {} : { run: submitted.run }),
    recognised: 'predicate',
  });
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
  return wrap({
    ...place.value,
    ...inner.value,
    subject: submitted.subject,
    predicateType,
    predicate,
    recognised: format,
  });
}

/** Fault: `statement/too-large`. What is signed here must read back: nobody could ever verify it otherwise. */
function wrap({
  predicate,
  ...named
}: Omit<UnsignedAttestation, 'signed' | 'statement'> & { readonly predicate: Json }): Result<UnsignedAttestation> {
  const { subject, repository, stage, run, predicateType } = named;
  const about = subject.startsWith('sha256:') ? { digest: subject } : { commit: subject };
  const statement = encodeUtf8(
    formatStatement(
      buildStatement({ ...about, repository, stage, ...(run === undefined ? {} : { run }), predicateType, predicate }),
    ),
  );
  // Larger than what was sent, where numbers are spelled out.
  if (statement.length > STATEMENT_BYTES_MAX)
    return fail('statement/too-large', 'The statement about it would have more than 23 MiB.');
  if (statement.length > CROWDED_BYTES_MIN && !parseStatement(statement).ok)
    return fail('statement/too-large', 'The statement about it would have more members than are read.');
  return ok({ ...named, signed: false, statement });
}
