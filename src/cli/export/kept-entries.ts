import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync } from 'node:fs';
import { type ExportHead, parseExportHead, parseExportLine } from '../../core/export/export-lines.ts';
import { EXPORT_LINE_BYTES_MAX } from '../../core/limits.ts';
import { EXIT } from '../exit-codes.ts';
import { kindOfPath } from '../local-file.ts';
import { stopOf } from '../stop.ts';
import { openPlainFile } from './plain-file.ts';

const LF = 0x0a;

/** What has come of an export: its first line, the seq of its last entry, and whether it is all. */
export type KeptEntries = { readonly head?: ExportHead; readonly last?: number; readonly ended: boolean };

/**
 * Looks at what a broken transfer left, and cuts off the line that did not come whole. Without an entry nothing is kept, so
 * that the first line is asked for again. Nothing is verified. Stops with exit code 12 where it is no export.
 */
export function keepEntries(path: string): KeptEntries {
  if (kindOfPath(path) === undefined) return { ended: false };
  const file = openPlainFile(path, 'change');
  try {
    const end = wholeEnd(file, fstatSync(file).size);
    const first = lineAt(file, 0, end);
    const lastFrom = end === 0 ? 0 : afterFeed(file, end - 1);
    if (first === undefined || lastFrom === 0) {
      ftruncateSync(file, 0);
      return { ended: false };
    }
    ftruncateSync(file, end);
    const head = parseExportHead(first);
    if (!head.ok) throw stopOf(EXIT.integrity, head.fault, `${path} is no export`);
    const line = parseExportLine(readPiece(file, lastFrom, end - 1));
    if (!line.ok) throw stopOf(EXIT.integrity, line.fault, `${path} is no export`);
    if ('end' in line.value) return { head: head.value, ended: true };
    return { head: head.value, last: line.value.row.entry.seq, ended: false };
  } finally {
    closeSync(file);
  }
}

/** The first line of a plain file, where it is there and has come whole. */
export function readHead(path: string): ExportHead | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const file = openSync(path, 'r');
  try {
    const line = lineAt(file, 0, fstatSync(file).size);
    if (line === undefined) return undefined;
    const head = parseExportHead(line);
    if (head.ok) return head.value;
    throw stopOf(EXIT.integrity, head.fault, `${path} is no export`);
  } finally {
    closeSync(file);
  }
}

/** Where the last whole line ends, its line feed included; 0 where there is none within the bound of a line. */
function wholeEnd(file: number, size: number): number {
  const from = Math.max(0, size - EXPORT_LINE_BYTES_MAX - 1);
  const found = readPiece(file, from, size).lastIndexOf(LF);
  return found === -1 ? 0 : from + found + 1;
}

/** Where the line begins that ends before `end`. */
function afterFeed(file: number, end: number): number {
  const from = Math.max(0, end - EXPORT_LINE_BYTES_MAX - 1);
  const found = readPiece(file, from, end).lastIndexOf(LF);
  return found === -1 ? from : from + found + 1;
}

function lineAt(file: number, from: number, size: number): Uint8Array | undefined {
  const piece = readPiece(file, from, Math.min(size, from + EXPORT_LINE_BYTES_MAX + 1));
  const end = piece.indexOf(LF);
  return end === -1 ? undefined : piece.subarray(0, end);
}

function readPiece(file: number, from: number, to: number): Buffer {
  const piece = Buffer.alloc(to - from);
  const read = readSync(file, piece, 0, piece.length, from);
  return piece.subarray(0, read);
}
