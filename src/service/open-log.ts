import { type ControlSet, controlSetFields } from '../core/control/control-keys.ts';
import { formatHex } from '../core/encoding/hex.ts';
import type { Proposal } from '../core/entry/entry.ts';
import type { LogOpened, Predecessor } from '../core/entry/kinds/log-opened.ts';
import type { SignerRegistered } from '../core/entry/kinds/signer-registered.ts';
import { MAP_RULE } from '../core/map/map-key.ts';
import {
  BOOTSTRAP_PRINCIPAL,
  formatGrantDocument,
  GRANT_MEDIA_TYPE,
  SERVICE_PRINCIPAL,
} from '../core/trust/grant-document.ts';
import { formatSignerDocument, SIGNER_MEDIA_TYPE } from '../core/trust/signer-document.ts';
import type { Random, ServiceKeys, SigningKey, Submission } from './ports.ts';
import { sealPayload } from './seal-payload.ts';
import { submissionIdentity } from './submission-identity.ts';

/** A new origin: `waybill-` and 16 random hex digits, so that no two logs share one. */
export function drawOrigin(random: Random): string {
  return `waybill-${formatHex(random(8))}`;
}

/** How many entries open a log, with the `map.committed` that ends their batch. */
export const OPENING_ENTRIES = 6;

/**
 * The first entries of a log: what it is, the service's own keys as signers, and the bootstrap administrator. Their
 * identities follow from the origin, so that two starters at once open one log.
 */
export function openingSubmissions(
  origin: string,
  keys: ServiceKeys,
  random: Random,
  { predecessor, control }: { readonly predecessor?: Predecessor; readonly control?: ControlSet } = {},
): readonly Submission[] {
  const opened: LogOpened = {
    mapRule: MAP_RULE,
    logKeys: [keys.logSigner(origin).vkey],
    ...controlSetFields(control),
    ...(predecessor === undefined ? {} : { predecessor }),
  };
  return [
    opening(origin, 'log', { kind: 'log.opened', principal: SERVICE_PRINCIPAL, body: opened }),
    ownRegistration(origin, 'image', keys.image, random, 'image'),
    ownRegistration(origin, 'service', keys.service, random, 'service'),
    ownRegistration(origin, 'verdict', keys.verdict, random, 'verdict'),
    bootstrapGrant(origin, random),
  ];
}

function opening(origin: string, part: string, proposal: Proposal, payload?: Submission['payload']): Submission {
  return {
    identity: submissionIdentity('opening', [origin, part]),
    proposal,
    ...(payload === undefined ? {} : { payload }),
    restsOn: [],
  };
}

/**
 * The registration of one of the service's own keys, by the service. One per log and `part`: the id of the key, but for those
 * that open a log, so that two starters with keys of their own do not open it with both.
 */
export function ownRegistration(
  origin: string,
  use: SignerRegistered['use'],
  key: SigningKey,
  random: Random,
  part = key.signer,
): Submission {
  const document = formatSignerDocument({
    key: key.publicKey,
    repositories: ['*'],
    stages: ['*'],
    title: `waybill ${use} key`,
  });
  const sealed = sealPayload(document, SIGNER_MEDIA_TYPE, random);
  const body: SignerRegistered = { signer: key.signer, use };
  const proposal = { kind: 'signer.registered', principal: SERVICE_PRINCIPAL, payload: sealed.reference, body };
  return opening(origin, part, proposal, sealed.stored);
}

function bootstrapGrant(origin: string, random: Random): Submission {
  const document = formatGrantDocument({
    role: 'admin',
    repositories: ['*'],
    stages: ['*'],
    title: 'made at first start',
  });
  const sealed = sealPayload(document, GRANT_MEDIA_TYPE, random);
  const body = { principal: BOOTSTRAP_PRINCIPAL, role: 'admin' };
  const proposal = { kind: 'principal.granted', principal: SERVICE_PRINCIPAL, payload: sealed.reference, body };
  return opening(origin, 'bootstrap', proposal, sealed.stored);
}
