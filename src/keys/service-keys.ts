import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hmacSha256 } from '#sha256';
import { formatVkey } from '../core/checkpoint/signed-note.ts';
import { parsePublicKey, signerKeyId } from '../core/crypto/public-key.ts';
import { u64be } from '../core/encoding/bytes.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { invariant } from '../core/fault.ts';
import type { HeadAuthenticator, ServiceKeys, SigningKey, TokenAuthenticator } from '../service/ports.ts';
import { DEMO_KEY_IDS } from './demo-key-ids.ts';

/** The service's four keys by what they sign (DESIGN 5). */
export const SERVICE_KEY_NAMES = ['log', 'image', 'service', 'verdict'] as const;
export type ServiceKeyName = (typeof SERVICE_KEY_NAMES)[number];

export class KeyFileError extends Error {
  override name = 'KeyFileError';
}

/**
 * The four keys of `folder`, one PKCS#8 PEM file each (`log.key`, `image.key`, `service.key`, `verdict.key`), encrypted
 * where a passphrase is given. A folder without any key is filled with new ones; one that lacks only some is refused,
 * as is a file that others may read, and one that holds another kind of key. A passphrase means that this is not
 * development: the demo keys of `keys.example/` are refused then, encrypted or not, and so are keys in the clear. With
 * `mustExist` none are drawn.
 */
export function openServiceKeys(
  folder: string,
  passphrase: string | undefined,
  options: { readonly mustExist?: boolean } = {},
): ServiceKeys {
  const missing = SERVICE_KEY_NAMES.filter((name) => !existsSync(keyPath(folder, name)));
  if (missing.length === SERVICE_KEY_NAMES.length && options.mustExist !== true) createKeys(folder, passphrase);
  else if (missing.length > 0)
    throw new KeyFileError(`${folder} lacks ${missing.map((name) => `${name}.key`).join(', ')}`);
  if (passphrase !== undefined) {
    refuseDemoKeys(folder, passphrase);
    refuseKeysInTheClear(folder);
  }
  const log = readKey(folder, 'log', passphrase);
  const seed = log.export({ format: 'jwk' }).d;
  invariant(seed !== undefined, 'a private Ed25519 key has a seed');
  return {
    image: signingKey(readKey(folder, 'image', passphrase)),
    service: signingKey(readKey(folder, 'service', passphrase)),
    verdict: signingKey(readKey(folder, 'verdict', passphrase)),
    logSigner: (origin) => ({
      vkey: formatVkey(origin, 1, signingKey(log).publicKey.raw),
      sign: (message) => sign(null, message, log),
    }),
    headAuthenticator: headAuthenticator(Buffer.from(seed, 'base64url')),
    tokenAuthenticator: tokenAuthenticator(Buffer.from(seed, 'base64url')),
  };
}

function refuseDemoKeys(folder: string, passphrase: string): void {
  const demo = SERVICE_KEY_NAMES.filter((name) =>
    DEMO_KEY_IDS.has(signingKey(readKey(folder, name, passphrase)).signer),
  );
  if (demo.length === 0) return;
  const files = demo.map((name) => `${name}.key`).join(', ');
  throw new KeyFileError(`${folder}: ${files} is demo material that everybody has; it serves in development only`);
}

/** Keys from development, say: whoever gives a passphrase relies on it. */
function refuseKeysInTheClear(folder: string): void {
  const clear = SERVICE_KEY_NAMES.filter((name) => !readFileSync(keyPath(folder, name), 'utf8').includes('ENCRYPTED'));
  if (clear.length === 0) return;
  const files = clear.map((name) => `${name}.key`).join(', ');
  const command = 'openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.key -out new.key';
  throw new KeyFileError(`${folder}: ${files} is not encrypted under the passphrase; encrypt it: ${command}`);
}

/**
 * MAC of a head: HMAC-SHA-256(k, "waybill/head/v1" ‖ 0x00 ‖ origin ‖ 0x00 ‖ size (u64 BE) ‖ root ‖ map root), with
 * k = HMAC-SHA-256(seed of the log key, "waybill/head-key/v1"). Source: docs/spec/head.md section 2.
 */
function headAuthenticator(seed: Uint8Array): HeadAuthenticator {
  const key = createHmac('sha256', seed).update('waybill/head-key/v1').digest();
  return {
    mac: (origin, frontier, root, mapRoot) =>
      hmacSha256(key, encodeUtf8(`waybill/head/v1\0${origin}\0`), u64be(frontier.size), root, mapRoot),
  };
}

/** MACs of tokens under k = HMAC-SHA-256(seed of the log key, "waybill/token-key/v1"), so that replicas share them. */
function tokenAuthenticator(seed: Uint8Array): TokenAuthenticator {
  const key = createHmac('sha256', seed).update('waybill/token-key/v1').digest();
  return { mac: (message) => hmacSha256(key, message) };
}

/** A signing key out of a private key; ECDSA signs over SHA-256, as cosign expects. */
export function signingKey(privateKey: KeyObject): SigningKey {
  const spki = new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
  const publicKey = parsePublicKey(spki);
  if (!publicKey.ok) throw new KeyFileError(`the key is of no kind that Waybill uses: ${publicKey.fault.message}`);
  const hash =
    publicKey.value.algorithm === 'ed25519' ? null : publicKey.value.algorithm === 'ecdsa-p384' ? 'sha384' : 'sha256';
  return {
    publicKey: publicKey.value,
    signer: signerKeyId(publicKey.value),
    sign: (message) => new Uint8Array(sign(hash, message, privateKey)),
  };
}

function keyPath(folder: string, name: ServiceKeyName): string {
  return join(folder, `${name}.key`);
}

function createKeys(folder: string, passphrase: string | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  for (const name of SERVICE_KEY_NAMES) {
    const { privateKey } =
      name === 'image' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
    writeFileSync(keyPath(folder, name), privateKeyPem(privateKey, passphrase), { mode: 0o600, flag: 'wx' });
  }
}

/** PKCS#8 PEM, encrypted with AES-256-CBC (PBES2) where a passphrase is given. */
export function privateKeyPem(privateKey: KeyObject, passphrase: string | undefined): string {
  const pem =
    passphrase === undefined
      ? privateKey.export({ type: 'pkcs8', format: 'pem' })
      : privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
  return pem.toString();
}

function readKey(folder: string, name: ServiceKeyName, passphrase: string | undefined): KeyObject {
  const path = keyPath(folder, name);
  const key = readPrivateKey(path, passphrase);
  const expected = name === 'image' ? ['ec', 'ed25519'] : ['ed25519'];
  if (!expected.includes(key.asymmetricKeyType ?? ''))
    throw new KeyFileError(`${path} is not an ${expected.join(' or ')} key`);
  return key;
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
