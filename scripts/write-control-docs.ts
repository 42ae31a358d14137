/** Writes docs/spec/controls.md from the tables that exports carry; a test holds the file to it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { CHECK_CONTROLS } from '../src/core/controls/check-controls.ts';
import { CONTROLS, type Control, FRAMEWORKS, type Framework } from '../src/core/controls/controls.ts';

const HEAD = `# Checks and controls

Which published controls each custody check is evidence for. Every export of a period carries the same table as \`controls.csv\`.

**A check supports a control; it does not satisfy it.** A control is about an organisation: its people, its processes, all of its
systems. A check says one thing about one image, and says it only of what reached the ledger. An assessor who uses the table has
one piece of what they look at, with the proof that none of its kind was left out; whether the control is met is for them to say.
A check that is not run or fails supports nothing.

Sections are those of the documents: [SLSA v1.2](https://slsa.dev/spec/v1.2/), NIST
[SP 800-218](https://doi.org/10.6028/NIST.SP.800-218) (SSDF 1.1, February 2022), NIST
[SP 800-190](https://doi.org/10.6028/NIST.SP.800-190) (September 2017, section 4), and the points of focus of CC8.1 in the AICPA's Trust Services
Criteria (2017, points of focus of 2022), by a word each since they have no numbers. Titles are in our words.

This file is written by \`npx node scripts/write-control-docs.ts\` from \`src/core/controls/\`.
`;

/** The document: each check with what it supports, then each control with the checks that support it. */
export function formatControlDocs(): string {
  const checks = Object.entries(CHECK_CONTROLS).map(([check, { shows, supports }]) => {
    const sections = supports.map((id) => nameOf(CONTROLS[id])).join(' · ');
    return `| \`${check}\` | ${shows} | ${sections} |`;
  });
  const frameworks = (Object.keys(FRAMEWORKS) as Framework[]).map((framework) => {
    const rows = Object.entries(CONTROLS)
      .filter(([, control]) => control.framework === framework)
      .map(([id, { section, title }]) => `| ${section} | ${title} | ${supporters(id)} |`);
    return `## ${FRAMEWORKS[framework]}\n\n| section | control | checks that support it |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  const table = `## By check\n\n| check | what it shows where it passes | supports |\n|---|---|---|\n${checks.join('\n')}\n`;
  return [HEAD, table, ...frameworks].join('\n');
}

const SHORT: Readonly<Record<Framework, string>> = {
  slsa: 'SLSA',
  ssdf: 'SSDF',
  containers: '800-190',
  soc2: 'CC8.1',
};

function nameOf({ framework, section }: Control): string {
  return `${SHORT[framework]} ${section}`;
}

function supporters(id: string): string {
  const named = Object.entries(CHECK_CONTROLS).filter(([, { supports }]) =>
    (supports as readonly string[]).includes(id),
  );
  return named.map(([check]) => `\`${check}\``).join(', ');
}

if (import.meta.main) {
  writeFileSync(path.resolve(import.meta.dirname, '../docs/spec/controls.md'), formatControlDocs());
}
