import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import type { Entry } from '../entry/entry.ts';
import type { AttestationRecorded } from '../entry/kinds/attestation-recorded.ts';
import type { ImageSigned } from '../entry/kinds/image-signed.ts';
import type { FaultCode, Result } from '../fault.ts';
import type { Manifest } from '../image/manifest.ts';
import { childDigests } from '../image/signed-image.ts';
import { statementPlacement } from '../statement/placement.ts';
import { predicateTypeUri } from '../statement/predicate-types.ts';
import type { Statement } from '../statement/statement.ts';
import { namesSubject } from '../statement/subjects.ts';
import type { CheckList } from './check.ts';
import type { About } from './check-signer.ts';

/** Whether the exact manifest is the one that the entry describes: digest, size, type, shape and children. */
export function checkManifest(entry: Entry, manifest: Result<Manifest>, checks: CheckList, about: About): boolean {
  if (!manifest.ok) return checks.fail('image/manifest', manifest.fault.code, about);
  const image = entry.body as ImageSigned;
  const { digest, sizeBytes, kind, mediaType } = manifest.value;
  const same =
    digest === image.digest && sizeBytes === image.size && kind === image.shape && mediaType === image.mediaType;
  if (!same) return checks.fail('image/manifest', 'image/manifest-differs', about);
  const children = childDigests(manifest.value);
  return children.length === image.children.length && children.every((child, index) => child === image.children[index])
    ? checks.pass('image/manifest', about)
    : checks.fail('image/manifest', 'image/child-not-in-index', about);
}

/** Whether the statement is about the image, of the type that the entry says, and files nothing that it does not name. */
export function checkSubject(
  entry: Entry,
  image: string,
  statement: Statement,
  contained: boolean,
  checks: CheckList,
  about: About,
): boolean {
  const named = { ...about, detail: image };
  const fault = contained ? subjectFault(entry, image, statement) : 'image/child-not-in-index';
  return fault === undefined ? checks.pass('statement/subject', named) : checks.fail('statement/subject', fault, named);
}

function subjectFault(entry: Entry, image: string, statement: Statement): FaultCode | undefined {
  if (!namesSubject(statement, image)) return 'statement/other-subject';
  if (entry.kind === 'image.signed') {
    const signature = statement.predicateType === predicateTypeUri('cosign-sign');
    const empty = formatCanonicalJson(statement.predicate ?? {}) === '{}';
    const said = entry.predicateType === statement.predicateType;
    return signature && empty && said ? undefined : 'image/wrong-predicate-type';
  }
  const { subjects } = entry.body as AttestationRecorded;
  if (!subjects.every((subject) => namesSubject(statement, subject))) return 'statement/other-subject';
  const { predicateType = statement.predicateType } = entry;
  return predicateType === statement.predicateType ? undefined : 'attestation/type-differs';
}

/** Whether the statement says itself, under its signature, where it belongs. */
export function isPlaced(statement: Statement): boolean {
  const placement = statementPlacement(statement);
  return placement.ok && placement.value.repository !== undefined && placement.value.stage !== undefined;
}

/** Whether what the statement says of its place is where it was filed. */
export function checkPlace(entry: Entry, statement: Statement, checks: CheckList, about: About): boolean {
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
