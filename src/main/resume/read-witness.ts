import { basename } from 'node:path';
import { EXIT } from '../../cli/exit-codes.ts';
import { readReceiptFile } from '../../cli/judge-receipt.ts';
import { readLocalFile } from '../../cli/local-file.ts';
import { stop } from '../../cli/stop.ts';
import { openCheckpoint } from '../../core/checkpoint/checkpoint.ts';
import { type NoteKey, parseVkey } from '../../core/checkpoint/signed-note.ts';
import { decodeUtf8 } from '../../core/encoding/utf8.ts';
import { invariant } from '../../core/fault.ts';
import { verifyReceipt } from '../../core/receipt/receipt.ts';
import { parseAnchorFile } from '../../keys/anchor-format.ts';
import type { Anchor, ServiceKeys } from '../../service/ports.ts';

/** Somebody else's view of the log: a peer's anchor, a checkpoint, or the checkpoint of a receipt. */
export type Witness = { readonly name: string; readonly anchor: Anchor };

const FILE_BYTES_MAX = 1024 * 1024;

/**
 * A view of the log `origin` from a file. Checkpoints and receipts count only under the log's own key; the anchor of a
 * peer is taken as it lies there. Anything else ends the command: `resume/checkpoint-unusable`.
 */
export function readWitness(path: string, origin: string, keys: ServiceKeys): Witness {
  const bytes = readLocalFile(path, FILE_BYTES_MAX);
  const name = basename(path);
  const key = parseVkey(keys.logSigner(origin).vkey);
  invariant(key.ok, 'our own key reads');
  const anchor = parseAnchorFile(bytes)?.anchor ?? readSigned(path, bytes, key.value);
  if (anchor === undefined)
    throw unusable(`${path} is no anchor, and no checkpoint or receipt under the key of ${origin}.`);
  if (anchor.origin !== origin) throw unusable(`${path} is of the log ${anchor.origin}, not of ${origin}.`);
  const { size, root } = anchor;
  return { name, anchor: { origin, size, root } };
}

function readSigned(path: string, bytes: Uint8Array, key: NoteKey): Anchor | undefined {
  const receipt = readReceiptFile(path);
  if (receipt !== undefined) {
    const verified = verifyReceipt(receipt, [key]);
    return verified.ok ? verified.value.checkpoint : undefined;
  }
  const text = decodeUtf8(bytes);
  const opened = text.ok ? openCheckpoint(text.value, [key]) : text;
  return opened.ok ? opened.value.checkpoint : undefined;
}

function unusable(message: string) {
  return stop(EXIT.input, 'resume/checkpoint-unusable', message);
}
