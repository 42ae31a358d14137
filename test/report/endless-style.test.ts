import { test } from 'node:test';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { readReport } from '../../src/report/read-report.ts';
import { renderReport } from '../../src/report/render-report.ts';

// Looked for anew at each of them, the end of a style sheet would take an hour here.
test('a page of style sheets that never end is read in one pass', { timeout: 30_000 }, () => {
  const page = renderReport(encodeUtf8('{"a":1}'), 'program');
  readReport(encodeUtf8(page.replace('<noscript>', `${'<style>'.repeat(200_000)}<noscript>`)), []);
});
