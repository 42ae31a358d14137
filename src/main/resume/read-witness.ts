import { basename } from 'node:path';
import { EXIT } from '../../cli/exit-codes.ts';
import { readReceiptFile } from '../../cli/judge-receipt.ts';
import { readLocalFile } from '../../cli/local-file.ts';
import { stop } from '../../cli/stop.ts';
import { openCheckpoint } from '../../core/checkpoint/checkpoint.ts';
import { NOTE_ED25519 } from '../../core/checkpoint/note-key.ts';
import { formatVkey, type NoteKey, parseVkey } from '../../core/checkpoint/signed-note.ts';
import { parseHex } from '../../core/encoding/hex.ts';
import { decodeUtf8 } from '../../core/encoding/utf8.ts';
import { invariant } from '../../core/fault.ts';
import { verifyReceipt } from '../../core/receipt/receipt.ts';
import { parseAnchorFile } from '../../keys/anchor-format.ts';
import type { Anchor, ServiceKeys } from '../../service/ports.ts';

/** Somebody else's view of the log: a peer's anchor, a checkpoint, or the checkpoint of a receipt. */
export type Witness = { readonly name: string; readonly anchor: Anchor };

const FILE_BYTES_MAX = 1024 * 1024;

/**
 * A view of the log `origin` from a file. Checkpoints and receipts count only under keys of the log's own; the anchor of a
 * peer is taken as it lies there. Anything else ends the command: `resume/checkpoint-unusable`.
 */
export function readWitness(path: string, origin: string, keys: ServiceKeys): Witness {
  const bytes = readLocalFile(path, FILE_BYTES_MAX);
  const name = basename(path);
  const anchor = parseAnchorFile(bytes)?.anchor ?? readSigned(path, bytes, logKeysOf(origin, keys));
  if (anchor === undefined)
    throw unusable(`${path} is no anchor, and no checkpoint or receipt under the key of ${origin}.`);
  if (anchor.origin !== origin) throw unusable(`${path} is of the log ${anchor.origin}, not of ${origin}.`);
  const { size, root } = anchor;
  return { name, anchor: { origin, size, root } };
}

/** Every key that the log ever had, as the MAC keys at hand name them: what was signed before a rotation counts as ever. */
function logKeysOf(origin: string, { headAuthenticator }: ServiceKeys): readonly NoteKey[] {
  return headAuthenticator.keys.map((hex) => {
    const publicKey = parseHex(hex, 32);
    const key = publicKey.ok ? parseVkey(formatVkey(origin, NOTE_ED25519, publicKey.value)) : publicKey;
    invariant(key.ok, 'our own key reads');
    return key.value;
  });
}

function readSigned(path: string, bytes: Uint8Array, keys: readonly NoteKey[]): Anchor | undefined {
  const receipt = readReceiptFile(path);
  if (receipt !== undefined) {
    const verified = verifyReceipt(receipt, keys);
    return verified.ok ? verified.value.checkpoint : undefined;
  }
  const text = decodeUtf8(bytes);
  const opened = text.ok ? openCheckpoint(text.value, keys) : text;
  return opened.ok ? opened.value.checkpoint : undefined;
}

function unusable(message: string) {
  return stop(EXIT.input, 'resume/checkpoint-unusable', message);
}
