import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import {
  formatExportEnd,
  formatExportHead,
  formatExportRow,
  parseExportHead,
  parseExportLine,
} from '../../src/core/export/export-lines.ts';
import { parseExportManifest } from '../../src/core/export/export-manifest.ts';
import { type FuzzedParser, ofBytes } from './fuzz-parser.ts';
import { LEDGER } from './seeds.ts';

const ENTRIES = [0, 1, 4].map((seq) => encodeUtf8(formatCanonicalJson(LEDGER.entry(seq) as unknown as Json)));
const EXPORT_HEAD = {
  period: { by: 'seq', from: 1, to: 3 },
  seqs: { from: 1, to: 3 },
  checkpoint: LEDGER.receipt(9).checkpoint,
  logKey: LEDGER.vkey,
  left: [],
} as const;
const DOCUMENT = { salt: new Uint8Array(32), bytes: new Uint8Array(7) };
/** Lines of an export as they are read, without their line feeds. */
const HEADS = [
  formatExportHead(EXPORT_HEAD),
  formatExportHead({
    ...EXPORT_HEAD,
    earlier: EXPORT_HEAD.checkpoint,
    consistency: [new Uint8Array(32)],
    before: ENTRIES[0] ?? new Uint8Array(),
  }),
].map((line) => encodeUtf8(line.trimEnd()));
const LINES = [
  ...ENTRIES.map((entry) => formatExportRow(entry)),
  formatExportRow(ENTRIES[1] ?? new Uint8Array(), DOCUMENT),
  formatExportEnd({ right: [new Uint8Array(32)] }),
  formatExportEnd({ right: [], after: ENTRIES[2] ?? new Uint8Array() }),
].map((line) => encodeUtf8(line.trimEnd()));
const MANIFEST = encodeUtf8(
  `${formatCanonicalJson({
    type: 'waybill/export-manifest/v1',
    origin: LEDGER.origin,
    period: { from: 0, to: 9 },
    ended: true,
    seqs: { from: 0, to: 9 },
    checkpoint: { size: 9, root: Buffer.alloc(32).toString('base64') },
    counts: { 'image.signed': 1 },
    absent: { count: 1, seqs: [3] },
    tables: { images: 1 },
    formats: ['csv', 'json'],
    sample: { seed: 'a seed', items: 3 },
    files: [{ name: 'sample/3.custody.html', size: 1, sha256: 'ab'.repeat(32) }],
  })}\n`,
);

/** What exports of a period are made of. */
export const PARSERS_OF_EXPORTS: readonly FuzzedParser[] = [
  {
    name: 'core/export/export-lines.ts parseExportHead',
    seeds: HEADS,
    parse: ofBytes(parseExportHead),
    json: 'canonical',
  },
  {
    name: 'core/export/export-lines.ts parseExportLine',
    seeds: LINES,
    parse: ofBytes(parseExportLine),
    json: 'canonical',
  },
  {
    name: 'core/export/export-manifest.ts parseExportManifest',
    seeds: [MANIFEST],
    parse: ofBytes(parseExportManifest),
  },
];
