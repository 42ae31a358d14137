import { stringify } from 'yaml';
import { type ControlSetFields, controlKeyId, readControlSet } from '../core/control/control-keys.ts';
import type { ControlRequest } from '../core/control/control-request.ts';
import { signerKeyId } from '../core/crypto/public-key.ts';
import { parseJson } from '../core/encoding/json.ts';
import type { Entry } from '../core/entry/entry.ts';
import type { ContractPublished } from '../core/entry/kinds/contract-published.ts';
import type { ContractWithdrawn } from '../core/entry/kinds/contract-withdrawn.ts';
import type { LogKeyRotated } from '../core/entry/kinds/log-key-rotated.ts';
import type { PrincipalGranted } from '../core/entry/kinds/principal-granted.ts';
import type { SettingsChanged } from '../core/entry/kinds/settings-changed.ts';
import type { SignerRegistered } from '../core/entry/kinds/signer-registered.ts';
import type { SignerRevoked } from '../core/entry/kinds/signer-revoked.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import type { TokenIssued } from '../core/entry/kinds/token-issued.ts';
import type { WaiverApproved } from '../core/entry/kinds/waiver-approved.ts';
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
  const { kind, body, repository } = statement;
  switch (kind) {
    case 'contract.published': {
      const { contract, version, repositories, previousRepositories, from } = body as unknown as ContractPublished;
      const before = version === 1 ? 'its first version' : `after one for ${previousRepositories.join(' ')}`;
      return `Publish the contract ${contract}, version ${version}, for ${repositories.join(' ')}${from === undefined ? '' : `, with what counts in ${from.join(' ')}`} (${before}).`;
    }
    case 'contract.withdrawn': {
      const { contract, version, repositories } = body as unknown as ContractWithdrawn;
      return `Withdraw the contract ${contract}, version ${version}: nothing of it is required of ${repositories.join(' ')} any more.`;
    }
    case 'signer.registered': {
      const { signer, use } = body as unknown as SignerRegistered;
      return `Register the key ${signer} as a signer (${use}).`;
    }
    case 'signer.rotated': {
      const { signer, successor, until } = body as unknown as SignerRotated;
      return `Let the key ${successor} follow the signer ${signer}, which counts no more from ${until} on.`;
    }
    case 'signer.revoked': {
      const { signer, effective } = body as unknown as SignerRevoked;
      return `Revoke the signer ${signer}: what it signed from ${effective} on does not count.`;
    }
    case 'principal.granted': {
      const { principal, role } = body as unknown as PrincipalGranted;
      return `Grant ${principal} the role ${role}, in place of whatever it holds.`;
    }
    case 'principal.revoked':
      return `Take the role of ${(body as unknown as PrincipalGranted).principal} away.`;
    case 'settings.changed':
      return `Turn dual control ${(body as unknown as SettingsChanged).dualControl ? 'on' : 'off'}.`;
    case 'token.issued': {
      const { principal, lifetimeSeconds } = body as unknown as TokenIssued;
      return `Hand out a token for ${principal} that lives for ${lifetimeSeconds} seconds.`;
    }
    case 'control-keys.changed': {
      const { controlKeys, controlThreshold } = body as unknown as ControlSetFields;
      return `Change the control keys: from then on it takes ${controlThreshold} of these ${controlKeys.length}.`;
    }
    case 'log-key.rotated': {
      const { previousLogKeys, logKeys } = body as unknown as LogKeyRotated;
      const added = logKeys.filter((key) => !previousLogKeys.includes(key)).join(' and ');
      const left = previousLogKeys.filter((key) => !logKeys.includes(key)).join(' and ');
      if (left === '')
        return `Let the key ${added} sign the checkpoints of the log, beside ${previousLogKeys.join(' and ')}.`;
      const beside = added === '' ? '' : ` and ${added} begins`;
      return `Retire the key ${left} of the log${beside}: from then on its checkpoints are signed by ${logKeys.join(' and ')}.`;
    }
    case 'waiver.approved': {
      const { waiver, digest } = body as unknown as WaiverApproved;
      return `Approve the waiver ${waiver} of the image ${digest} in ${repository}.`;
    }
    default:
      return `Append an entry of kind ${kind}${document === undefined ? '' : ' with a document'}: this version has no words for it.`;
  }
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
