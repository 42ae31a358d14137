import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type PublicKey, parsePublicKey, parsePublicKeyPem, signerKeyId } from '../core/crypto/public-key.ts';
import { type Envelope, formatEnvelope } from '../core/dsse/envelope.ts';
import { pae } from '../core/dsse/pae.ts';
import type { Result } from '../core/fault.ts';
import { KeyFileError, privateKeyPem, readPrivateKey } from './key-file.ts';
import { signingKey } from './service-keys.ts';

export { KeyFileError };

/** What `keys new` makes. P-384 keys, and RSA keys of other lengths, are read as well. */
export const PIPELINE_KEY_TYPES = ['ed25519', 'ecdsa-p256', 'rsa-3072'] as const;
export type PipelineKeyType = (typeof PIPELINE_KEY_TYPES)[number];

/** A pipeline's own key, read from its file. */
export type PipelineKey = {
  readonly publicKey: PublicKey;
  /** Its name, 64 hex digits; see `signerKeyId`. */
  readonly signer: string;
  /** A signature of the message itself; ECDSA signatures are DER. */
  readonly sign: (message: Uint8Array) => Uint8Array;
  /** The JSON text of a DSSE envelope around `payload` with one signature and an empty key id. */
  readonly signEnvelope: (payloadType: string, payload: Uint8Array) => string;
};

/**
 * Makes a new private key file: PKCS#8 PEM, mode 0600, encrypted where a passphrase is given. A file that exists is
 * never written over (`KeyFileError`).
 */
export function createPipelineKey(path: string, type: PipelineKeyType, passphrase: string | undefined): PipelineKey {
  const privateKey = drawKey(type);
  try {
    writeFileSync(path, privateKeyPem(privateKey, passphrase), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw new KeyFileError(`${path} exists already and is left as it is`);
    throw new KeyFileError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return readPipelineKey(path, passphrase);
}

function drawKey(type: PipelineKeyType): KeyObject {
  switch (type) {
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ecdsa-p256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'rsa-3072':
      return generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey;
  }
}

/**
 * The key in a file as `keys new`, `openssl genpkey` or a PKCS#8 export writes it: Ed25519, ECDSA P-256 or P-384, or RSA.
 * A file that others may read, an encrypted one without its passphrase, or a key of another kind is a `KeyFileError`.
 */
export function readPipelineKey(path: string, passphrase: string | undefined): PipelineKey {
  const key = signingKey(openPrivateKey(path, passphrase));
  return {
    publicKey: key.publicKey,
    signer: key.signer,
    sign: key.sign,
    signEnvelope: (payloadType, payload) => {
      const signatures = [{ keyid: '', sig: key.sign(pae(payloadType, payload)) }];
      return formatEnvelope({ payloadType, payload, signatures } satisfies Envelope);
    },
  };
}

/** The public key in a PEM file of either kind; of a private key only its public part leaves this function. */
export function readPublicKeyFile(path: string, passphrase: string | undefined): { key: PublicKey; signer: string } {
  const text = readText(path);
  const key = text.includes('PRIVATE KEY') ? publicPartOf(openPrivateKey(path, passphrase)) : parsePublicKeyPem(text);
  if (!key.ok) throw new KeyFileError(`${path} holds no key that Waybill uses: ${key.fault.message}`);
  return { key: key.value, signer: signerKeyId(key.value) };
}

function openPrivateKey(path: string, passphrase: string | undefined) {
  if (/ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY/.test(readText(path))) {
    throw new KeyFileError(`${path} is in cosign's own format: make a key with "waybill keys new", or export PKCS#8`);
  }
  return readPrivateKey(path, passphrase);
}

function publicPartOf(privateKey: Parameters<typeof createPublicKey>[0]): Result<PublicKey> {
  return parsePublicKey(new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' })));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) throw new KeyFileError(`${path} does not exist`);
    throw new KeyFileError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
