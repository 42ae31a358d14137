import { isJsonObject, parseJson } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { buildStatement } from '../core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../core/statement/envelope-statement.ts';
import { placementAnnotations, statementPlacement } from '../core/statement/placement.ts';
import { PREDICATE_TYPES, predicateTypeByName } from '../core/statement/predicate-types.ts';
import { type RecognisedDocument, recogniseDocument } from '../core/statement/recognise-document.ts';
import { formatStatement, STATEMENT_V1, type Statement } from '../core/statement/statement.ts';
import { namesSubject } from '../core/statement/subjects.ts';
import type { PipelineKey } from '../keys/pipeline-key.ts';
import { EXIT } from './exit-codes.ts';
import { stop, stopOf } from './stop.ts';

/** Where an attestation goes, and what the user says of the file. */
export type Filing = {
  readonly subject: string;
  readonly repository: string;
  readonly stage: string;
  readonly run?: string;
  /** URI of the predicate type that the user gave. */
  readonly predicateType?: string;
};

/** What is posted; `payload` is the exact envelope where the entry's payload will be these very bytes. */
export type Submission = {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly query: {
    readonly subject?: string;
    readonly repository?: string;
    readonly stage?: string;
    readonly run?: string;
  };
  readonly payload?: Uint8Array;
};

const SIGNED_FORMATS = ['dsse-envelope', 'sigstore-bundle'];

/** URI of a predicate type from its short name, or as it stands. */
export function predicateTypeOf(text: string): string {
  const known = predicateTypeByName(text);
  if (known !== undefined) return known.uri;
  if (/^[a-z][a-z0-9+.-]*:[!-;=-~]+$/i.test(text) && text.length <= 255) return text;
  const names = PREDICATE_TYPES.map(({ name }) => name).join(', ');
  throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is no predicate type.`, `Give a URI, or one of ${names}.`);
}

/** The file as it is, for the service to wrap and sign; or, where the user names its type, as a plain predicate. */
export function unsignedSubmission(document: Uint8Array, filing: Filing): Submission {
  const { predicateType, ...place } = filing;
  if (predicateType === undefined) {
    const { format, mediaType } = recognise(document);
    const payload = SIGNED_FORMATS.includes(format) ? { payload: document } : {};
    return { body: document, contentType: mediaType, query: place, ...payload };
  }
  const predicate = readPredicate(document, predicateType);
  const body = JSON.stringify({ ...place, predicateType, predicate });
  return { body: encodeUtf8(body), contentType: 'application/json', query: {} };
}

/** An envelope around a statement that is bound to its place, signed by the pipeline's own key. */
export function signedSubmission(document: Uint8Array, filing: Filing, key: PipelineKey): Submission {
  const statement = statementFor(document, filing);
  const envelope = encodeUtf8(key.signEnvelope(IN_TOTO_PAYLOAD_TYPE, encodeUtf8(formatStatement(statement))));
  const { predicateType: _type, ...place } = filing;
  return { body: envelope, contentType: 'application/json', query: place, payload: envelope };
}

function statementFor(document: Uint8Array, filing: Filing): Statement {
  if (filing.predicateType !== undefined) {
    return newStatement(filing, filing.predicateType, readPredicate(document, filing.predicateType));
  }
  const recognised = recognise(document);
  if (SIGNED_FORMATS.includes(recognised.format)) {
    throw stop(EXIT.usage, 'cli/bad-argument', 'The file is signed already.', 'Leave --key out to record it as it is.');
  }
  if (recognised.statement !== undefined) return placed(recognised.statement, filing);
  return newStatement(filing, recognised.predicateType, recognised.predicate);
}

function newStatement(filing: Filing, predicateType: string, predicate: RecognisedDocument['predicate']): Statement {
  const { subject, predicateType: _type, ...place } = filing;
  const about = subject.startsWith('gitCommit:') ? { commit: subject } : { digest: subject };
  return buildStatement({ ...about, ...place, predicateType, predicate });
}

/** A statement of the user's own, in version 1, with its place in the first subject's annotations. */
function placed(statement: Statement, { subject, repository, stage, run }: Filing): Statement {
  if (!namesSubject(statement, subject)) {
    throw stop(EXIT.input, 'cli/unusable-file', `The statement in the file does not name ${subject}.`);
  }
  const said = statementPlacement(statement);
  if (!said.ok) throw stopOf(EXIT.input, said.fault);
  const place = { repository, stage, ...(run === undefined ? {} : { run }) };
  for (const [part, value] of Object.entries(place)) {
    const other = said.value[part as keyof typeof place];
    if (other === undefined || other === value) continue;
    throw stop(EXIT.input, 'cli/unusable-file', `The statement in the file belongs to the ${part} ${other}.`);
  }
  const [first, ...rest] = statement.subject;
  if (first === undefined) return statement;
  const annotations = { ...first.annotations, ...placementAnnotations(place) };
  return { ...statement, type: STATEMENT_V1, subject: [{ ...first, annotations }, ...rest] };
}

/** The predicate that the user vouches for: what the format makes of the file, or its JSON object as it stands. */
function readPredicate(document: Uint8Array, predicateType: string): RecognisedDocument['predicate'] {
  const recognised = recogniseDocument(document);
  if (recognised.ok && recognised.value.statement === undefined) return recognised.value.predicate;
  if (recognised.ok) {
    const hint = `Leave --type out: the statement in it says ${recognised.value.predicateType}.`;
    throw stop(EXIT.usage, 'cli/bad-argument', 'The file is a statement, which names its own type.', hint);
  }
  const json = parseJson(document);
  if (!json.ok) throw stopOf(EXIT.input, json.fault, `The file cannot be a predicate of type ${predicateType}`);
  if (isJsonObject(json.value)) return json.value;
  throw stop(EXIT.input, 'cli/unusable-file', 'A predicate is a JSON object, and the file holds another value.');
}

/** What an attestation of the file claims: of the type that the user gives, or of what the file is. */
export function claimIn(
  document: Uint8Array,
  given?: string,
): { readonly predicateType: string; readonly predicate: RecognisedDocument['predicate'] } {
  if (given !== undefined) return { predicateType: given, predicate: readPredicate(document, given) };
  const { predicateType, predicate } = recognise(document);
  return { predicateType, predicate };
}

function recognise(document: Uint8Array): RecognisedDocument {
  const recognised = recogniseDocument(document);
  if (recognised.ok) return recognised.value;
  throw stopOf(EXIT.input, recognised.fault, 'The file is of no known format');
}
