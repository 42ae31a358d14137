import { submitAttestation } from './attestations.ts';
import { listContracts, publishContract, readContract, withdrawContract } from './contracts.ts';
import { listEntries, readConsistency, readEntry, readReceipt } from './entries.ts';
import { listImages, readChain, readEvidence, readImage, readReport, signImage } from './images.ts';
import { readCheckpoint, readEntryBundle, readTile, readTrustFile } from './log.ts';
import { readDocs, readDocsAsset, readHealth, readMetrics, readOpenapi, readReadiness } from './operation.ts';
import { grantPrincipal, listPrincipals, readPrincipal, revokePrincipal, whoami } from './principals.ts';
import { listSigners, readSigner, registerSigner, revokeSigner } from './signers.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';
import { askGate, verifyImage } from './verifications.ts';

/** Every route of the service, by operation. Where two paths could match, the earlier one is meant. */
export const ROUTES = {
  signImage,
  listImages,
  readImage,
  readChain,
  readEvidence,
  readReport,
  submitAttestation,
  verifyImage,
  askGate,
  listEntries,
  readEntry,
  readReceipt,
  readConsistency,
  readCheckpoint,
  readEntryBundle,
  readTile,
  registerSigner,
  listSigners,
  readSigner,
  revokeSigner,
  publishContract,
  listContracts,
  readContract,
  withdrawContract,
  grantPrincipal,
  listPrincipals,
  readPrincipal,
  revokePrincipal,
  whoami,
  createToken,
  listTokens,
  revokeToken,
  readHealth,
  readReadiness,
  readMetrics,
  readOpenapi,
  readDocs,
  readDocsAsset,
  readTrustFile,
} as const;

/** Name of a route, as metrics, logs and the OpenAPI document use it. */
export type Operation = keyof typeof ROUTES;
