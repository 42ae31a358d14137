import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { formatCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { formatNote, type NoteSigner } from '../../src/core/checkpoint/signed-note.ts';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { entryHash } from '../../src/core/entry/entry.ts';
import { formatBundle } from '../../src/core/merkle/entry-bundle.ts';
import { consistencyPathFromTiles, parseTilePath, tilesForConsistency } from '../../src/core/merkle/tile.ts';
import { leavesPerHash, parseBundlePath } from '../../src/core/merkle/tile-path.ts';
import { consistencyPath, rootOf } from '../../src/core/merkle/tree.ts';
import { type SparseTree, sparseTree } from '../merkle/sparse-tree.ts';

/** What a log shows: by default everything follows from `leaves`, and each part may be made to lie. */
export type Shown = {
  origin: string;
  signer: NoteSigner;
  /** Exact entries; what is signed, proved and handed out, unless told otherwise. */
  leaves: readonly Uint8Array[];
  /** Entries as bundles hand them out. */
  handedOut?: readonly Uint8Array[] | undefined;
  /** Entries as the hash tiles have them. */
  tiled?: readonly Uint8Array[] | undefined;
  /** Size of the checkpoint. */
  size?: number | undefined;
  /** A tree of a size that no log has, which begins with `leaves`: signed, proved, and handed out as tiles. */
  promised?: Promised | undefined;
  /** Answers in place of what would be answered; undefined leaves it. */
  answer?: ((path: string) => { readonly status: number; readonly body: string | Uint8Array } | undefined) | undefined;
};

export type Promised = { readonly size: number; readonly tree: SparseTree };

/** What is promised where `size` entries are signed that begin with `leaves`: well-formed down to the last hash. */
export function promise(leaves: readonly Uint8Array[], size: number): Promised {
  const known = Array.from({ length: Math.min(leaves.length, size) }, (_, seq) => seq);
  return { size, tree: sparseTree(known, (seq) => entryHash(leaves[seq] ?? new Uint8Array())) };
}

/** The checkpoint that is shown. */
export function checkpointOf(shown: Shown): string {
  const size = sizeOf(shown);
  const root = shown.promised?.tree.rootOver(0, size) ?? rootOf(shown.leaves.slice(0, size).map(entryHash));
  return formatNote(formatCheckpoint({ origin: shown.origin, size, root }), [shown.signer]);
}

/** A server over what is shown, which may be changed at any time. Counts the bundles that it handed out. */
export async function serveLog(shown: Shown) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    answer(shown, path, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function answer(shown: Shown, path: string, request: IncomingMessage, response: ServerResponse): void {
  const told = shown.answer?.(path);
  const body = told === undefined ? honest(shown, path) : told.body;
  response.statusCode = told?.status ?? (body === undefined ? 404 : 200);
  const bytes = Buffer.from(body ?? '{"code":"service/not-found"}');
  const zipped = String(request.headers['accept-encoding']).includes('gzip') && path.includes('entries');
  if (zipped) response.setHeader('content-encoding', 'gzip');
  response.end(zipped ? gzipSync(bytes) : bytes);
}

function sizeOf({ promised, size, leaves }: Shown): number {
  return promised?.size ?? size ?? leaves.length;
}

function honest(shown: Shown, path: string): string | Uint8Array | undefined {
  if (path === '/log/checkpoint') return checkpointOf(shown);
  const proof = /^\/v1\/consistency\?from=(\d+)&to=(\d+)$/.exec(path);
  if (proof !== null) {
    const hashes = proofOf(shown, Number(proof[1]), Number(proof[2]));
    return JSON.stringify({ path: hashes.map((hash) => Buffer.from(hash).toString('base64')) });
  }
  const bundle = parseBundlePath(path.slice('/log/'.length));
  if (bundle.ok) {
    const from = bundle.value.index * 256;
    const entries = (shown.handedOut ?? shown.leaves).slice(from, from + bundle.value.width);
    return entries.length < (shown.promised === undefined ? 1 : bundle.value.width) ? undefined : formatBundle(entries);
  }
  const tile = parseTilePath(path.slice('/log/'.length));
  if (!tile.ok) return undefined;
  const { level, index, width } = tile.value;
  if (shown.promised !== undefined) return shown.promised.tree.tile(tile.value);
  const hashes = (shown.tiled ?? shown.leaves).slice(0, sizeOf(shown)).map(entryHash);
  const leaves = leavesPerHash(level);
  const roots = Array.from({ length: width }, (_, place) => (index * 256 + place) * leaves).map((from) =>
    from + leaves <= hashes.length ? rootOf(hashes.slice(from, from + leaves)) : undefined,
  );
  return roots.includes(undefined) ? undefined : concatBytes(...roots.flatMap((root) => root ?? []));
}

function proofOf({ leaves, promised }: Shown, from: number, to: number): readonly Uint8Array[] {
  if (promised === undefined) return consistencyPath(leaves.slice(0, to).map(entryHash), from);
  const path = consistencyPathFromTiles(from, to, promised.tree.tiles(tilesForConsistency(from, to)));
  assert(path.ok);
  return path.value;
}
