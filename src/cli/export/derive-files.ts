import type { NoteKey } from '../../core/checkpoint/signed-note.ts';
import type { SampleItem } from '../../core/export/draw-sample.ts';
import { ExportFiles, type ExportFilesOptions } from '../../core/export/export-files.ts';
import type { ExportRow } from '../../core/export/export-lines.ts';
import type { ExportFile } from '../../core/export/export-manifest.ts';
import type { VerifiedExport } from '../../core/export/export-reader.ts';
import { invariant } from '../../core/fault.ts';
import type { Progress } from '../progress.ts';
import { walkEntries } from './walk-entries.ts';
import { openFileWriter } from './write-files.ts';

/** What follows from the entries of an export. */
export type Derived = {
  readonly whole: VerifiedExport;
  readonly tables: Readonly<Record<string, number>>;
  readonly items: readonly SampleItem[];
  readonly files: readonly ExportFile[];
};

/**
 * Verifies the entries, and writes the files that follow from them into `folder`; without one they are hashed and not kept.
 * Stops with exit code 12 where the entries do not hold: what was written by then counts for nothing.
 */
export function deriveFiles(
  entries: string,
  keys: readonly NoteKey[],
  options: ExportFilesOptions & { readonly folder?: string; readonly onRow?: (row: ExportRow) => void },
  progress: Progress,
): Derived {
  const writer = openFileWriter(options.folder);
  let files: ExportFiles | undefined;
  const whole = walkEntries(
    entries,
    keys,
    {
      begin: ({ checkpoint }) => {
        files = new ExportFiles(options, checkpoint, writer.write);
      },
      row: (row) => {
        files?.take(row);
        options.onRow?.(row);
      },
    },
    progress,
  );
  invariant(files !== undefined, 'an export that holds has begun');
  const { tables, items } = files.end();
  return { whole, tables, items, files: writer.end() };
}
