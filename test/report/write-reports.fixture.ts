/** Writes a report of a fixed ledger in all three forms into a folder: `node write-reports.fixture.ts FOLDER`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableOfEvidence } from '../../src/core/custody/evidence-job.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { custodyLedger, QUESTION } from '../custody/custody-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { signedReportBytes } from './signed-report-under-test.ts';
import { wholeStory } from './whole-story.ts';

const [, , folder = ''] = process.argv;
const program = readFileSync(join(import.meta.dirname, '../../dist/web/report.js'), 'utf8');
for (const [name, ledger] of [
  ['story', wholeStory()],
  ['plain', custodyLedger()],
] as const) {
  const evidence = ledger.evidenceBytes(QUESTION);
  const table = tableOfEvidence(evidence, trustOf(ledger), ledger.time);
  if (!table.ok) throw new Error(JSON.stringify(table.fault));
  writeFileSync(join(folder, `${name}.html`), renderReport(evidence, program));
  writeFileSync(join(folder, `${name}.json`), signedReportBytes(ledger));
  writeFileSync(join(folder, `${name}.csv`), table.value);
}
