import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORT_TYPE } from '../../core/export/export-lines.ts';
import { EXPORT_LINE_BYTES_MAX } from '../../core/limits.ts';
import { kindOfPath } from '../local-file.ts';

/** Names of the parts that every export has. */
export const ENTRIES = 'entries.jsonl';
export const MANIFEST = 'export.json';

/** Where the parts of an export lie in its folder. */
export function exportPaths(folder: string) {
  return {
    folder,
    entries: join(folder, ENTRIES),
    /** What has come of the entries so far. */
    partial: join(folder, `${ENTRIES}.partial`),
    /** Written last: an export that has one is finished. */
    manifest: join(folder, MANIFEST),
    sample: join(folder, 'sample'),
  };
}

/** An export as somebody names it: its folder, or its entries alone. */
export type ExportPlace = { readonly entries: string; readonly folder?: string };

/**
 * The export at a path; undefined where something else lies there. Only the first line of a file is looked at. A folder is one with its
 * manifest, whether that is there or not: what lies beside the entries is taken for theirs.
 */
export function findExport(path: string): ExportPlace | undefined {
  const kind = kindOfPath(path);
  if (kind === 'file') return beginsLikeExport(path) ? { entries: path } : undefined;
  if (kind === undefined) return undefined;
  const { entries, manifest } = exportPaths(path);
  const isExport = kindOfPath(manifest) === 'file' || (kindOfPath(entries) === 'file' && beginsLikeExport(entries));
  return isExport ? { entries, folder: path } : undefined;
}

/** Members of the first line are in the order of their names, so that its type stands at its end. */
const ENDING = /"type":"waybill\/export\/[^"]{1,16}"\}$/;

function beginsLikeExport(path: string): boolean {
  if (!statSync(path).isFile()) return false;
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(EXPORT_LINE_BYTES_MAX + 1);
    const read = readSync(file, piece, 0, piece.length, 0);
    const end = piece.subarray(0, read).indexOf(0x0a);
    if (end === -1) return false;
    return ENDING.test(piece.toString('latin1', Math.max(0, end - EXPORT_TYPE.length - 32), end));
  } finally {
    closeSync(file);
  }
}
