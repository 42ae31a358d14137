import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { reportCsv } from '../../src/core/custody/report-csv.ts';
import { judgeCustody } from '../../src/core/custody/verify-custody.ts';
import { formatCsvRecord } from '../../src/core/export/csv.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { parseCsv } from '../export/parse-csv.ts';
import { QUESTION, wholeStory } from './whole-story.ts';

describe('a report as a table', () => {
  const ledger = wholeStory();
  const evidence = parseEvidence(ledger.evidenceBytes(QUESTION));
  assert(evidence.ok);
  const asked = { evidence: evidence.value, question: QUESTION, trust: trustOf(ledger), evaluatedAt: ledger.time };
  const judged = judgeCustody(asked);
  const text = reportCsv(judged, evidence.value);
  const table = parseCsv(text);
  const of = (row: string) => table.filter((fields) => fields.row === row);

  it('has the verdict, a row for each check and a row for each entry, by columns that have names', () => {
    assert.match(text, /^\ufeffrow,subject,repository,seq,time,name,outcome,reason,/);
    assert.deepEqual(
      [of('verdict').length, of('check').length, of('entry').length],
      [1, judged.result.checks.length, evidence.value.entries.length],
    );
    assert.equal(of('verdict')[0]?.outcome, judged.result.verdict);
  });

  it('names persons and says each check in words', () => {
    const asking = of('entry').find(({ name }) => name === 'waiver.requested');
    assert.deepEqual([asking?.principal, asking?.person], ['anna', 'p-anna']);
    assert(of('check').every(({ text: words = '' }) => words.length > 10));
  });

  it('holds no field that a spreadsheet takes for a formula, in full width neither', () => {
    for (const attack of [
      '=HYPERLINK("http://a.example","x")',
      '+1',
      '-2+3',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '\n=1',
      '＝1+1',
    ])
      assert.match(formatCsvRecord([attack]), /^"?'/);
  });

  it('holds no field that a spreadsheet which parts by semicolons and tabs, too, would take for several', () => {
    for (const attack of ['fixed;=HYPERLINK("http://a.example")', 'fixed\t=1+1'])
      assert.match(formatCsvRecord(['a', attack, 'b']), /^a,"fixed[;\t]=[^;\t]*",b\r\n$/);
  });
});
