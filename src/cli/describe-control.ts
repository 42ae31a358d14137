import { stringify } from 'yaml';
import { changeHeadline } from '../core/control/change-headline.ts';
import { type ControlSetFields, controlKeyId, readControlSet } from '../core/control/control-keys.ts';
import type { ControlRequest } from '../core/control/control-request.ts';
import { signerKeyId } from '../core/crypto/public-key.ts';
import { parseJson } from '../core/encoding/json.ts';
import type { Entry } from '../core/entry/entry.ts';
import type { SignerRegistered } from '../core/entry/kinds/signer-registered.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import { parseRotation } from '../core/trust/rotation-document.ts';
import { parseSignerDocument, signerDocumentJson } from '../core/trust/signer-document.ts';
import { goodSigners } from './control-file.ts';
import { fields, plain } from './layout-text.ts';

/**
 * A request in words: what will change, the whole document, where it will stand, and who has agreed so far. Everything
 * that is signed is shown, so that nobody signs what they have not seen; it takes nothing but the file.
 */
export function describeControl(request: ControlRequest): string {
  const { statement, set } = request;
  const { log, key, n, prev, payloadSha256 } = statement;
  const signed = new Set(goodSigners(request));
  return [
    plain(headlineOf(request)),
    '',
    ...documentLines(request).map((line) => `  ${plain(line)}`),
    fields([
      ['log', log],
      ['place', `entry ${n} of ${key}${prev === undefined ? ', the first one' : ''}`],
      ['after', prev],
      ['document', payloadSha256 === undefined ? undefined : `SHA-256 ${payloadSha256}`],
      ['takes', `${set.threshold} of ${set.keys.length} control keys; ${signed.size} agreed`],
      ...set.keys.map((each): [string, string] => [
        signed.has(each) ? 'agreed' : 'open',
        `${controlKeyId(each)} (${each.algorithm})`,
      ]),
    ]),
  ].join('\n');
}

/** What of a request, or of a proposal, is put in words. */
export type Described = {
  readonly statement: Pick<ControlRequest['statement'], 'kind' | 'body' | 'repository'>;
  readonly document?: Uint8Array;
  readonly before?: Entry;
};

/** One line that says what happens once it is appended. */
export function headlineOf({ statement, document }: Described): string {
  return changeHeadline(statement, document !== undefined);
}

/** What the headline leaves out: the document as YAML, or the body where that is all. */
export function documentLines({ statement, document, before }: Described): readonly string[] {
  if (statement.kind === 'waiver.approved') return waiverLines(before);
  if (statement.kind === 'control-keys.changed') return keyLines(statement.body as unknown as ControlSetFields);
  if (document === undefined) return [];
  if (statement.kind === 'signer.rotated') return rotationLines(statement.body as unknown as SignerRotated, document);
  const value = parseJson(document);
  const lines = value.ok ? stringify(value.value).trimEnd().split('\n') : [Buffer.from(document).toString('base64')];
  if (statement.kind !== 'signer.registered') return [...lines, ''];
  const signer = parseSignerDocument(document);
  const named = (statement.body as unknown as SignerRegistered).signer;
  const isSame = signer.ok && signerKeyId(signer.value.key) === named;
  return [...lines, ...(isSame ? [] : ['The document is not that of the key which is named above: do not sign.']), ''];
}

/** What both keys signed, out of its envelope. */
function rotationLines({ signer, successor }: SignerRotated, document: Uint8Array): readonly string[] {
  const read = parseRotation(document);
  if (!read.ok) return ['The document is no rotation: do not sign.', ''];
  const { rotation } = read.value;
  const lines = stringify({ until: rotation.until, successor: signerDocumentJson(rotation.successor) }).trimEnd();
  const isSame = rotation.signer === signer && rotation.successor.signer === successor;
  return [
    ...lines.split('\n'),
    ...(isSame ? [] : ['The document is not about the keys which are named above: do not sign.']),
    '',
  ];
}

/** What is waived stands in the request before, which the approval is bound to. */
function waiverLines(before: Entry | undefined): readonly string[] {
  if (before?.kind !== 'waiver.requested') return ['What is waived is not shown: do not sign.', ''];
  return [`asked for by ${before.principal}, ${before.time}:`, ...stringify(before.body).trimEnd().split('\n'), ''];
}

function keyLines(named: ControlSetFields): readonly string[] {
  const set = readControlSet(named);
  if (!set.ok || set.value === undefined) return ['The keys are none that can be used: do not sign.', ''];
  return [...set.value.keys.map((key) => `${controlKeyId(key)} (${key.algorithm})`), ''];
}
