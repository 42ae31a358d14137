import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { entryHash } from '../../src/core/entry/entry.ts';
import { ExportFiles } from '../../src/core/export/export-files.ts';
import { parseExportLine } from '../../src/core/export/export-lines.ts';
import { rootOf } from '../../src/core/merkle/tree.ts';
import { bySeq, exportLines, type Log, shown } from '../export/export-under-test.ts';
import { folderOf } from './export-folders.ts';

/** The folder of an export of a log without a sample, in these forms: its tables are those of the product. */
export function madeFolder(log: Log, formats: readonly ('csv' | 'json')[], from = 0, to = log.leaves.length): string {
  const lines = exportLines(log, { period: bySeq(from, to), from, to });
  const whole = shown(lines);
  assert(typeof whole !== 'string', String(whole));
  const { seqs, ended, counts, absent } = whole;
  const [size, root] = [log.leaves.length, rootOf(log.leaves.map(entryHash))];
  const files = new Map([['entries.jsonl', lines.join('')]]);
  const write = (name: string, text: string) => void files.set(name, (files.get(name) ?? '') + text);
  const made = new ExportFiles({ formats }, { origin: log.origin, size, root }, write);
  for (const line of lines.slice(1, -1)) {
    const read = parseExportLine(Buffer.from(line.trimEnd()));
    assert(read.ok && 'row' in read.value);
    made.take(read.value.row);
  }
  const { tables } = made.end();
  const named = [...files].map(([name, text]) => {
    const bytes = Buffer.from(text);
    return { name, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  const manifest = {
    type: 'waybill/export-manifest/v1',
    origin: log.origin,
    period: { from, to },
    seqs: { ...seqs },
    checkpoint: { size, root: Buffer.from(root).toString('base64') },
    ended,
    counts: { ...counts },
    absent: { ...absent, seqs: [...absent.seqs] },
    tables,
    formats: [...formats],
    files: named.sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
  files.set('export.json', `${formatCanonicalJson(manifest as Json)}\n`);
  return folderOf(files);
}
