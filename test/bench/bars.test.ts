import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { putTable } from '../../scripts/write-bench-table.ts';
import { BARS, type BarId, type BarResult, judgeBar, type Measured, missedBars } from '../../src/main/bench/bars.ts';
import { renderBench } from '../../src/main/bench/render-bench.ts';
import { renderMarkdown } from '../../src/main/bench/render-markdown.ts';
import type { BenchReport } from '../../src/main/bench/run-bench.ts';

function judge(id: BarId, measured: Measured): BarResult {
  const bar = BARS.find((known) => known.id === id);
  assert(bar !== undefined);
  return judgeBar(bar, measured);
}

function reportOf(...bars: readonly BarResult[]): BenchReport {
  const machine = { cpu: 'one | two', cores: 2, postgres: { fsync: 'on' } };
  const at = { commit: null, startedAt: '2026-01-02T03:04:05.678Z', seconds: 1.5, quick: true };
  return { machine, ...at, parameters: { clients: 64 }, bars };
}

test('a bar that wants more is met from its limit on', () => {
  assert.equal(judge('single-post-ratio', { value: 0.36 }).met, true);
  assert.equal(judge('single-post-ratio', { value: 0.37 }).met, true);
  assert.equal(judge('single-post-ratio', { value: 0.3599 }).met, false);
});

test('a bar that wants less is met up to its limit', () => {
  assert.equal(judge('gate-p99-ms', { value: 10 }).met, true);
  assert.equal(judge('gate-p99-ms', { value: 10.01 }).met, false);
  assert.equal(judge('gate-p99-ms', { value: 0.5 }).met, true);
});

test('a value just short of its limit is not rounded into it', () => {
  const bar = judge('single-post-ratio', { value: 0.359_999_9 });
  assert.equal(bar.value, 0.36);
  assert.equal(bar.met, false);
});

test('what was not measured is neither met nor missed, and says why', () => {
  const bar = judge('completeness-proof', { value: null, why: 'not measured in quick form' });
  assert.deepEqual([bar.value, bar.met, bar.why], [null, null, 'not measured in quick form']);
});

test('a value of something else than the bar decides nothing', () => {
  const bar = judge('start-to-ready-s', { value: 0.8, undecided: true, why: 'measured over 10 entries' });
  assert.deepEqual([bar.value, bar.met], [0.8, null]);
});

test('a value that is endless or no number misses its bar', () => {
  for (const value of [Number.POSITIVE_INFINITY, Number.NaN]) {
    for (const id of ['gate-p99-ms', 'audit-ratio'] as const) {
      const bar = judge(id, { value, why: '12 questions got no yes' });
      assert.deepEqual([bar.value, bar.met], [null, false]);
    }
  }
});

test('a planted missed bar is printed as missed, for people, in the table and in JSON', () => {
  const missed = judge('single-post-ratio', { value: 0.2 });
  const met = judge('evidence-10-stage-kb', { value: 26 });
  const open = judge('absence-proof', { value: null, why: 'not measured in quick form' });
  const report = reportOf(missed, met, open);
  assert.deepEqual(missedBars(report.bars), [missed]);
  assert.match(renderBench(report), /^single-post-ratio +0\.2 +≥ 0\.36 +MISSED$/m);
  assert.match(renderBench(report), /^evidence-10-stage-kb +26 KB +≤ 150 KB +met$/m);
  assert.match(renderMarkdown(report), /^\| `single-post-ratio` \| ≥ 0\.36, goal 0\.6 \| 0\.2 \| \*\*MISSED\*\* \|/m);
  assert.match(renderMarkdown(report), /^1 of 2 decided bars met\./m);
  assert.equal(JSON.parse(JSON.stringify(report)).bars[0].met, false);
});

test('the table goes between its marks, whatever stood there, and nowhere else', () => {
  const marks = ['<!-- the table of one run: npx node scripts/write-bench-table.ts -->', '<!-- end of the table -->'];
  const document = `before\n${marks[0]}\n\nold\n\n${marks[1]}\nafter\n`;
  const table = renderMarkdown(reportOf(judge('audit-ratio', { value: 0.31 })));
  const written = putTable(document, table);
  assert.equal(written, `before\n${marks[0]}\n\n${table}\n\n${marks[1]}\nafter\n`);
  assert.equal(putTable(written, table), written);
  assert.match(table, /\| cpu \| one \\\| two \|/);
  assert.throws(() => putTable('no marks', table));
});

test('every bar has an id of its own', () => {
  assert.equal(new Set(BARS.map(({ id }) => id)).size, BARS.length);
});

test('docs/performance.md has a place for the table, and says how each bar is measured', () => {
  const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'performance.md'), 'utf8');
  assert.match(putTable(document, 'the table'), /\n\nthe table\n\n/);
  const [, methods = ''] = document.split('## 3. How each bar is measured');
  for (const { id } of BARS) assert.ok(methods.includes(`\`${id}\``), id);
});
