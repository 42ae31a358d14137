import type { Json } from '../encoding/json.ts';
import type { ContractPublished } from '../entry/kinds/contract-published.ts';
import type { ContractWithdrawn } from '../entry/kinds/contract-withdrawn.ts';
import type { LogKeyRotated } from '../entry/kinds/log-key-rotated.ts';
import type { PrincipalGranted } from '../entry/kinds/principal-granted.ts';
import type { SettingsChanged } from '../entry/kinds/settings-changed.ts';
import type { SignerRegistered } from '../entry/kinds/signer-registered.ts';
import type { SignerRevoked } from '../entry/kinds/signer-revoked.ts';
import type { SignerRotated } from '../entry/kinds/signer-rotated.ts';
import type { TokenIssued } from '../entry/kinds/token-issued.ts';
import type { WaiverApproved } from '../entry/kinds/waiver-approved.ts';
import type { ControlSetFields } from './control-keys.ts';

/** What becomes an entry: its kind and body, and its repository where it has one. */
type Said = { readonly kind: string; readonly body: Json; readonly repository?: string };

/** One line that says what happens once an entry is appended; `hasDocument` tells whether it has a payload. */
export function changeHeadline({ kind, body, repository }: Said, hasDocument: boolean): string {
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
      return `Append an entry of kind ${kind}${hasDocument ? ' with a document' : ''}: this version has no words for it.`;
  }
}
