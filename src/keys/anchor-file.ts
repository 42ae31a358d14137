import { randomBytes } from 'node:crypto';
import { constants, fstatSync, readFileSync, readSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { concatBytes, equalBytes } from '../core/encoding/bytes.ts';
import { type Anchor, type AnchorStore, ServiceError } from '../service/ports.ts';
import { ANCHOR_FILE_BYTES, type AnchorContent, formatSlot, parseAnchorFile, SLOT_BYTES } from './anchor-format.ts';

/** An anchor in a file. `close` gives back the file that writing keeps open; a later write opens it again. */
export type AnchorFile = AnchorStore & { readonly close: () => Promise<void> };

/**
 * The anchor in a file of two slots that are written in turn, each in one write that is flushed, so that a crash in the
 * middle leaves the other slot whole. What waits for a write that is under way goes together into the next one.
 *
 * Replicas of one process that were given the same file write through one hand; those of several processes are to have
 * a folder each, and where they share one, what another has written is seen before each write and kept where it is
 * newer. A file that does not read is `anchor/malformed`: it is never taken for a missing one. A write that fails, on a
 * full disk say, is `anchor/not-durable`.
 */
export function openAnchorFile(path: string): AnchorFile {
  const key = resolve(path);
  return {
    read: async () => readContent(key)?.anchor,
    write: (anchor) => writerOf(key).write(anchor),
    close: async () => {
      const writer = writers.get(key);
      writers.delete(key);
      await writer?.close();
    },
  };
}

const writers = new Map<string, AnchorWriter>();

function writerOf(path: string): AnchorWriter {
  const writer = writers.get(path) ?? new AnchorWriter(path);
  writers.set(path, writer);
  return writer;
}

type Waiting = { readonly anchor: Anchor; readonly settle: () => void; readonly refuse: (error: unknown) => void };

class AnchorWriter {
  readonly #path: string;
  #file: FileHandle | undefined;
  /** The file as this process left it, and what it says. */
  #bytes: Uint8Array = new Uint8Array();
  #content: AnchorContent | undefined;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  write(anchor: Anchor): Promise<void> {
    return new Promise((settle, refuse) => {
      this.#waiting.push({ anchor, settle, refuse });
      this.#running ??= this.#run();
    });
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#release();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#put(newestOf(batch));
        for (const { settle } of batch) settle();
      } catch (error) {
        // Whoever waits hears of it; the next write is tried on its own.
        for (const { refuse } of batch) refuse(error);
      }
    }
    this.#running = undefined;
  }

  async #put(anchor: Anchor): Promise<void> {
    try {
      const file = await this.#attach();
      const there = this.#content;
      requireSameLog(anchor, there?.anchor);
      if (file === undefined || there === undefined || there.outdated) return await this.#create(anchor);
      if (isCovered(anchor, there.anchor)) return;
      const slot = formatSlot({ sequence: there.sequence + 1, anchor });
      await file.write(slot, 0, SLOT_BYTES, there.nextSlot * SLOT_BYTES);
      this.#bytes.set(slot, there.nextSlot * SLOT_BYTES);
      this.#content = { sequence: there.sequence + 1, anchor, nextSlot: there.nextSlot === 0 ? 1 : 0, outdated: false };
    } catch (error) {
      await this.#release();
      if (error instanceof ServiceError) throw error;
      const said = error instanceof Error ? error.message : String(error);
      const message = `The anchor cannot be made durable, and nothing is signed without it: ${said}`;
      throw new ServiceError({ code: 'anchor/not-durable', message }, { cause: error, retryAfterSeconds: 5 });
    }
  }

  /**
   * The open file with `#content` as it is now; undefined where there is none. Its 8 KB come out of the page cache
   * without a wait, and are parsed only where somebody else wrote them.
   */
  async #attach(): Promise<FileHandle | undefined> {
    if (this.#file !== undefined && fstatSync(this.#file.fd).nlink === 0) await this.#release();
    if (this.#file === undefined) {
      this.#content = readContent(this.#path);
      if (this.#content === undefined || this.#content.outdated) return undefined;
      // A write returns when it is on the disk, as if followed by fdatasync: one turn to another thread instead of two.
      this.#file = await open(this.#path, constants.O_RDWR | constants.O_DSYNC);
    }
    const bytes = new Uint8Array(ANCHOR_FILE_BYTES);
    const length = readSync(this.#file.fd, bytes, 0, ANCHOR_FILE_BYTES, 0);
    if (equalBytes(bytes, this.#bytes) && length === ANCHOR_FILE_BYTES) return this.#file;
    this.#content = parseAnchorFile(bytes.subarray(0, length));
    if (this.#content === undefined) throw malformed();
    this.#bytes = bytes;
    return this.#file;
  }

  /** Written beside, flushed and renamed, so that there is never half a file; both slots hold the same. */
  async #create(anchor: Anchor): Promise<void> {
    await this.#release();
    const there = readContent(this.#path)?.anchor;
    const newest = there !== undefined && there.size > anchor.size ? { ...anchor, ...there } : anchor;
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const slot = formatSlot({ sequence: 1, anchor: newest });
    const temporary = `${this.#path}.${process.pid}-${randomBytes(4).toString('hex')}.new`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(concatBytes(slot, slot));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
    await syncFolder(dirname(this.#path));
  }

  async #release(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#content = undefined;
    this.#bytes = new Uint8Array();
    await file?.close();
  }
}

/** The anchor of a log is what stands against its being continued by accident: another log's never takes its place. */
function requireSameLog(anchor: Anchor, there: Anchor | undefined): void {
  if (there === undefined || there.origin === anchor.origin) return;
  const message = `The anchor is that of ${there.origin}; that of ${anchor.origin} is not written over it.`;
  throw new ServiceError({ code: 'anchor/wrong-origin', message });
}

/** Heads of one log only grow, so that the newest covers the others. */
function newestOf(batch: readonly Waiting[]): Anchor {
  return batch.map(({ anchor }) => anchor).reduce((a, b) => (b.size >= a.size ? b : a));
}

/** Whether the file says as much already. The cluster counts too: it is pinned, and pinned anew, at an unchanged size. */
function isCovered(anchor: Anchor, there: Anchor): boolean {
  if (anchor.origin !== there.origin) return false;
  if (anchor.size !== there.size) return anchor.size < there.size;
  const { cluster } = anchor;
  return (
    cluster === undefined ||
    (cluster.systemIdentifier === there.cluster?.systemIdentifier && cluster.timeline === there.cluster.timeline)
  );
}

function readContent(path: string): AnchorContent | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const content = parseAnchorFile(bytes);
  if (content === undefined) throw malformed();
  return content;
}

function malformed(): ServiceError {
  return new ServiceError({
    code: 'anchor/malformed',
    message: 'The anchor file does not read; see docs/guides/operator.md.',
  });
}

/** Makes a rename in `folder` durable. */
export async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
