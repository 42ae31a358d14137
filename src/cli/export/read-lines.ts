import { closeSync, openSync, readSync } from 'node:fs';
import { fail, ok, type Result } from '../../core/fault.ts';
import { EXPORT_LINE_BYTES_MAX } from '../../core/limits.ts';

const PIECE_BYTES = 256 * 1024;
const LF = 0x0a;

/**
 * The lines of a file one after the other, without their line feeds, in memory for one line; what is given is good until the
 * next one is asked for. A line that is longer than lines of exports are, or that has no line feed, is the last and a fault:
 * `export/malformed`, `export/not-ended`.
 */
export function* readLines(path: string): Generator<Result<Uint8Array>, void, undefined> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(EXPORT_LINE_BYTES_MAX + PIECE_BYTES);
    let [from, end] = [0, 0];
    for (;;) {
      const found = buffer.subarray(from, end).indexOf(LF);
      if (found !== -1) {
        yield ok(buffer.subarray(from, from + found));
        from += found + 1;
        continue;
      }
      if (end - from > EXPORT_LINE_BYTES_MAX) return yield fail('export/malformed', 'A line is too long.');
      buffer.copyWithin(0, from, end);
      [from, end] = [0, end - from];
      const read = readSync(file, buffer, end, PIECE_BYTES, null);
      if (read === 0) break;
      end += read;
    }
    if (end > 0) yield fail('export/not-ended', 'The last line is cut short.');
  } finally {
    closeSync(file);
  }
}
