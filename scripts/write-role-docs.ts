/** Writes docs/guides/roles.md from the route table; a test holds the file to it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Route } from '../src/api/route.ts';
import { ROUTES } from '../src/api/routes.ts';
import { ROLES } from '../src/core/entry/kinds/principal-granted.ts';

const HEAD = `# Roles

| role | is | may |
|---|---|---|
| \`pipeline\` | a machine that builds and tests | sign images and attest, within its repositories and stages; read, verify and ask the gate there |
| \`release-manager\` | a person who decides what ships | read, verify and record verdicts; ask for, approve and revoke waivers; release and retire images, within its repositories |
| \`auditor\` | a person who checks others | read, also the whole ledger, principals and tokens; write nothing |
| \`operator\` | whoever runs the service or a cluster | read, also the whole ledger and the metrics |
| \`admin\` | a person who decides who may what | everything |

A grant names one role, and repositories as exact names, \`prefix/*\` or \`*\`. Whatever concerns a repository outside of them is
refused (\`auth/repository-out-of-scope\`); stages bind pipelines alone (\`auth/stage-out-of-scope\`). Signing asks for the repository and for no stage.
Verdicts are recorded by \`pipeline\`, \`release-manager\` and \`admin\`. Single entries and receipts answer within the caller's repositories; those without a
repository (contracts, signers, grants) answer every role but \`pipeline\`. The whole ledger (list of entries, bundles, proofs of a period) takes the scope \`*\`: nothing can be left out of it. Whoever has no token gets what the last column says.

This file is written by \`npx node scripts/write-role-docs.ts\` from \`src/api\`; \`/docs\` of a running service shows the same.
`;

/** The document: a table for each part of the API, in the order of the route table. */
export function formatRoleDocs(): string {
  const areas = Map.groupBy(Object.values<Route>(ROUTES), ({ tag }) => tag);
  const sections = [...areas].map(([tag, routes]) => {
    const head = ['route', ...ROLES, 'no token'].map((name) => ` ${name} `).join('|');
    const rule = '|---'.repeat(ROLES.length + 2);
    return `## ${tag}\n\n|${head}|\n${rule}|\n${routes.map(formatRow).join('\n')}\n`;
  });
  return [HEAD, ...sections].join('\n');
}

function formatRow({ method, path: route, access }: Route): string {
  const cells = [...ROLES.map((role) => access === 'public' || access.includes(role)), access === 'public'];
  const address = `\`${method.toUpperCase()} ${route.replace('{+', '{')}\``;
  return `| ${address} | ${cells.map((allowed) => (allowed ? 'yes' : '–')).join(' | ')} |`;
}

if (import.meta.main) {
  writeFileSync(path.resolve(import.meta.dirname, '../docs/guides/roles.md'), formatRoleDocs());
}
