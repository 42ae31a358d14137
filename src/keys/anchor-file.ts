import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatBase64 } from '../core/encoding/base64.ts';
import { base64Bytes, decode, integer, literal, object, string } from '../core/encoding/decode.ts';
import { parseJson } from '../core/encoding/json.ts';
import { type Anchor, type AnchorStore, ServiceError } from '../service/ports.ts';

const anchorReader = object({
  type: literal('waybill/anchor/v0'),
  origin: string({ max: 200 }),
  size: integer({ min: 1 }),
  root: base64Bytes({ max: 32 }),
});

/** Tells the files apart that several replicas of one process write beside the anchor. */
let opened = 0;

/**
 * The anchor in a file: written beside it, fsynced, renamed over it, and the folder fsynced, so that after a crash
 * there is the old one or the new one. Writes go one after another, and one that lags behind a newer is skipped, also
 * behind one of another replica that was given the same folder.
 * A file that does not read is `anchor/malformed`: it is never taken for a missing one. A write that fails, on a full
 * disk say, is `anchor/not-durable`.
 */
export function openAnchorFile(path: string): AnchorStore {
  opened += 1;
  const temporary = `${path}.${process.pid}-${opened}.new`;
  let newest = 0;
  let pending: Promise<void> = Promise.resolve();
  return {
    read: () => readAnchor(path),
    write: (anchor) => {
      const written = pending.then(async () => {
        if (anchor.size <= newest) return;
        try {
          const there = await readAnchor(path);
          const ahead = there !== undefined && there.origin === anchor.origin && there.size > anchor.size;
          if (!ahead) await writeAnchor(path, anchor, temporary);
        } catch (error) {
          const said = error instanceof Error ? error.message : String(error);
          const message = `The anchor cannot be made durable, and nothing is signed without it: ${said}`;
          throw new ServiceError({ code: 'anchor/not-durable', message }, { cause: error, retryAfterSeconds: 5 });
        }
        newest = anchor.size;
      });
      // A failed write fails its own caller; the next one is tried on its own.
      pending = written.catch(() => undefined);
      return written;
    },
  };
}

async function readAnchor(path: string): Promise<Anchor | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const json = parseJson(bytes);
  const anchor = json.ok ? decode(anchorReader, json.value) : json;
  if (!anchor.ok || anchor.value.root.length !== 32) {
    throw new ServiceError({
      code: 'anchor/malformed',
      message: 'The anchor file does not read; see docs/guides/operator.md.',
    });
  }
  return { origin: anchor.value.origin, size: anchor.value.size, root: anchor.value.root };
}

async function writeAnchor(path: string, anchor: Anchor, temporary: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = `${JSON.stringify({ type: 'waybill/anchor/v0', origin: anchor.origin, size: anchor.size, root: formatBase64(anchor.root) })}\n`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
