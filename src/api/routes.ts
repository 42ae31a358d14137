import { submitAttestation, submitAttestations } from './attestations.ts';
import { changeSettings, listChanges, proposeChange, readSettings } from './changes.ts';
import { readConsole, readConsoleAsset, readConsolePage, readConsoleRoot, readRoot } from './console.ts';
import { listContracts, publishContract, readContract, withdrawContract } from './contracts.ts';
import { changeControlKeys, readControlKeys } from './control-keys.ts';
import { listEntries, readConsistency, readEntry, readReceipt } from './entries.ts';
import { listEvents } from './events.ts';
import { readFacts } from './facts.ts';
import { listImages, readChain, readEvidence, readImage, readReport, signImage } from './images.ts';
import { readInbox } from './inbox.ts';
import {
  listCheckpoints,
  readCheckpoint,
  readEntryBundle,
  readPublishedCheckpoint,
  readTile,
  readTrustFile,
} from './log.ts';
import { readDocs, readDocsAsset, readHealth, readMetrics, readOpenapi, readReadiness } from './operation.ts';
import { exportPeriod, readPeriod } from './period.ts';
import { grantPrincipal, listPrincipals, readPrincipal, revokePrincipal, whoami } from './principals.ts';
import { proveCompleteness } from './proofs.ts';
import { listReleases, readChanges, releaseImage, retireImage } from './releases.ts';
import { listRepositories, readTrend } from './repositories.ts';
import { closeRun, listRuns, openRun, readRun } from './runs.ts';
import { search } from './search.ts';
import { endSession, listSessions, openSession } from './sessions.ts';
import { listSigners, readImpact, readSigner, registerSigner, revokeSigner, rotateSigner } from './signers.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';
import { askGate, verifyImage } from './verifications.ts';
import { approveWaiver, listWaivers, readWaiver, requestWaiver, revokeWaiver } from './waivers.ts';
import {
  createWebhook,
  disableWebhook,
  enableWebhook,
  listDeliveries,
  listWebhooks,
  readWebhook,
  redeliverNotices,
  removeWebhook,
  rotateWebhook,
  testWebhook,
} from './webhooks.ts';

/** Every route of the service, by operation. Where two paths could match, the earlier one is meant. */
export const ROUTES = {
  signImage,
  listImages,
  readImage,
  readChain,
  readEvidence,
  readFacts,
  readReport,
  search,
  listRepositories,
  readTrend,
  readInbox,
  submitAttestation,
  submitAttestations,
  openRun,
  listRuns,
  readRun,
  closeRun,
  verifyImage,
  askGate,
  listEntries,
  listEvents,
  readEntry,
  readReceipt,
  readConsistency,
  proveCompleteness,
  readPeriod,
  exportPeriod,
  readCheckpoint,
  listCheckpoints,
  readPublishedCheckpoint,
  readEntryBundle,
  readTile,
  registerSigner,
  listSigners,
  readSigner,
  readImpact,
  rotateSigner,
  revokeSigner,
  publishContract,
  listContracts,
  readContract,
  withdrawContract,
  readControlKeys,
  changeControlKeys,
  proposeChange,
  listChanges,
  readSettings,
  changeSettings,
  releaseImage,
  retireImage,
  listReleases,
  readChanges,
  requestWaiver,
  listWaivers,
  readWaiver,
  approveWaiver,
  revokeWaiver,
  grantPrincipal,
  listPrincipals,
  readPrincipal,
  revokePrincipal,
  whoami,
  openSession,
  listSessions,
  endSession,
  createToken,
  listTokens,
  revokeToken,
  createWebhook,
  listWebhooks,
  readWebhook,
  removeWebhook,
  disableWebhook,
  enableWebhook,
  rotateWebhook,
  testWebhook,
  listDeliveries,
  redeliverNotices,
  readHealth,
  readReadiness,
  readMetrics,
  readOpenapi,
  readDocs,
  readDocsAsset,
  readTrustFile,
  readRoot,
  readConsoleRoot,
  readConsole,
  readConsoleAsset,
  readConsolePage,
} as const;

/** Name of a route, as metrics, logs and the OpenAPI document use it. */
export type Operation = keyof typeof ROUTES;
