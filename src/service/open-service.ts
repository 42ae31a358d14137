import { trustFileJson } from '../core/custody/trust-file.ts';
import { invariant } from '../core/fault.ts';
import { authenticate } from './authenticate.ts';
import { checkAnchor } from './check-anchor.ts';
import type { ServiceContext } from './context.ts';
import { listContracts, publishContract, readContract, withdrawContract } from './manage-contracts.ts';
import { grantPrincipal, listPrincipals, readPrincipal, revokePrincipal } from './manage-principals.ts';
import { listSigners, readSigner, registerSigner, revokeSigner } from './manage-signers.ts';
import { createToken, listTokens, revokeToken } from './manage-tokens.ts';
import { openingSubmissions } from './open-log.ts';
import {
  type AnchorStore,
  type LedgerStore,
  type ProjectionStore,
  type Random,
  ServiceError,
  type ServiceKeys,
  type TokenStore,
} from './ports.ts';
import { readChain } from './read-chain.ts';
import { listImages, readImage } from './read-images.ts';
import {
  listEntries,
  readCheckpoint,
  readConsistency,
  readEntryBundle,
  readOneEntry,
  readReceipt,
  readTile,
} from './read-log.ts';
import { readCustodyReport } from './read-report.ts';
import { readReadiness } from './readiness.ts';
import { Sequencer, type SequencerLimits } from './sequencer.ts';
import type { Service } from './service.ts';
import { signImage } from './sign-image.ts';
import { SignerDirectory } from './signer-directory.ts';
import { submitAttestation } from './submit-attestation.ts';
import { ownTrust, readEvidence, recordVerdict, verifyImageCustody } from './verify-custody.ts';

export type ServiceParts = {
  readonly store: LedgerStore;
  readonly projections: ProjectionStore;
  readonly tokens: TokenStore;
  readonly anchor: AnchorStore;
  readonly keys: ServiceKeys;
  readonly random: Random;
  readonly now: () => Date;
  readonly buildBundle: ServiceContext['buildBundle'];
  readonly renderReport: ServiceContext['renderReport'];
  readonly limits?: SequencerLimits;
};

/**
 * Makes the ledger ready to be served: checks the head against the anchor before anything is signed, and writes the
 * first entries of an empty log. Throws ServiceError for what must not be served: see `checkAnchor`.
 */
export async function openContext(parts: ServiceParts): Promise<ServiceContext> {
  const { store, anchor, keys } = parts;
  const head = await store.head();
  await checkAnchor(store, head, await anchor.read());
  const logSigner = keys.logSigner(store.origin);
  const sequencer = new Sequencer(store, anchor, [logSigner], parts.limits, head);
  if (head.frontier.size === 0) {
    const opened = openingSubmissions(store.origin, keys, parts.random).map((submission) =>
      sequencer.sequence(submission),
    );
    for (const { appended } of await Promise.all(opened)) {
      if (appended.outcome === 'refused' || appended.outcome === 'full') throw new ServiceError(appended.fault);
      invariant(appended.outcome !== 'stale', 'an opening rests on nothing');
    }
  }
  return {
    store,
    sequencer,
    projections: parts.projections,
    tokens: parts.tokens,
    signers: new SignerDirectory(store, parts.projections),
    keys,
    logSigner,
    random: parts.random,
    now: parts.now,
    buildBundle: parts.buildBundle,
    renderReport: parts.renderReport,
  };
}

/** The use cases over a context, as the edges call them. */
export function openService(context: ServiceContext): Service {
  return {
    origin: context.store.origin,
    logVkey: context.logSigner.vkey,
    authenticate: (token) => authenticate(context, token),
    signImage: (caller, request) => signImage(context, caller, request),
    submitAttestation: (caller, request) => submitAttestation(context, caller, request),
    listImages: (caller, filter, request) => listImages(context, caller, filter, request),
    readImage: (caller, image) => readImage(context, caller, image),
    readChain: (caller, image, request) => readChain(context, caller, image, request),
    readEvidence: (caller, image) => readEvidence(context, caller, image),
    verifyCustody: (caller, image) => verifyImageCustody(context, caller, image),
    recordVerdict: (caller, image) => recordVerdict(context, caller, image),
    readReport: (caller, image, format) => readCustodyReport(context, caller, image, format),
    listEntries: (caller, request) => listEntries(context, caller, request),
    readEntry: (caller, seq) => readOneEntry(context, caller, seq),
    readReceipt: (caller, seq) => readReceipt(context, caller, seq),
    readConsistency: (caller, from, to) => readConsistency(context, caller, from, to),
    readCheckpoint: () => readCheckpoint(context),
    readTile: (path) => readTile(context, path),
    readEntryBundle: (caller, path) => readEntryBundle(context, caller, path),
    trustFile: () => trustFileJson(ownTrust(context)),
    registerSigner: (caller, request) => registerSigner(context, caller, request),
    revokeSigner: (caller, signer, effective) => revokeSigner(context, caller, signer, effective),
    listSigners: (caller, request) => listSigners(context, caller, request),
    readSigner: (caller, signer) => readSigner(context, caller, signer),
    publishContract: (caller, document) => publishContract(context, caller, document),
    withdrawContract: (caller, contract) => withdrawContract(context, caller, contract),
    listContracts: (caller, request) => listContracts(context, caller, request),
    readContract: (caller, contract) => readContract(context, caller, contract),
    grantPrincipal: (caller, request) => grantPrincipal(context, caller, request),
    revokePrincipal: (caller, principal) => revokePrincipal(context, caller, principal),
    listPrincipals: (caller, request) => listPrincipals(context, caller, request),
    readPrincipal: (caller, principal) => readPrincipal(context, caller, principal),
    createToken: (caller, request) => createToken(context, caller, request),
    listTokens: (caller, request) => listTokens(context, caller, request),
    revokeToken: (caller, id) => revokeToken(context, caller, id),
    readiness: () => readReadiness(context),
    queueDepth: () => context.sequencer.depth,
  };
}
