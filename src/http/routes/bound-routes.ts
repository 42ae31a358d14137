import type { Operation } from '../../api/routes.ts';
import type { BoundRoute } from '../edge.ts';
import { approveWaiverRoute } from './approve-waiver.ts';
import { askGateRoute } from './ask-gate.ts';
import { changeControlKeysRoute } from './change-control-keys.ts';
import { changeSettingsRoute } from './change-settings.ts';
import { closeRunRoute } from './close-run.ts';
import { createTokenRoute } from './create-token.ts';
import { createWebhookRoute } from './create-webhook.ts';
import { disableWebhookRoute } from './disable-webhook.ts';
import { enableWebhookRoute } from './enable-webhook.ts';
import { endSessionRoute } from './end-session.ts';
import { exportPeriodRoute } from './export-period.ts';
import { grantPrincipalRoute } from './grant-principal.ts';
import { listChangesRoute } from './list-changes.ts';
import { listCheckpointsRoute } from './list-checkpoints.ts';
import { listContractsRoute } from './list-contracts.ts';
import { listDeliveriesRoute } from './list-deliveries.ts';
import { listEntriesRoute } from './list-entries.ts';
import { listEventsRoute } from './list-events.ts';
import { listImagesRoute } from './list-images.ts';
import { listPrincipalsRoute } from './list-principals.ts';
import { listReleasesRoute } from './list-releases.ts';
import { listRepositoriesRoute } from './list-repositories.ts';
import { listRunsRoute } from './list-runs.ts';
import { listSessionsRoute } from './list-sessions.ts';
import { listSignersRoute } from './list-signers.ts';
import { listTokensRoute } from './list-tokens.ts';
import { listWaiversRoute } from './list-waivers.ts';
import { listWebhooksRoute } from './list-webhooks.ts';
import { openRunRoute } from './open-run.ts';
import { openSessionRoute } from './open-session.ts';
import { proposeChangeRoute } from './propose-change.ts';
import { proveCompletenessRoute } from './prove-completeness.ts';
import { publishContractRoute } from './publish-contract.ts';
import { readChainRoute } from './read-chain.ts';
import { readChangesRoute } from './read-changes.ts';
import { readCheckpointRoute } from './read-checkpoint.ts';
import { readConsistencyRoute } from './read-consistency.ts';
import {
  readConsoleAssetRoute,
  readConsolePageRoute,
  readConsoleRootRoute,
  readConsoleRoute,
  readRootRoute,
} from './read-console.ts';
import { readContractRoute } from './read-contract.ts';
import { readControlKeysRoute } from './read-control-keys.ts';
import { readDocsRoute } from './read-docs.ts';
import { readDocsAssetRoute } from './read-docs-asset.ts';
import { readEntryRoute } from './read-entry.ts';
import { readEntryBundleRoute } from './read-entry-bundle.ts';
import { readEvidenceRoute } from './read-evidence.ts';
import { readFactsRoute } from './read-facts.ts';
import { readHealthRoute } from './read-health.ts';
import { readImageRoute } from './read-image.ts';
import { readImpactRoute } from './read-impact.ts';
import { readInboxRoute } from './read-inbox.ts';
import { readMetricsRoute } from './read-metrics.ts';
import { readOpenapiRoute } from './read-openapi.ts';
import { readPeriodRoute } from './read-period.ts';
import { readPrincipalRoute } from './read-principal.ts';
import { readPublishedCheckpointRoute } from './read-published-checkpoint.ts';
import { readReadinessRoute } from './read-readiness.ts';
import { readReceiptRoute } from './read-receipt.ts';
import { readReportRoute } from './read-report.ts';
import { readRunRoute } from './read-run.ts';
import { readSettingsRoute } from './read-settings.ts';
import { readSignerRoute } from './read-signer.ts';
import { readTileRoute } from './read-tile.ts';
import { readTrendRoute } from './read-trend.ts';
import { readTrustFileRoute } from './read-trust-file.ts';
import { readWaiverRoute } from './read-waiver.ts';
import { readWebhookRoute } from './read-webhook.ts';
import { redeliverNoticesRoute } from './redeliver-notices.ts';
import { registerSignerRoute } from './register-signer.ts';
import { releaseImageRoute } from './release-image.ts';
import { removeWebhookRoute } from './remove-webhook.ts';
import { requestWaiverRoute } from './request-waiver.ts';
import { retireImageRoute } from './retire-image.ts';
import { revokePrincipalRoute } from './revoke-principal.ts';
import { revokeSignerRoute } from './revoke-signer.ts';
import { revokeTokenRoute } from './revoke-token.ts';
import { revokeWaiverRoute } from './revoke-waiver.ts';
import { rotateSignerRoute } from './rotate-signer.ts';
import { rotateWebhookRoute } from './rotate-webhook.ts';
import { searchRoute } from './search.ts';
import { signImageRoute } from './sign-image.ts';
import { submitAttestationRoute } from './submit-attestation.ts';
import { submitAttestationsRoute } from './submit-attestations.ts';
import { testWebhookRoute } from './test-webhook.ts';
import { verifyImageRoute } from './verify-image.ts';
import { whoamiRoute } from './whoami.ts';
import { withdrawContractRoute } from './withdraw-contract.ts';

const HANDLERS: Readonly<Record<Operation, BoundRoute>> = {
  signImage: signImageRoute,
  listImages: listImagesRoute,
  readImage: readImageRoute,
  readChain: readChainRoute,
  readEvidence: readEvidenceRoute,
  readFacts: readFactsRoute,
  readReport: readReportRoute,
  search: searchRoute,
  listRepositories: listRepositoriesRoute,
  readTrend: readTrendRoute,
  readInbox: readInboxRoute,
  submitAttestation: submitAttestationRoute,
  submitAttestations: submitAttestationsRoute,
  openRun: openRunRoute,
  listRuns: listRunsRoute,
  readRun: readRunRoute,
  closeRun: closeRunRoute,
  verifyImage: verifyImageRoute,
  askGate: askGateRoute,
  listEntries: listEntriesRoute,
  listEvents: listEventsRoute,
  readEntry: readEntryRoute,
  readReceipt: readReceiptRoute,
  readConsistency: readConsistencyRoute,
  proveCompleteness: proveCompletenessRoute,
  readPeriod: readPeriodRoute,
  exportPeriod: exportPeriodRoute,
  readCheckpoint: readCheckpointRoute,
  listCheckpoints: listCheckpointsRoute,
  readPublishedCheckpoint: readPublishedCheckpointRoute,
  readEntryBundle: readEntryBundleRoute,
  readTile: readTileRoute,
  registerSigner: registerSignerRoute,
  listSigners: listSignersRoute,
  readSigner: readSignerRoute,
  readImpact: readImpactRoute,
  rotateSigner: rotateSignerRoute,
  revokeSigner: revokeSignerRoute,
  publishContract: publishContractRoute,
  listContracts: listContractsRoute,
  readContract: readContractRoute,
  withdrawContract: withdrawContractRoute,
  readControlKeys: readControlKeysRoute,
  changeControlKeys: changeControlKeysRoute,
  proposeChange: proposeChangeRoute,
  listChanges: listChangesRoute,
  readSettings: readSettingsRoute,
  changeSettings: changeSettingsRoute,
  releaseImage: releaseImageRoute,
  retireImage: retireImageRoute,
  listReleases: listReleasesRoute,
  readChanges: readChangesRoute,
  requestWaiver: requestWaiverRoute,
  listWaivers: listWaiversRoute,
  readWaiver: readWaiverRoute,
  approveWaiver: approveWaiverRoute,
  revokeWaiver: revokeWaiverRoute,
  grantPrincipal: grantPrincipalRoute,
  listPrincipals: listPrincipalsRoute,
  readPrincipal: readPrincipalRoute,
  revokePrincipal: revokePrincipalRoute,
  whoami: whoamiRoute,
  openSession: openSessionRoute,
  listSessions: listSessionsRoute,
  endSession: endSessionRoute,
  createToken: createTokenRoute,
  listTokens: listTokensRoute,
  revokeToken: revokeTokenRoute,
  createWebhook: createWebhookRoute,
  listWebhooks: listWebhooksRoute,
  readWebhook: readWebhookRoute,
  removeWebhook: removeWebhookRoute,
  disableWebhook: disableWebhookRoute,
  enableWebhook: enableWebhookRoute,
  rotateWebhook: rotateWebhookRoute,
  testWebhook: testWebhookRoute,
  listDeliveries: listDeliveriesRoute,
  redeliverNotices: redeliverNoticesRoute,
  readHealth: readHealthRoute,
  readReadiness: readReadinessRoute,
  readMetrics: readMetricsRoute,
  readOpenapi: readOpenapiRoute,
  readDocs: readDocsRoute,
  readDocsAsset: readDocsAssetRoute,
  readTrustFile: readTrustFileRoute,
  readRoot: readRootRoute,
  readConsoleRoot: readConsoleRootRoute,
  readConsole: readConsoleRoute,
  readConsoleAsset: readConsoleAssetRoute,
  readConsolePage: readConsolePageRoute,
};

/** Every route of the contract with what answers it, in the contract's order. A route without a handler does not compile. */
export const BOUND_ROUTES: readonly BoundRoute[] = Object.values(HANDLERS);
