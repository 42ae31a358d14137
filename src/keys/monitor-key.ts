import { existsSync } from 'node:fs';
import { isKeyName, NOTE_COSIGNATURE } from '../core/checkpoint/note-key.ts';
import { formatVkey, type NoteSigner } from '../core/checkpoint/signed-note.ts';
import { KeyFileError, readPrivateKey } from './key-file.ts';
import { signingKey } from './service-keys.ts';

/**
 * The key by which a monitor cosigns checkpoints: an Ed25519 key as `waybill keys new` makes it, under the name that its
 * lines bear, by default `waybill-monitor-` and the first 8 digits of its id. A key of another kind, one that others may
 * read, and a name that no note can carry are a `KeyFileError`.
 */
export function readMonitorKey(path: string, passphrase: string | undefined, name?: string): NoteSigner {
  if (!existsSync(path)) throw new KeyFileError(`${path} does not exist`);
  const key = signingKey(readPrivateKey(path, passphrase));
  if (key.publicKey.algorithm !== 'ed25519')
    throw new KeyFileError(`${path} is no Ed25519 key: "waybill keys new" makes one`);
  const called = name ?? `waybill-monitor-${key.signer.slice(0, 8)}`;
  if (!isKeyName(called)) throw new KeyFileError(`"${called}" is no name of a key: no spaces, no "+"`);
  return { vkey: formatVkey(called, NOTE_COSIGNATURE, key.publicKey.raw), sign: key.sign };
}
