import type { NoteSigner } from '../core/checkpoint/signed-note.ts';
import type { ControlSet } from '../core/control/control-keys.ts';
import type { PublicKey } from '../core/crypto/public-key.ts';
import type { EvidenceRoom } from './evidence-room.ts';
import type { LogSigners } from './log-signers.ts';
import type { NoticeWorker } from './notice-worker.ts';
import type {
  EvidenceWorkers,
  LedgerStore,
  ProjectionStore,
  Random,
  ServiceKeys,
  SessionStore,
  SignatureVerifier,
  TokenStore,
} from './ports.ts';
import type { LargeReader } from './read-attestation.ts';
import type { RunDirectory } from './run-directory.ts';
import type { Sequencer } from './sequencer.ts';
import type { SignerDirectory } from './signer-directory.ts';
import type { NoticeSender, WebhookStore } from './webhook-ports.ts';

/** What every use case may reach: the ledger, the two stores beside it, the keys, chance, and the wall clock. */
export type ServiceContext = {
  readonly store: LedgerStore;
  readonly sequencer: Sequencer;
  readonly projections: ProjectionStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly webhooks: WebhookStore;
  readonly noticeSender: NoticeSender;
  readonly notices: NoticeWorker;
  readonly signers: SignerDirectory;
  readonly runs: RunDirectory;
  /** How long a run may last. */
  readonly runSecondsMax: number;
  readonly evidenceWorkers: EvidenceWorkers;
  readonly readLarge: LargeReader;
  readonly evidenceRoom: EvidenceRoom;
  readonly keys: ServiceKeys;
  /** The oldest log key in force, which this service judges by. */
  readonly logSigner: NoteSigner;
  readonly logSigners: LogSigners;
  /** The control keys that the log was opened with; absent: the operator alone changes trust. */
  readonly control?: ControlSet;
  readonly verifySignature: SignatureVerifier;
  /** Whether the private part of the key with this signer id is known to everybody; in development no key is. */
  readonly isPublishedKey: (signer: string) => boolean;
  readonly random: Random;
  readonly now: () => Date;
  /** JSON text of a Sigstore bundle v0.3 around a signed statement; given by the wiring. */
  readonly buildBundle: (payloadType: string, statement: Uint8Array, signature: Uint8Array, key: PublicKey) => string;
  /**
   * Renders a self-verifying page around evidence; given by the wiring, since pages are not the service's business. Absent
   * where the installation has no program to put into a page.
   */
  readonly renderReport?: (evidence: Uint8Array) => Uint8Array;
};
