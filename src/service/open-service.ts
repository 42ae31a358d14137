import type { ControlSet } from '../core/control/control-keys.ts';
import type { Predecessor } from '../core/entry/kinds/log-opened.ts';
import { invariant } from '../core/fault.ts';
import { openGate } from './ask-gate.ts';
import { authenticate } from './authenticate.ts';
import { checkAnchor } from './check-anchor.ts';
import { closeRun } from './close-run.ts';
import type { ServiceContext } from './context.ts';
import { openControl } from './control-state.ts';
import { approveWaiver, listWaivers, readWaiver, revokeWaiver } from './decide-waiver.ts';
import { createEvidenceRoom } from './evidence-room.ts';
import { exportPeriod } from './export-period.ts';
import { ownTrust } from './judge-evidence.ts';
import { openLogSigners } from './log-signers.ts';
import { listContracts, publishContract, readContract, withdrawContract } from './manage-contracts.ts';
import { changeControlKeys, readControlKeys } from './manage-control-keys.ts';
import { grantPrincipal, listPrincipals, readPrincipal, revokePrincipal } from './manage-principals.ts';
import { authenticateSession, endSession, listSessions, openSession } from './manage-sessions.ts';
import { changeSettings, readSettings } from './manage-settings.ts';
import { listSigners, readSigner, registerSigner, revokeSigner } from './manage-signers.ts';
import { createToken, listTokens, revokeToken } from './manage-tokens.ts';
import { noticeUses } from './notice-uses.ts';
import { NoticeWorker } from './notice-worker.ts';
import { OPENING_ENTRIES, openingSubmissions } from './open-log.ts';
import { openRun } from './open-run.ts';
import { OWN_USES, ownKey } from './own-key.ts';
import {
  type AnchorStore,
  type EvidenceWorkers,
  type LedgerStore,
  type ProjectionStore,
  type Random,
  ServiceError,
  type ServiceKeys,
  type SessionStore,
  type StoredHead,
  type TokenStore,
} from './ports.ts';
import { listChanges, proposeChange } from './propose-change.ts';
import { proveCompleteness } from './prove-completeness.ts';
import { provePeriod } from './prove-period.ts';
import { listCheckpoints, readPublishedCheckpoint } from './published-checkpoints.ts';
import { openPublishedTrust } from './published-trust.ts';
import { readChain } from './read-chain.ts';
import { readFacts } from './read-facts.ts';
import { listImages, readImage } from './read-images.ts';
import { readImpact } from './read-impact.ts';
import { readInbox } from './read-inbox.ts';
import { listEntries, readConsistency, readOneEntry, readReceipt } from './read-log.ts';
import { listReleases, readChanges } from './read-releases.ts';
import { readCustodyReport } from './read-report.ts';
import { listRepositories } from './read-repositories.ts';
import { listRuns, readRun } from './read-runs.ts';
import { openTrendReader } from './read-trend.ts';
import { openReadiness } from './readiness.ts';
import { recordVerdict } from './record-verdict.ts';
import { releaseImage } from './release-image.ts';
import { requestWaiver } from './request-waiver.ts';
import { retireImage } from './retire-image.ts';
import { rotateSigner } from './rotate-signer.ts';
import { RunDirectory } from './run-directory.ts';
import { search } from './search.ts';
import { Sequencer } from './sequencer.ts';
import type { SequencerLimits } from './sequencer-limits.ts';
import { openBundleReader, openCheckpointReader, openTileReader } from './serve-log.ts';
import type { Service } from './service.ts';
import { signImage } from './sign-image.ts';
import { readSignerAges } from './signer-ages.ts';
import { SignerDirectory } from './signer-directory.ts';
import { submitAttestation } from './submit-attestation.ts';
import { readEvidence, verifyImageCustody } from './verify-custody.ts';
import type { NoticeSender, WebhookStore } from './webhook-ports.ts';

export type ServiceParts = {
  readonly store: LedgerStore;
  readonly projections: ProjectionStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly webhooks: WebhookStore;
  readonly noticeSender: NoticeSender;
  readonly anchor: AnchorStore;
  readonly keys: ServiceKeys;
  /** Opens although a key counts no more: nothing is signed by it, since each signing asks again. */
  readonly mayBeRetired?: boolean;
  readonly verifySignature: ServiceContext['verifySignature'];
  readonly isPublishedKey: ServiceContext['isPublishedKey'];
  readonly random: Random;
  readonly now: () => Date;
  readonly buildBundle: ServiceContext['buildBundle'];
  readonly renderReport?: NonNullable<ServiceContext['renderReport']>;
  readonly evidenceWorkers: EvidenceWorkers;
  readonly readLarge: ServiceContext['readLarge'];
  readonly limits?: SequencerLimits;
  /** How long a run may last; a day. */
  readonly runSecondsMax?: number;
  /**
   * Where this replica has no anchor: `empty` when the database held no log as it first looked, so that whatever is
   * there by now has grown since; `young` when its keys follow no other log, so that it may be another one's first start.
   */
  readonly firstStart?: 'empty' | 'young';
  /** The log that a new one takes the place of. */
  readonly predecessor?: Predecessor;
  /** The control keys that a new log is opened with; a log that exists has its own, and must agree. */
  readonly control?: ControlSet;
};

/** How long a run may last unless the service is set otherwise. */
const RUN_SECONDS_DEFAULT = 86_400;

/** A log whose opening is not older than this, and that holds nothing else, is one of several first starts at once. */
const FIRST_START_MS_MAX = 60_000;

/**
 * Makes the ledger ready to be served: checks the head against the anchor before anything is signed, and writes the
 * first entries of an empty log. Throws ServiceError for what must not be served: see `checkAnchor` and `openLogSigners`; `map/page-differs` where
 * the stored map is not the one that the head commits to; `control/keys-differ` where other control keys are configured.
 */
export async function openContext(parts: ServiceParts): Promise<ServiceContext> {
  const { store, anchor, keys } = parts;
  const head = await store.head();
  const known = await anchor.read();
  const beginning = known === undefined && head.frontier.size > 0 && (await isFirstStart(parts, head));
  if (!beginning) await checkAnchor(store, head, known);
  // Before the head is signed; it also pins where the head was seen, for a replica that did not remember that.
  if (head.frontier.size > 0) await anchor.write({ origin: head.origin, size: head.frontier.size, root: head.root });
  // Before the first request waits for it, and before anything is signed over a map that is not the one committed to.
  await store.mapProofs([]);
  const logSigners = await openLogSigners(store, keys, head);
  const sequencer = new Sequencer(store, anchor, logSigners.of, parts.limits, head);
  if (head.frontier.size === 0) {
    // Entries 1 to 4 take no agreement of control keys: all go into one batch, in this order.
    const opened = openingSubmissions(store.origin, keys, parts.random, parts).map((submission) =>
      sequencer.sequence(submission),
    );
    for (const { appended } of await Promise.all(opened)) {
      if (appended.outcome === 'refused' || appended.outcome === 'declined') throw new ServiceError(appended.fault);
      invariant(appended.outcome !== 'stale', 'an opening rests on nothing');
    }
  }
  const control = await openControl(store, parts.control);
  if (parts.mayBeRetired !== true) await requireOwnKeys(parts);
  const context = {
    store,
    sequencer,
    ...(control === undefined ? {} : { control }),
    projections: parts.projections,
    tokens: parts.tokens,
    sessions: parts.sessions,
    webhooks: parts.webhooks,
    noticeSender: parts.noticeSender,
    signers: new SignerDirectory(store, parts.projections),
    runs: new RunDirectory(store),
    runSecondsMax: parts.runSecondsMax ?? RUN_SECONDS_DEFAULT,
    evidenceWorkers: parts.evidenceWorkers,
    readLarge: parts.readLarge,
    evidenceRoom: createEvidenceRoom(),
    keys,
    get logSigner() {
      return logSigners.claimed();
    },
    logSigners,
    verifySignature: parts.verifySignature,
    isPublishedKey: parts.isPublishedKey,
    random: parts.random,
    now: parts.now,
    buildBundle: parts.buildBundle,
    ...(parts.renderReport === undefined ? {} : { renderReport: parts.renderReport }),
  };
  // What the getter gives may change: it stays one.
  return Object.assign(context, { notices: new NoticeWorker(context) });
}

/** Each key is the one that the log names: nothing is ever signed by another, whoever exchanged a file. */
async function requireOwnKeys(parts: ServiceParts): Promise<void> {
  for (const use of OWN_USES) {
    const own = await ownKey(parts, use, 0);
    if (!own.ok) throw new ServiceError(own.fault);
  }
}

/**
 * Whether a log without an anchor is one that another replica has just opened: this one saw that there was none, or
 * there is nothing but the opening, of this minute. Nothing that was acknowledged can be missing from either.
 */
async function isFirstStart({ store, firstStart, now }: ServiceParts, head: StoredHead): Promise<boolean> {
  if (firstStart !== 'young') return firstStart === 'empty';
  if (head.frontier.size > OPENING_ENTRIES) return false;
  const [opened] = await store.entryRange(0, 1);
  return Math.abs(now().getTime() - Date.parse(opened?.entry.time ?? '')) <= FIRST_START_MS_MAX;
}

/** The use cases over a context, as the edges call them. */
export function openService(context: ServiceContext): Service {
  const readiness = openReadiness(context);
  const readTile = openTileReader(context);
  return {
    origin: context.store.origin,
    logVkey: context.logSigner.vkey,
    authenticate: (token) => authenticate(context, token),
    ...credentialUses(context),
    signImage: (caller, request) => signImage(context, caller, request),
    submitAttestation: (caller, request) => submitAttestation(context, caller, request),
    listImages: (caller, filter, request) => listImages(context, caller, filter, request),
    readImage: (caller, image) => readImage(context, caller, image),
    readChain: (caller, image, request) => readChain(context, caller, image, request),
    readEvidence: (caller, image) => readEvidence(context, caller, image),
    readFacts: (caller, image) => readFacts(context, caller, image),
    verifyCustody: (caller, image) => verifyImageCustody(context, caller, image),
    askGate: openGate(context, ownTrust(context), undefined, readiness),
    recordVerdict: (caller, image) => recordVerdict(context, caller, image),
    readReport: (caller, image, format) => readCustodyReport(context, caller, image, format),
    ...openFinding(context),
    listEntries: (caller, request) => listEntries(context, caller, request),
    readEntry: (caller, seq) => readOneEntry(context, caller, seq),
    readReceipt: (caller, seq) => readReceipt(context, caller, seq),
    readConsistency: (caller, from, to) => readConsistency(context, caller, from, to),
    proveCompleteness: (caller, key) => proveCompleteness(context, caller, key),
    provePeriod: (caller, period) => provePeriod(context, caller, period),
    exportPeriod: (caller, request) => exportPeriod(context, caller, request),
    readCheckpoint: openCheckpointReader(context),
    listCheckpoints: (caller, request) => listCheckpoints(context, caller, request),
    readPublishedCheckpoint: (caller, size) => readPublishedCheckpoint(context, caller, size),
    readTile,
    readEntryBundle: openBundleReader(context, readTile),
    trustFile: openPublishedTrust(context),
    openRun: (caller, request, idempotencyKey) => openRun(context, caller, request, idempotencyKey),
    closeRun: (caller, run, outcome) => closeRun(context, caller, run, outcome),
    listRuns: (caller, filter, request) => listRuns(context, caller, filter, request),
    readRun: (caller, run) => readRun(context, caller, run),
    registerSigner: (caller, request) => registerSigner(context, caller, request),
    rotateSigner: (caller, signer, rotation, control) => rotateSigner(context, caller, signer, rotation, control),
    revokeSigner: (caller, signer, effective, control) => revokeSigner(context, caller, signer, effective, control),
    listSigners: (caller, request) => listSigners(context, caller, request),
    readSigner: (caller, signer) => readSigner(context, caller, signer),
    readImpact: (caller, signer, request) => readImpact(context, caller, signer, request),
    signerAges: () => readSignerAges(context),
    publishContract: (caller, document, control) => publishContract(context, caller, document, control),
    withdrawContract: (caller, contract, control) => withdrawContract(context, caller, contract, control),
    listContracts: (caller, request) => listContracts(context, caller, request),
    readContract: (caller, contract, version) => readContract(context, caller, contract, version),
    requestWaiver: (caller, request, key) => requestWaiver(context, caller, request, key),
    approveWaiver: (caller, waiver, options) => approveWaiver(context, caller, waiver, options),
    revokeWaiver: (caller, waiver, options) => revokeWaiver(context, caller, waiver, options),
    listWaivers: (caller, filter, request) => listWaivers(context, caller, filter, request),
    readWaiver: (caller, waiver) => readWaiver(context, caller, waiver),
    releaseImage: (caller, request, key) => releaseImage(context, caller, request, key),
    retireImage: (caller, request) => retireImage(context, caller, request),
    listReleases: (caller, filter, request) => listReleases(context, caller, filter, request),
    readChanges: (caller, image, environment) => readChanges(context, caller, image, environment),
    grantPrincipal: (caller, request) => grantPrincipal(context, caller, request),
    revokePrincipal: (caller, principal, control) => revokePrincipal(context, caller, principal, control),
    listPrincipals: (caller, request) => listPrincipals(context, caller, request),
    readPrincipal: (caller, principal) => readPrincipal(context, caller, principal),
    proposeChange: (caller, change) => proposeChange(context, caller, change),
    listChanges: (caller, request) => listChanges(context, caller, request),
    readSettings: (caller) => readSettings(context, caller),
    changeSettings: (caller, request) => changeSettings(context, caller, request),
    readControlKeys: (caller) => readControlKeys(context, caller),
    changeControlKeys: (caller, request) => changeControlKeys(context, caller, request),
    ...noticeUses(context),
    readiness,
    queue: () => ({ depth: context.sequencer.depth, oldestWaiting: context.sequencer.oldestWaiting }),
    watchBatches: (report) => context.sequencer.watch(report),
  };
}

/** Tokens, and browsers that are signed in. */
function credentialUses(context: ServiceContext) {
  return {
    authenticateSession: (cookie, isAttended) => authenticateSession(context, cookie, isAttended),
    openSession: (token) => openSession(context, token),
    listSessions: (caller) => listSessions(context, caller),
    endSession: (caller, id) => endSession(context, caller, id),
    createToken: (caller, request) => createToken(context, caller, request),
    listTokens: (caller, request) => listTokens(context, caller, request),
    revokeToken: (caller, id) => revokeToken(context, caller, id),
  } satisfies Partial<Service>;
}

/** What people look things up by. */
function openFinding(
  context: ServiceContext,
): Pick<Service, 'search' | 'listRepositories' | 'readTrend' | 'readInbox'> {
  return {
    search: (caller, text, limit) => search(context, caller, text, limit),
    listRepositories: (caller, request) => listRepositories(context, caller, request),
    readTrend: openTrendReader(context),
    readInbox: (caller, request) => readInbox(context, caller, request),
  };
}
