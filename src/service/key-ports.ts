import type { NoteSigner } from '../core/checkpoint/signed-note.ts';
import type { PublicKey } from '../core/crypto/public-key.ts';
import type { Frontier } from '../core/merkle/frontier.ts';

/** The keys that only the service's replicas share: MACs of heads, under what each log key gives. */
export type HeadAuthenticator = {
  /** The log keys whose MACs can be made, those that were followed first, each as the hex of its public part. */
  readonly keys: readonly string[];
  /** The one of them that `log.key` holds. */
  readonly current: string;
  /** 32 bytes: HMAC over the head under that log key, by default the current one; see docs/spec/head.md. */
  readonly mac: (origin: string, frontier: Frontier, root: Uint8Array, mapRoot: Uint8Array, key?: string) => Uint8Array;
};

/** The key that keeps whoever writes to the database from making a credential. */
export type TokenAuthenticator = {
  /** 32 bytes: HMAC over what a token is and what it stands for. */
  readonly mac: (message: Uint8Array) => Uint8Array;
  /** The same under every log key whose MACs can be made: tokens outlive a rotation. */
  readonly macs: (message: Uint8Array) => readonly Uint8Array[];
};

/** A key pair of the service: its public part, its signer id, and signing. ECDSA signatures are DER. */
export type SigningKey = {
  readonly publicKey: PublicKey;
  readonly signer: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

/** The service's keys by what they sign (DESIGN 5); the log key signs notes and nothing else. */
export type ServiceKeys = {
  readonly image: SigningKey;
  readonly service: SigningKey;
  readonly verdict: SigningKey;
  readonly logSigner: (origin: string) => NoteSigner;
  /** The log key and, where it lies beside it, the one that is to follow it. */
  readonly logSigners: (origin: string) => readonly NoteSigner[];
  readonly headAuthenticator: HeadAuthenticator;
  readonly tokenAuthenticator: TokenAuthenticator;
};
