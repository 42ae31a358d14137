import type { Operation } from './routes.ts';

/**
 * What the repositories of a caller's grant do to a route:
 *
 * - `none`: it concerns no repository, and its roles are all that is asked for;
 * - `refused`: what is named or addressed belongs to a repository, and one of others is `auth/repository-out-of-scope`;
 * - `unknown`: what belongs to the repository of others answers as what does not exist, so that nobody is told of it;
 * - `image`: of an image; `refused` where the request names the repository, otherwise `unknown`;
 * - `listed`: `refused` where the request names the repository, otherwise the list leaves out what belongs to others;
 * - `left-out`: the list leaves out what belongs to others;
 * - `each-line`: `refused`, for each line of the body on its own;
 * - `everything`: takes a grant for `*`, since nothing can be left out.
 */
export type RouteScope = 'none' | 'refused' | 'unknown' | 'image' | 'listed' | 'left-out' | 'each-line' | 'everything';

/** The scope of every route. The use cases hold it; what is generated from it, and what tests them by it, cannot forget one. */
export const ROUTE_SCOPES: Readonly<Record<Operation, RouteScope>> = {
  signImage: 'refused',
  listImages: 'listed',
  readImage: 'image',
  readChain: 'image',
  readEvidence: 'image',
  readFacts: 'image',
  readReport: 'image',
  search: 'left-out',
  listRepositories: 'left-out',
  readTrend: 'refused',
  readInbox: 'left-out',
  submitAttestation: 'refused',
  submitAttestations: 'each-line',
  openRun: 'refused',
  listRuns: 'listed',
  readRun: 'unknown',
  closeRun: 'refused',
  verifyImage: 'image',
  askGate: 'image',
  listEntries: 'everything',
  listEvents: 'listed',
  readEntry: 'refused',
  readReceipt: 'refused',
  readConsistency: 'none',
  proveCompleteness: 'unknown',
  readPeriod: 'everything',
  exportPeriod: 'everything',
  readCheckpoint: 'none',
  listCheckpoints: 'none',
  readPublishedCheckpoint: 'none',
  readEntryBundle: 'everything',
  readTile: 'none',
  registerSigner: 'none',
  listSigners: 'none',
  readSigner: 'none',
  readImpact: 'left-out',
  rotateSigner: 'none',
  revokeSigner: 'none',
  publishContract: 'none',
  listContracts: 'none',
  readContract: 'none',
  withdrawContract: 'none',
  readControlKeys: 'none',
  changeControlKeys: 'none',
  proposeChange: 'none',
  listChanges: 'none',
  readSettings: 'none',
  changeSettings: 'none',
  releaseImage: 'image',
  retireImage: 'image',
  listReleases: 'listed',
  readChanges: 'image',
  requestWaiver: 'image',
  listWaivers: 'listed',
  readWaiver: 'unknown',
  approveWaiver: 'unknown',
  revokeWaiver: 'unknown',
  grantPrincipal: 'none',
  listPrincipals: 'none',
  readPrincipal: 'none',
  revokePrincipal: 'none',
  whoami: 'none',
  openSession: 'none',
  listSessions: 'none',
  endSession: 'none',
  createToken: 'none',
  listTokens: 'none',
  revokeToken: 'none',
  createWebhook: 'refused',
  listWebhooks: 'left-out',
  readWebhook: 'unknown',
  removeWebhook: 'unknown',
  disableWebhook: 'unknown',
  enableWebhook: 'unknown',
  rotateWebhook: 'unknown',
  testWebhook: 'unknown',
  listDeliveries: 'unknown',
  redeliverNotices: 'unknown',
  readHealth: 'none',
  readReadiness: 'none',
  readMetrics: 'none',
  readOpenapi: 'none',
  readDocs: 'none',
  readDocsAsset: 'none',
  readTrustFile: 'none',
  readRoot: 'none',
  readConsoleRoot: 'none',
  readConsole: 'none',
  readConsoleAsset: 'none',
  readConsolePage: 'none',
};

/** What whoever asks outside of their repositories gets, in words for the documents. */
export const SCOPE_WORDS: Readonly<Record<RouteScope, string>> = {
  none: '–',
  refused: '403',
  unknown: '404',
  image: '403 if named, else 404',
  listed: '403 if named, else left out',
  'left-out': 'left out',
  'each-line': '403 for its line',
  everything: '403 without `*`',
};

/** Routes that ask for the stage, too: of pipelines, and of nobody else. */
export const STAGE_BOUND: readonly Operation[] = ['submitAttestation', 'submitAttestations'];
