/** Writes the tables of docs/guides/drills.md from the drills themselves; a test holds the file to them. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DRILL_GROUPS } from '../src/main/drill/all-drills.ts';
import type { Drill, Sighting } from '../src/main/drill/drill.ts';

export const DRILL_DOCS = path.resolve(import.meta.dirname, '../docs/guides/drills.md');

const BEGIN = '<!-- drills: written by npx node scripts/write-drill-docs.ts -->';
const END = '<!-- end of drills -->';

/** The document with its tables as the drills are now. */
export function formatDrillDocs(document: string): string {
  const [before, after] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (before < 0 || after < before) throw new Error('docs/guides/drills.md has lost its markers');
  const tables = DRILL_GROUPS.map(({ title, drills }) => `### ${title}\n\n${HEAD}\n${drills.map(row).join('\n')}\n`);
  return `${document.slice(0, before)}${BEGIN}\n\n${tables.join('\n')}\n${document.slice(after)}`;
}

const HEAD = '| id | what is done | who must notice, first the one it is about | file |\n|---|---|---|---|';

function row({ id, sentence, expected, unmoved = [], carries }: Drill): string {
  const quiet = unmoved.map((by) => `${by} finds nothing`);
  const file = carries === undefined ? '–' : `\`${carries}\``;
  return `| \`${id}\` | ${sentence} | ${[...expected.map(spelled), ...quiet].join('; ')} | ${file} |`;
}

function spelled({ by, code }: Sighting): string {
  return `${by} \`${code}\``;
}

if (import.meta.main) writeFileSync(DRILL_DOCS, formatDrillDocs(readFileSync(DRILL_DOCS, 'utf8')));
