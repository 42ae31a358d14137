import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatControlDocs } from '../../scripts/write-control-docs.ts';
import { CHECK_CONTROLS, controlRows } from '../../src/core/controls/check-controls.ts';
import { CONTROLS } from '../../src/core/controls/controls.ts';
import { CHECK_CODES } from '../../src/core/custody/check.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { type Entry, entryHash } from '../../src/core/entry/entry.ts';
import { KINDS } from '../../src/core/entry/kinds.ts';
import { type Cell, CSV_BEGINNING, formatCsvRecord } from '../../src/core/export/csv.ts';
import { SampleDraw } from '../../src/core/export/draw-sample.ts';
import { EXPORT_FORMATS, ExportFiles } from '../../src/core/export/export-files.ts';
import { parseExportLine } from '../../src/core/export/export-lines.ts';
import { parseExportManifest } from '../../src/core/export/export-manifest.ts';
import { OpenBalance } from '../../src/core/export/open-balance.ts';
import { questionOf } from '../../src/core/export/sample-question.ts';
import { TABLES, tableOf, UNTABLED_KINDS } from '../../src/core/export/tables.ts';
import { rootOf } from '../../src/core/merkle/tree.ts';
import { bySeq, draftsOfEveryKind, entryOf, exportLines, hexOf, linkLog, ORIGIN, REASON } from './export-under-test.ts';
import { parseCsv } from './parse-csv.ts';

const LOG = linkLog(draftsOfEveryKind());
const SIZE = LOG.leaves.length;
const CHECKPOINT = { origin: ORIGIN, size: SIZE, root: rootOf(LOG.leaves.map(entryHash)) };
const ROWS = exportLines(LOG, { period: bySeq(0, SIZE), from: 0, to: SIZE })
  .slice(1, -1)
  .map((line) => {
    const read = parseExportLine(Buffer.from(line.trimEnd()));
    assert(read.ok && 'row' in read.value);
    return read.value.row;
  });

function filesOf(sample?: { seed: string; items: number }) {
  const files = new Map<string, string>();
  const write = (name: string, text: string) => void files.set(name, (files.get(name) ?? '') + text);
  const made = new ExportFiles({ formats: EXPORT_FORMATS, ...(sample && { sample }) }, CHECKPOINT, write);
  for (const row of ROWS) made.take(row);
  return { ...made.end(), files };
}

test('every kind stands in exactly one table, or is said to stand in none', () => {
  for (const kind of Object.keys(KINDS)) {
    const tables = TABLES.filter(({ kinds }) => kinds?.includes(kind)).map(({ name }) => name);
    assert.deepEqual(tables.length, UNTABLED_KINDS.includes(kind) ? 0 : 1, kind);
    assert.equal(tableOf(kind)?.name, tables[0]);
  }
  // What a later version writes is a row, whatever its body is.
  assert.equal(tableOf('future.happened')?.name, 'others');
});

test('tables hold a row for each entry, in CSV and in JSON alike', () => {
  const { files, tables } = filesOf();
  let rows = 0;
  for (const { name, kinds } of TABLES) {
    const csv = parseCsv(files.get(`${name}.csv`) ?? '');
    const json = JSON.parse(files.get(`${name}.json`) ?? '') as Record<string, string | number>[];
    assert.deepEqual(
      csv,
      json.map((row) =>
        Object.fromEntries(Object.keys(csv[0] ?? {}).map((column) => [column, String(row[column] ?? '')])),
      ),
    );
    const expected = LOG.leaves.flatMap((leaf) => (kinds?.includes(entryOf(leaf).kind) ? [hexOf(leaf)] : []));
    assert.deepEqual(
      json.map(({ entry_sha256: hash }) => hash),
      expected,
    );
    assert.equal(tables[name], expected.length);
    rows += expected.length;
  }
  const untabled = LOG.leaves.filter((leaf) => UNTABLED_KINDS.includes(entryOf(leaf).kind)).length;
  assert.equal(rows, SIZE - untabled);
  const waivers = JSON.parse(files.get('waivers.json') ?? '') as Record<string, string>[];
  assert.equal(waivers.find(({ kind }) => kind === 'waiver.requested')?.reason, REASON);
  const grant = (JSON.parse(files.get('trust.json') ?? '') as Record<string, string>[]).find(
    ({ kind }) => kind === 'principal.granted',
  );
  assert.deepEqual([grant?.person, grant?.repositories, grant?.title], ['p-1', 'shop/*', 'Dörte']);
});

test('no cell can be a formula, and every cell can be taken back (property)', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', "'", '"', ','), fc.string())
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), (cells) => {
      const record = formatCsvRecord(cells);
      assert(record.endsWith('\r\n'));
      const header = formatCsvRecord(cells.map((_, place) => `c${place}`));
      const [row] = parseCsv(`${CSV_BEGINNING}${header}${record}`);
      assert.deepEqual(Object.values(row ?? {}), cells);
      for (const raw of Object.values(parseCsv(`${CSV_BEGINNING}${header}${record}`, true)[0] ?? {}))
        assert(!/^[=+\-@\t\r]/.test(raw), raw);
    }),
  );
});

test('records are spelled as RFC 4180 has them', () => {
  const cases: readonly (readonly [readonly Cell[], string])[] = [
    [['a', 1, undefined, ''], 'a,1,,\r\n'],
    [['a,b', 'say "so"', 'two\nlines', ' x'], '"a,b","say ""so""","two\nlines"," x"\r\n'],
    [['=1+1', '-1', "'x", '@a', '+b', -1], "'=1+1,'-1,''x,'@a,'+b,-1\r\n"],
  ];
  for (const [cells, text] of cases) assert.equal(formatCsvRecord(cells), text);
});

test('a sample is the entries with the smallest scores, as whoever sorts them all by hand finds them (property)', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      (seed, items) => {
        const score = (leaf: Uint8Array) =>
          createHash('sha256').update('waybill/sample/v1\0').update(entryHash(leaf)).update(seed).digest('hex');
        const expected = TABLES.flatMap(({ name, kinds }) =>
          LOG.leaves
            .filter((leaf) => kinds?.includes(entryOf(leaf).kind))
            .map((leaf) => [name, hexOf(leaf), score(leaf)] as const)
            .sort(([, , a], [, , b]) => (a < b ? -1 : 1))
            .slice(0, items),
        );
        const { items: drawn } = filesOf({ seed, items });
        assert.deepEqual(
          drawn.map(({ table, entry, score: own }) => [table, entry, own]),
          expected,
        );
      },
    ),
    { numRuns: 30 },
  );
});

test('another seed draws another sample, of each table no more than was asked for', () => {
  const draw = (seed: string) => {
    const drawn = new SampleDraw({ seed, items: 3 });
    for (const row of ROWS) drawn.take('all', row);
    return drawn.items(['all']).map(({ seq }) => seq);
  };
  assert.equal(new Set(['a', 'b', 'c'].map((seed) => draw(seed).join())).size, 3);
  assert.equal(draw('a').length, 3);
});

test('an item is judged by the last state that was published in the period, and by the checkpoint where it came later', () => {
  const committed = LOG.leaves.findLastIndex((leaf) => entryOf(leaf).kind === 'map.committed');
  const { items } = filesOf({ seed: 'a', items: 5 });
  assert(items.length > 10);
  for (const { state } of items)
    assert.deepEqual(state, { size: committed + 1, last: hexOf(LOG.leaves[committed] ?? new Uint8Array()) });
  const cut = new ExportFiles({ formats: [], sample: { seed: 'a', items: 5 } }, CHECKPOINT, () => undefined);
  for (const row of ROWS.slice(0, 6)) cut.take(row);
  const states = cut.end().items.map(({ seq, state }) => [seq < 2, state.size]);
  assert(states.length > 3);
  for (const [early, size] of states) assert.equal(size, early ? 2 : CHECKPOINT.size);
});

test('what is asked about an item is the custody of its image, or the list that it belongs to', () => {
  const questions = new Map(ROWS.map(({ entry }) => [entry.kind, questionOf(entry)]));
  for (const kind of ['image.signed', 'image.retired', 'verdict.recorded', 'waiver.approved', 'attestation.recorded'])
    assert.equal(questions.get(kind)?.form, 'custody', kind);
  const released = questions.get('image.released');
  assert(released?.form === 'custody' && released.environment !== undefined);
  const keys = ['contract.published', 'run.closed', 'settings.changed', 'principal.revoked'].map((kind) =>
    questions.get(kind),
  );
  assert.deepEqual(
    keys.map((question) => question?.form === 'list' && question.key.replace(/:.*/, '')),
    ['contract', 'run', 'trust', 'principal'],
  );
  const [first] = ROWS;
  assert(first !== undefined);
  for (const body of [null, 7, 'digest', ['a'], { digest: 7 }, { digest: 'x' }]) {
    const entry: Entry = { ...first.entry, kind: 'future.happened', repository: 'shop/api', body };
    assert.deepEqual(questionOf(entry), { form: 'list', key: 'trust' });
  }
});

test('the balance has what began in the period and had not ended in it', () => {
  const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, '0')}:00.000Z`;
  const balance = new OpenBalance();
  const take = (seq: number, kind: string, fields: object) =>
    balance.take({ ...entryOf(LOG.leaves[0]), seq, kind, time: at(seq), repository: 'shop/api', ...fields });
  const run = (id: string) => ({ run: id, body: { commit: '5b'.repeat(20), expires: at(50), outcome: 'failed' } });
  const waiver = (id: string, expires = 50, breakGlass = false) => ({
    body: { waiver: id, digest: 'sha256:aa', expires: at(expires), breakGlass },
  });
  take(1, 'run.opened', run('r-1'));
  take(2, 'run.opened', run('r-2'));
  take(3, 'run.opened', run('r-3'));
  take(4, 'run.closed', run('r-1'));
  take(5, 'run.expired', run('r-3'));
  take(6, 'run.closed', run('r-from-before'));
  take(7, 'waiver.requested', waiver('w-1'));
  take(8, 'waiver.requested', waiver('w-2'));
  take(9, 'waiver.requested', waiver('w-3', 12));
  take(10, 'waiver.requested', waiver('w-4', 50, true));
  take(11, 'waiver.approved', waiver('w-1'));
  take(12, 'waiver.revoked', waiver('w-2'));
  take(13, 'waiver.approved', waiver('w-from-before'));
  assert.deepEqual(
    balance.rows(at(20)).map(({ id, state }) => [id, state]),
    [
      ['r-2', 'open'],
      ['w-1', 'approved'],
      ['w-4', 'break-glass'],
    ],
  );
});

test('every check supports a control, every control is supported by a check, and no other is named', () => {
  assert.deepEqual(Object.keys(CHECK_CONTROLS).sort(), [...CHECK_CODES].sort());
  const named = new Set(Object.values(CHECK_CONTROLS).flatMap(({ supports }) => supports));
  assert.deepEqual([...named].sort(), Object.keys(CONTROLS).sort());
  for (const { supports } of Object.values(CHECK_CONTROLS)) assert.equal(new Set(supports).size, supports.length);
  assert(controlRows(CHECK_CONTROLS).length > CHECK_CODES.length);
});

test('docs/spec/controls.md is what the tables say; run scripts/write-control-docs.ts where it is not', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/spec/controls.md'), 'utf8');
  assert.equal(text, formatControlDocs());
});

test('a manifest has one spelling, and no file of it lies elsewhere (export/malformed)', () => {
  const manifest = {
    type: 'waybill/export-manifest/v1',
    origin: ORIGIN,
    period: { from: 0, to: 9 },
    ended: true,
    seqs: { from: 0, to: 9 },
    checkpoint: { size: 9, root: Buffer.alloc(32).toString('base64') },
    counts: {},
    absent: { count: 0, seqs: [] },
    tables: {},
    formats: ['csv'],
    files: [{ name: 'images.csv', size: 1, sha256: 'ab'.repeat(32) }],
  };
  const spell = (value: object) => Buffer.from(`${formatCanonicalJson(value as Json)}\n`);
  const code = (bytes: Uint8Array) => {
    const read = parseExportManifest(bytes);
    return read.ok ? 'read' : read.fault.code;
  };
  assert.equal(code(spell(manifest)), 'read');
  assert.equal(code(spell(manifest).subarray(0, -1)), 'export/malformed');
  for (const name of ['../images.csv', 'a/b.csv', '/etc/passwd', '.hidden', 'sample/../x', ''])
    assert.equal(
      code(spell({ ...manifest, files: [{ name, sha256: 'ab'.repeat(32), size: 1 }] })),
      'export/malformed',
      name,
    );
});
