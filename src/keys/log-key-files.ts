import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { parsePublicKey } from '../core/crypto/public-key.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { invariant } from '../core/fault.ts';
import { syncFolder } from './anchor-file.ts';
import { KeyFileError, privateKeyPem, publicSpki, readPrivateKey } from './key-file.ts';
import { sweepUnfinished } from './sweep-unfinished.ts';
import { writeDurably } from './write-durably.ts';

/**
 * What MACs are made with under one log key, 32 bytes each: HMAC-SHA-256(seed of the log key, "waybill/head-key/v1"), and
 * the same with "waybill/token-key/v1". Nothing leads from them back to the seed, so that they can outlive the key.
 */
export type MacKeys = { readonly log: string; readonly heads: Uint8Array; readonly tokens: Uint8Array };

const NEXT = 'log.next.key';
const FOLLOWED = /^log-([0-9a-f]{64})\.heads\.key$/;
/** PKCS#8 of an Ed25519 key up to its seed (RFC 8410): what the other secrets of 32 bytes are kept in, too. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The MAC keys of a log key. */
export function macKeysOf(log: KeyObject): MacKeys {
  const seed = seedOf(log);
  const derive = (label: string) => createHmac('sha256', seed).update(label).digest();
  return { log: publicHex(log), heads: derive('waybill/head-key/v1'), tokens: derive('waybill/token-key/v1') };
}

/** The log key that is to follow, where its file lies ready. */
export function readNextLogKey(folder: string, passphrase: string | undefined): KeyObject | undefined {
  const path = join(folder, NEXT);
  if (!existsSync(path)) return undefined;
  const key = readPrivateKey(path, passphrase);
  if (key.asymmetricKeyType !== 'ed25519') throw new KeyFileError(`${path} is not an ed25519 key`);
  return key;
}

/** The MAC keys of log keys that were followed, in files of their own. */
export function readFollowedMacs(folder: string, passphrase: string | undefined): readonly MacKeys[] {
  return readdirSync(folder).flatMap((name) => {
    const log = FOLLOWED.exec(name)?.[1];
    if (log === undefined) return [];
    const read = (use: 'heads' | 'tokens') => seedOf(readPrivateKey(macPath(folder, log, use), passphrase));
    return [{ log, heads: read('heads'), tokens: read('tokens') }];
  });
}

/** Draws the log key that is to follow, unless one lies ready, and makes it durable. */
export async function drawNextLogKey(folder: string, passphrase: string | undefined): Promise<void> {
  await sweepUnfinished(folder);
  if (readNextLogKey(folder, passphrase) !== undefined) return;
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeDurably(folder, join(folder, NEXT), privateKeyPem(privateKey, passphrase));
}

/**
 * Puts the next log key in the place of the current one, which is kept until somebody destroys it; what its MACs are made
 * with stays in files of its own. Each step is durable before the next one, and all can be done again. Gives where the old
 * key lies now.
 */
export async function promoteNextLogKey(folder: string, passphrase: string | undefined): Promise<string> {
  await sweepUnfinished(folder);
  const path = join(folder, 'log.key');
  const { log, heads, tokens } = macKeysOf(readPrivateKey(path, passphrase));
  for (const [use, secret] of [
    ['tokens', tokens],
    ['heads', heads],
  ] as const) {
    const der = Buffer.concat([PKCS8_PREFIX, secret]);
    const sealed = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    await writeDurably(folder, macPath(folder, log, use), privateKeyPem(sealed, passphrase));
  }
  const kept = join(folder, `log-${log.slice(0, 12)}.old.key`);
  if (!existsSync(kept)) linkSync(path, kept);
  await syncFolder(folder);
  renameSync(join(folder, NEXT), path);
  await syncFolder(folder);
  return kept;
}

function macPath(folder: string, log: string, use: 'heads' | 'tokens'): string {
  return join(folder, `log-${log}.${use}.key`);
}

function seedOf(key: KeyObject): Uint8Array {
  const seed = key.export({ format: 'jwk' }).d;
  invariant(seed !== undefined, 'a private Ed25519 key has a seed');
  return new Uint8Array(Buffer.from(seed, 'base64url'));
}

/** The public part in hex. */
function publicHex(key: KeyObject): string {
  const publicKey = parsePublicKey(publicSpki(key));
  invariant(publicKey.ok, 'an Ed25519 key that was read is one');
  return formatHex(publicKey.value.raw);
}
