/** Writes docs/spec/faults.md from the table that answers with the codes; a test holds the file to it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { FAULTS } from '../src/http/faults/faults.ts';

const HEAD = `# Fault codes

Every refusal of the HTTP API is a problem (RFC 9457, \`application/problem+json\`) that carries one of these codes, and
every check of a custody result that did not pass names one as its reason. Codes are stable: branch on them, never on
texts. The \`type\` of a problem is \`https://waybill.dev/faults/\` and the code. The status is that of an HTTP answer; for
a code that is only ever a reason it is the one that it would have.

This file is written by \`npx node scripts/write-fault-docs.ts\` from \`src/http/faults/\`.
`;

/** The document: a table for each area, by code. */
export function formatFaultDocs(): string {
  const rows = Object.entries(FAULTS).sort(([a], [b]) => (a < b ? -1 : 1));
  const areas = Map.groupBy(rows, ([code]) => code.split('/', 1)[0]);
  const sections = [...areas].map(([area, of]) => {
    const lines = of.map(([code, [status, meaning, remedy]]) => `| \`${code}\` | ${status} | ${meaning} | ${remedy} |`);
    return `## ${area}\n\n| code | status | meaning | what to do |\n|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  return [HEAD, ...sections].join('\n');
}

if (import.meta.main) {
  writeFileSync(path.resolve(import.meta.dirname, '../docs/spec/faults.md'), formatFaultDocs());
}
