import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

export class KeyFileError extends Error {
  override name = 'KeyFileError';
}

/** PKCS#8 PEM, encrypted with AES-256-CBC (PBES2) where a passphrase is given. */
export function privateKeyPem(privateKey: KeyObject, passphrase: string | undefined): string {
  const pem =
    passphrase === undefined
      ? privateKey.export({ type: 'pkcs8', format: 'pem' })
      : privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
  return pem.toString();
}

/** A private key from a PEM file that nobody but its owner may read. */
export function readPrivateKey(path: string, passphrase: string | undefined): KeyObject {
  const mode = statSync(path).mode & 0o077;
  if (mode !== 0) throw new KeyFileError(`${path} may be read by others: chmod 600 it`);
  const pem = readFileSync(path, 'utf8');
  const encrypted = pem.includes('ENCRYPTED');
  if (encrypted && passphrase === undefined)
    throw new KeyFileError(`${path} is encrypted: give WAYBILL_KEY_PASSPHRASE_FILE`);
  try {
    return createPrivateKey({ key: pem, ...(encrypted ? { passphrase } : {}) });
  } catch (error) {
    throw new KeyFileError(`${path} does not open: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** DER SubjectPublicKeyInfo of the public part. */
export function publicSpki(privateKey: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
}
