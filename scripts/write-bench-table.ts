/**
 * Writes the table of docs/performance.md from one run of the bench: `npm run bench -- --out run.json`, then
 * `npx node scripts/write-bench-table.ts run.json`. With `--print` the table goes to standard output instead.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderMarkdown } from '../src/main/bench/render-markdown.ts';
import type { BenchReport } from '../src/main/bench/run-bench.ts';

const BEGIN = '<!-- the table of one run: npx node scripts/write-bench-table.ts -->';
const END = '<!-- end of the table -->';

/** The document with `table` between its two marks; throws where they are not there. */
export function putTable(document: string, table: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin === -1 || end < begin) throw new Error('the document has no place for the table');
  return `${document.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}

if (import.meta.main) {
  const [file, option] = process.argv.slice(2);
  if (file === undefined) throw new Error('give the JSON of a run: npm run bench -- --out run.json');
  const table = renderMarkdown(JSON.parse(readFileSync(file, 'utf8')) as BenchReport);
  const place = path.resolve(import.meta.dirname, '../docs/performance.md');
  if (option === '--print') process.stdout.write(`${table}\n`);
  else writeFileSync(place, putTable(readFileSync(place, 'utf8'), table));
}
