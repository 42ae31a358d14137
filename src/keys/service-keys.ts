import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hmacSha256 } from '#sha256';
import { formatVkey, type NoteSigner } from '../core/checkpoint/signed-note.ts';
import { parsePublicKey, signerKeyId } from '../core/crypto/public-key.ts';
import { u64be } from '../core/encoding/bytes.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { invariant } from '../core/fault.ts';
import type { HeadAuthenticator, ServiceKeys, SigningKey, TokenAuthenticator } from '../service/ports.ts';
import { DEMO_KEY_IDS } from './demo-key-ids.ts';
import { KeyFileError, privateKeyPem, publicSpki, readPrivateKey } from './key-file.ts';
import { type MacKeys, macKeysOf, readFollowedMacs, readNextLogKey } from './log-key-files.ts';

/** The service's four keys by what they sign (DESIGN 5). */
export const SERVICE_KEY_NAMES = ['log', 'image', 'service', 'verdict'] as const;
export type ServiceKeyName = (typeof SERVICE_KEY_NAMES)[number];

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
  const next = readNextLogKey(folder, passphrase);
  const signing = next === undefined ? [log] : [log, next];
  const macs = [...readFollowedMacs(folder, passphrase), ...signing.map(macKeysOf)];
  return {
    image: signingKey(readKey(folder, 'image', passphrase)),
    service: signingKey(readKey(folder, 'service', passphrase)),
    verdict: signingKey(readKey(folder, 'verdict', passphrase)),
    logSigner: (origin) => noteSigner(origin, log),
    logSigners: (origin) => signing.map((key) => noteSigner(origin, key)),
    headAuthenticator: headAuthenticator(macs, macKeysOf(log)),
    tokenAuthenticator: tokenAuthenticator(macs, macKeysOf(log)),
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

function noteSigner(origin: string, key: KeyObject): NoteSigner {
  return {
    vkey: formatVkey(origin, 1, signingKey(key).publicKey.raw),
    sign: (message) => sign(null, message, key),
  };
}

/**
 * MAC of a head: HMAC-SHA-256(k, "waybill/head/v1" ‖ 0x00 ‖ origin ‖ 0x00 ‖ size (u64 BE) ‖ root ‖ map root), with
 * k = HMAC-SHA-256(seed of the log key, "waybill/head-key/v1"). Source: docs/spec/head.md section 2.
 */
function headAuthenticator(macs: readonly MacKeys[], { log: current }: MacKeys): HeadAuthenticator {
  const heads = new Map(macs.map((one) => [one.log, one.heads]));
  return {
    keys: [...heads.keys()],
    current,
    mac: (origin, frontier, root, mapRoot, key = current) => {
      const secret = heads.get(key);
      invariant(secret !== undefined, 'a MAC is made under a key at hand');
      return hmacSha256(secret, encodeUtf8(`waybill/head/v1\0${origin}\0`), u64be(frontier.size), root, mapRoot);
    },
  };
}

/** MACs of tokens under k = HMAC-SHA-256(seed of the log key, "waybill/token-key/v1"), so that replicas share them. */
function tokenAuthenticator(macs: readonly MacKeys[], { tokens }: MacKeys): TokenAuthenticator {
  return {
    mac: (message) => hmacSha256(tokens, message),
    macs: (message) => macs.map((one) => hmacSha256(one.tokens, message)),
  };
}

/** A signing key out of a private key; ECDSA signs over SHA-256, as cosign expects. */
export function signingKey(privateKey: KeyObject): SigningKey {
  const publicKey = parsePublicKey(publicSpki(privateKey));
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

function readKey(folder: string, name: ServiceKeyName, passphrase: string | undefined): KeyObject {
  const path = keyPath(folder, name);
  const key = readPrivateKey(path, passphrase);
  const expected = name === 'image' ? ['ec', 'ed25519'] : ['ed25519'];
  if (!expected.includes(key.asymmetricKeyType ?? ''))
    throw new KeyFileError(`${path} is not an ${expected.join(' or ')} key`);
  return key;
}
