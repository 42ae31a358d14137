import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { array, type Decoded, json, optional, record, string } from '../encoding/decode.ts';
import { foreignObject } from '../encoding/foreign-object.ts';
import { isJsonObject, type Json, parseJson } from '../encoding/json.ts';
import { fail, ok, type Result } from '../fault.ts';

export const STATEMENT_V1 = 'https://in-toto.io/Statement/v1';
export const STATEMENT_V0_1 = 'https://in-toto.io/Statement/v0.1';

/** Largest statement read: in base64, and with its signatures, it fits the largest envelope (32 MiB). */
export const STATEMENT_BYTES_MAX = 23 * 1024 * 1024;
/** Most subjects of a statement that is read at all; fewer can be recorded (see subjects.ts). */
const SUBJECTS_READ_MAX = 10_000;
/** Most digests of one subject; real ones have one to three. */
const DIGESTS_MAX = 32;
/** Longest name, URI or digest. */
const NAME_LENGTH_MAX = 8192;

/** One artifact that a statement is about. `digest` maps algorithm to value and has at least one member. */
export type Subject = {
  readonly name?: string;
  readonly uri?: string;
  readonly digest: Readonly<Record<string, string>>;
  readonly content?: string;
  readonly downloadLocation?: string;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, Json>>;
};

/** An in-toto statement. `type` is the version it was read in; subjects are told apart by digest and nothing else. */
export type Statement = {
  readonly type: typeof STATEMENT_V1 | typeof STATEMENT_V0_1;
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate?: Json;
};

const name = string({ max: NAME_LENGTH_MAX });
/** A small file may stand inside a descriptor, in base64. */
const content = string({ max: STATEMENT_BYTES_MAX });

const subjectReader = foreignObject({
  name: optional(name),
  uri: optional(name),
  digest: optional(record(string({ min: 1, max: NAME_LENGTH_MAX }), { max: DIGESTS_MAX })),
  content: optional(content),
  downloadLocation: optional(name),
  mediaType: optional(name),
  annotations: optional(record(json())),
});

const statementReader = foreignObject({
  _type: string({ max: NAME_LENGTH_MAX }),
  subject: array(subjectReader, { max: SUBJECTS_READ_MAX }),
  predicateType: string({ min: 1, max: NAME_LENGTH_MAX }),
  predicate: optional(json()),
});

/**
 * The in-toto statement, version 0.1 or 1, in a JSON document. Members that the specification does not name are passed
 * over; one that differs from a known name only in case is refused. A null predicate reads as absent.
 *
 * Every `sha256` of a subject must be 64, and every `gitCommit` 40 or 64, lower-case hex digits; values of other
 * algorithms are kept unread. Faults: `statement/too-large` (23 MiB), `statement/malformed-statement`,
 * `statement/unsupported-version`, `statement/no-subject`, `statement/subject-without-digest`,
 * `statement/malformed-digest`. Source: in-toto attestation spec/v1/statement.md, digest_set.md.
 */
export function parseStatement(bytes: Uint8Array): Result<Statement> {
  if (bytes.length > STATEMENT_BYTES_MAX) return fail('statement/too-large', 'A statement has at most 23 MiB.');
  const document = parseJson(bytes);
  if (!document.ok) {
    return fail('statement/malformed-statement', 'The statement is not JSON.', document.fault.at, document.fault);
  }
  return readStatement(document.value);
}

/** The same for a document that is already parsed. */
export function readStatement(document: Json): Result<Statement> {
  const read = statementReader(document, '');
  if (!read.ok) {
    return fail('statement/malformed-statement', 'The statement is malformed.', read.fault.at, read.fault);
  }
  const { _type: type, predicateType, predicate } = read.value;
  if (type !== STATEMENT_V1 && type !== STATEMENT_V0_1) {
    return fail('statement/unsupported-version', 'Statement versions 0.1 and 1 are supported.', '/_type');
  }
  if (predicate !== undefined && predicate !== null && !isJsonObject(predicate)) {
    return fail('statement/malformed-statement', 'The predicate is not an object.', '/predicate');
  }
  const subject = readSubjects(read.value.subject);
  if (!subject.ok) return subject;
  return ok({
    type,
    subject: subject.value,
    predicateType,
    ...(predicate === undefined || predicate === null ? {} : { predicate }),
  });
}

function readSubjects(raw: Decoded<typeof statementReader>['subject']): Result<readonly Subject[]> {
  if (raw.length === 0) return fail('statement/no-subject', 'The statement has no subject.', '/subject');
  const subjects: Subject[] = [];
  for (const [index, { digest, ...rest }] of raw.entries()) {
    const at = `/subject/${index}/digest`;
    if (digest === undefined || Object.keys(digest).length === 0) {
      return fail('statement/subject-without-digest', 'A subject is told apart by its digest and has none.', at);
    }
    if (!digestsWellFormed(digest)) {
      return fail(
        'statement/malformed-digest',
        'A sha256 or gitCommit digest is not lower-case hex of its length.',
        at,
      );
    }
    subjects.push({ ...rest, digest });
  }
  return ok(subjects);
}

function digestsWellFormed(digest: Readonly<Record<string, string>>): boolean {
  // One artifact, one spelling: an upper-case digest would be another subject here and the same one elsewhere.
  if (Object.hasOwn(digest, 'sha256') && !/^[0-9a-f]{64}$/.test(digest.sha256 ?? '')) return false;
  return !Object.hasOwn(digest, 'gitCommit') || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(digest.gitCommit ?? '');
}

/**
 * The statement as canonical JSON in version 1, whatever version it was read in: `_type`, `predicate`, `predicateType`,
 * `subject`, and in a subject only members that the specification names, since cosign refuses any other.
 * An absent predicate is written as an empty object, which means the same. Source: in-toto spec/v1/statement.md.
 */
export function formatStatement(statement: Statement): string {
  return formatCanonicalJson({
    _type: STATEMENT_V1,
    subject: statement.subject.map(formatSubject),
    predicateType: statement.predicateType,
    predicate: statement.predicate ?? {},
  });
}

function formatSubject(subject: Subject): Json {
  const members: Record<string, Json> = { digest: subject.digest };
  for (const member of ['name', 'uri', 'content', 'downloadLocation', 'mediaType', 'annotations'] as const) {
    const value = subject[member];
    if (value !== undefined) members[member] = value;
  }
  return members;
}
