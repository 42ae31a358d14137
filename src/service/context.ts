import type { NoteSigner } from '../core/checkpoint/signed-note.ts';
import type { PublicKey } from '../core/crypto/public-key.ts';
import type { LedgerStore, ProjectionStore, Random, ServiceKeys, TokenStore } from './ports.ts';
import type { Sequencer } from './sequencer.ts';
import type { SignerDirectory } from './signer-directory.ts';

/** What every use case may reach: the ledger, the two stores beside it, the keys, chance, and the wall clock. */
export type ServiceContext = {
  readonly store: LedgerStore;
  readonly sequencer: Sequencer;
  readonly projections: ProjectionStore;
  readonly tokens: TokenStore;
  readonly signers: SignerDirectory;
  readonly keys: ServiceKeys;
  readonly logSigner: NoteSigner;
  readonly random: Random;
  readonly now: () => Date;
  /** JSON text of a Sigstore bundle v0.3 around a signed statement; given by the wiring. */
  readonly buildBundle: (payloadType: string, statement: Uint8Array, signature: Uint8Array, key: PublicKey) => string;
  /** Renders a self-verifying page around evidence; given by the wiring, since pages are not the service's business. */
  readonly renderReport: (evidence: Uint8Array) => Uint8Array;
};
