import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { SigningKey } from '../service/ports.ts';
import { syncFolder } from './anchor-file.ts';
import { privateKeyPem, readPrivateKey } from './key-file.ts';
import { signingKey } from './service-keys.ts';
import { sweepUnfinished } from './sweep-unfinished.ts';
import { writeDurably } from './write-durably.ts';

/** The keys of the service that can be rotated while its log goes on. */
export const ROTATED_KEY_NAMES = ['image', 'service', 'verdict'] as const;
export type RotatedKeyName = (typeof ROTATED_KEY_NAMES)[number];

/**
 * The key that is to take the place of one of the service's own, in a file beside it: the one that an interrupted rotation
 * has left, or a new one of the same kind, durable before it is given. Encrypted where a passphrase is given.
 */
export async function drawNextKey(
  folder: string,
  name: RotatedKeyName,
  current: SigningKey,
  passphrase: string | undefined,
): Promise<SigningKey> {
  await sweepUnfinished(folder);
  const path = nextPath(folder, name);
  if (!existsSync(path)) await writeDurably(folder, path, privateKeyPem(drawLike(current), passphrase));
  return signingKey(readPrivateKey(path, passphrase));
}

/**
 * Puts the next key in the place of the current one, which is kept under its id. There is a whole file under either name
 * at each instant, and doing it again after an interruption ends the same. Gives where the old one lies now.
 */
export async function promoteNextKey(folder: string, name: RotatedKeyName, current: SigningKey): Promise<string> {
  const kept = join(folder, `${name}-${current.signer.slice(0, 12)}.old.key`);
  if (!existsSync(kept)) linkSync(join(folder, `${name}.key`), kept);
  await syncFolder(folder);
  renameSync(nextPath(folder, name), join(folder, `${name}.key`));
  await syncFolder(folder);
  return kept;
}

function nextPath(folder: string, name: RotatedKeyName): string {
  return join(folder, `${name}.next.key`);
}

function drawLike({ publicKey }: SigningKey): KeyObject {
  return publicKey.algorithm === 'ed25519'
    ? generateKeyPairSync('ed25519').privateKey
    : generateKeyPairSync('ec', { namedCurve: publicKey.algorithm === 'ecdsa-p384' ? 'P-384' : 'P-256' }).privateKey;
}
